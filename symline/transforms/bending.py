"""What a curve costs: its bending, and how its pair direction departs from the perpendicular."""

from __future__ import annotations

import numpy as np

from symline.model.image import FloatArray
from symline.numerics.differences import first_difference, second_difference
from symline.transforms.straightening import Straightening


class Bending:
    """Differences along a curve of evenly spread nodes.

    Parameters
    ----------
    nodes
        Points (row, col), shape (n, 2).
    """

    def __init__(self, nodes: FloatArray) -> None:
        self.nodes = nodes
        self.step = float(np.hypot(*np.diff(nodes, axis=0).T).mean())
        self.first = first_difference(len(nodes), self.step)
        self.second = second_difference(len(nodes), self.step)

    @property
    def direction(self) -> FloatArray:
        """Angle of the curve to the vertical at each node, radians, positive when it moves right going down."""
        down, right = (self.first @ self.nodes).T
        return np.asarray(np.arctan2(right, down))

    def prior(self, state: Straightening, bending: float, slant: float, twist: float) -> tuple[FloatArray, FloatArray, float]:
        """Quadratic price of a state, expanded about it in the shifts along the pair direction and the turns of that direction.

        Parameters
        ----------
        state
            The curve and its pair directions.
        bending
            Price of the squared curvature of the whole curve, not of the update.
        slant
            Price of the squared angle between the pair direction and the perpendicular.
        twist
            Price of the squared change of that angle along the curve.

        Returns
        -------
        matrix, gradient, price
            Shapes (2n, 2n), (2n,) and a number; the first n unknowns are shifts, the others turns.
        """
        count = len(self.nodes)
        matrix = np.zeros((2 * count, 2 * count))
        gradient = np.zeros(2 * count)
        curvature = self.second @ self.nodes
        for axis in (0, 1):
            by_shift = self.second * state.across[:, axis]
            matrix[:count, :count] += by_shift.T @ by_shift
            gradient[:count] += by_shift.T @ curvature[:, axis]
        matrix *= bending
        gradient *= bending
        direction = self.direction
        departure = state.pair_angle - direction
        normal = np.stack([-np.sin(direction), np.cos(direction)], axis=1)
        by_both = np.hstack([-self.first * (state.across * normal).sum(axis=1), np.eye(count)])
        change = np.diff(by_both, axis=0) / self.step
        matrix += slant * by_both.T @ by_both + twist * change.T @ change
        drift = np.diff(departure) / self.step
        gradient += slant * by_both.T @ departure + twist * change.T @ drift
        price = bending * (curvature**2).sum() + slant * (departure**2).sum() + twist * (drift**2).sum()
        return matrix * self.step, gradient * self.step, float(price * self.step)
