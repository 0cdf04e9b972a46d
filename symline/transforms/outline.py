"""The outline's say in where the midline runs: at levels whose relief is hardly symmetric, the two sides shall be about equally wide."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from symline.model.image import FloatArray
from symline.model.pair import Pair
from symline.transforms.bending import Bending
from symline.transforms.smoothed import outline_at
from symline.transforms.straightening import Straightening

#: How far to the sides outlines are compared, and in which steps, in units of L.
WIDTH, STEP = 0.5, 0.025
#: Width of the Gaussian over which neighbouring levels are averaged, in units of L.
REGION = 0.1
#: A difference in width this far beyond what is excused is no shift of the midline: a side is cut away, or an arm is raised. In L.
FADE = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class OutlineTerm:
    """What unequal widths cost at each level, and how a shift of the curve changes that; shape (n,).

    Parameters
    ----------
    price
        The price of each level.
    matrix, gradient
        Diagonal of its Gauss-Newton matrix, and its gradient, in the shifts of the nodes.
    """

    price: FloatArray
    matrix: FloatArray
    gradient: FloatArray

    @classmethod
    def of(cls, pair: Pair, curve: Straightening, weights: FloatArray, excused: float, per_bend: float) -> OutlineTerm:
        """Compare the widths of the two sides.

        Parameters
        ----------
        pair
            The back on the working grid.
        curve
            The midline with its pair directions.
        weights
            How much each level counts, shape (n,).
        excused
            Difference in width that costs nothing, in units of L.
        per_bend
            The same for each radian by which the line bends, since a bent trunk is wider on one side; in units of L.
        """
        distances = (np.arange(round(WIDTH / STEP)) + 0.5) * STEP
        right, left = outline_at(pair, np.stack([curve.points(distances), curve.points(-distances)]))
        sigma = REGION / curve.spacing
        direction, difference = (
            scipy.ndimage.gaussian_filter1d(values, sigma, mode="nearest")
            for values in (Bending(curve.nodes).direction, (right - left).sum(axis=1) * STEP)
        )
        tolerance = excused + per_bend * float(np.ptp(direction))
        excess = np.sign(difference) * np.maximum(np.abs(difference) - tolerance, 0)
        relative = (excess / FADE) ** 2
        # a shift to the right takes as much from the right width as it adds to the left one, where the outline is in reach
        change = -(2.0 - right[:, -1] - left[:, -1])
        weights = weights / (1 + relative)
        counted = np.where(excess != 0, weights / (1 + relative), 0)
        return cls(weights * excess**2, counted * change**2, counted * change * excess)
