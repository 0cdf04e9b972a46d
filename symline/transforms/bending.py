"""What a curve costs: its bending, and how its pair direction departs from the perpendicular."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symline.model.image import FloatArray
from symline.numerics.differences import first_difference, second_difference
from symline.transforms.straightening import Straightening


@dataclass(frozen=True, slots=True)
class Prices:
    """What is charged for a curve.

    Parameters
    ----------
    bending
        Price of the squared curvature of the whole curve, not of the update.
    unevenness
        Price of the squared change of the curvature along the curve.
    slant
        Price of the squared angle between the pair direction and the perpendicular.
    twist
        Price of the squared change of that angle along the curve.
    """

    bending: float
    unevenness: float
    slant: float
    twist: float


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

    def prior(self, state: Straightening, prices: Prices) -> tuple[FloatArray, FloatArray, float]:
        """Quadratic price of a state, expanded about it in the shifts along the pair direction and the turns of that direction.

        Parameters
        ----------
        state
            The curve and its pair directions.
        prices
            What is charged.

        Returns
        -------
        matrix, gradient, price
            Shapes (2n, 2n), (2n,) and a number; the first n unknowns are shifts, the others turns.
        """
        count = len(self.nodes)
        matrix = np.zeros((2 * count, 2 * count))
        gradient = np.zeros(2 * count)
        price = 0.0
        for weight, change, value in self._terms(state, prices):
            part = slice(0, change.shape[1])
            # a matrix times its own transpose takes half the time of two matrices
            change, value = np.sqrt(weight) * change, np.sqrt(weight) * value
            matrix[part, part] += change.T @ change
            gradient[part] += change.T @ value
            price += float((value**2).sum())
        return matrix * self.step, gradient * self.step, price * self.step

    def _terms(self, state: Straightening, prices: Prices) -> list[tuple[float, FloatArray, FloatArray]]:
        """Each squared term: its price, its change with the shifts (or shifts and turns), and its value."""
        count = len(self.nodes)
        direction = self.direction
        normal = np.stack([-np.sin(direction), np.cos(direction)], axis=1)
        curvature = self.second @ self.nodes
        across = state.across
        by_shift = [self.second * across[:, axis] for axis in (0, 1)]
        signed = sum(normal[1:-1, axis, None] * by_shift[axis] for axis in (0, 1))
        varies = np.diff(signed, axis=0) / self.step, np.diff((normal[1:-1] * curvature).sum(axis=1)) / self.step
        departure = state.pair_angle - direction
        by_both = np.hstack([-self.first * (across * normal).sum(axis=1), np.eye(count)])
        return [
            (prices.bending, by_shift[0], curvature[:, 0]),
            (prices.bending, by_shift[1], curvature[:, 1]),
            (prices.unevenness, *varies),
            (prices.slant, by_both, departure),
            (prices.twist, np.diff(by_both, axis=0) / self.step, np.diff(departure) / self.step),
        ]
