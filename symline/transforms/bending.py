"""What a curve costs: its bending, and how its pair direction departs from the perpendicular."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

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
        direction = self.direction
        normal = np.stack([-np.sin(direction), np.cos(direction)], axis=1)
        bent, aside, price = self._of_curvature(state.across, normal, prices)
        facing = (state.across * normal).sum(axis=1)
        departing, turned, more = self._of_departure(state.pair_angle - direction, facing, prices)
        count = len(self.nodes)
        departing[:count, :count] += bent
        gradient = np.concatenate([aside - facing * (self.first.T @ turned), turned])
        return departing * self.step, gradient * self.step, (price + more) * self.step

    def _of_curvature(self, across: FloatArray, normal: FloatArray, prices: Prices) -> tuple[FloatArray, FloatArray, float]:
        """Matrix and gradient in the shifts of what bending and its unevenness cost, and that price, each for a unit of length."""
        curvature = self.second @ self.nodes
        aside = normal[1:-1] @ across.T
        varies, value = np.diff(self.second * aside, axis=0) / self.step, np.diff((normal[1:-1] * curvature).sum(axis=1)) / self.step
        matrix = prices.bending / self.step**4 * _products(len(across)).bend * (across @ across.T) + prices.unevenness * (varies.T @ varies)
        gradient = prices.bending * (across * (self.second.T @ curvature)).sum(axis=1) + prices.unevenness * (value @ varies)
        return matrix, gradient, float(prices.bending * (curvature**2).sum() + prices.unevenness * (value**2).sum())

    def _of_departure(self, departure: FloatArray, facing: FloatArray, prices: Prices) -> tuple[FloatArray, FloatArray, float]:
        """Matrix in shifts and turns of what a departure from the perpendicular costs, its gradient in the turns, and that price.

        A shift counts as much as it is `facing` the perpendicular.
        """
        count, of = len(departure), _products(len(departure))
        slant, twist = prices.slant, prices.twist / self.step**2
        matrix = np.empty((2 * count, 2 * count))
        matrix[:count, :count] = (slant * of.slope + twist * of.slope_twist_slope) / self.step**2 * (facing[:, None] * facing)
        matrix[count:, :count] = (slant * of.first + twist * of.twist_slope) * (-facing / self.step)
        matrix[:count, count:] = matrix[count:, :count].T
        matrix[count:, count:] = slant * np.eye(count) + twist * of.twist
        turned = slant * departure + twist * (of.twist @ departure)
        return matrix, turned, float(departure @ turned)


class _Products(NamedTuple):
    """Products of difference matrices at unit steps: those of matrices with scaled columns are these, scaled from both sides."""

    first: FloatArray
    bend: FloatArray
    slope: FloatArray
    twist: FloatArray
    twist_slope: FloatArray
    slope_twist_slope: FloatArray


# nearly each curve of a refinement has as many nodes as the one before
@lru_cache(maxsize=8)
def _products(count: int) -> _Products:
    first, second, change = first_difference(count, 1.0), second_difference(count, 1.0), np.diff(np.eye(count), axis=0)
    twist = change.T @ change
    return _Products(first, second.T @ second, first.T @ first, twist, twist @ first, first.T @ twist @ first)
