"""Gaussian pyramids of masked images, coarsest level first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from symline.model.image import FloatArray
from symline.numerics.sampling import extend_nearest, resample
from symline.numerics.smoothing import smooth_masked

#: Pixels that lie on the back to less than this share are left out.
_COVERED = 0.05
#: Width of the Gaussian before a shrinking, in new pixels.
_BLUR = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """An image at one size; all levels share their middle.

    Parameters
    ----------
    values
        Shape (rows, cols), float32; where the weights are 0, the value of the nearest pixel with weight, so that the image has no steps.
    weights
        How much of each pixel counts, in [0, 1], same shape.
    resolution
        Pixels per unit of length.
    """

    values: FloatArray
    weights: FloatArray
    resolution: float

    @property
    def middle(self) -> tuple[float, float]:
        """(row, col) of the middle, in pixels."""
        rows, cols = self.values.shape
        return (rows - 1) / 2, (cols - 1) / 2

    @property
    def points(self) -> FloatArray:
        """The centre of every pixel, in units of length from the middle, shape (rows, cols, 2)."""
        return np.asarray((np.moveaxis(np.indices(self.values.shape, dtype=np.float64), 0, -1) - self.middle) / self.resolution)

    def to_grid(self, points: FloatArray) -> FloatArray:
        """Points in units of length from the middle, shape (..., 2), to pixels."""
        return points * self.resolution + self.middle


def pyramid(values: FloatArray, weights: FloatArray, resolution: float, shrink: Sequence[float], sigma: float = 0.0) -> tuple[Level, ...]:
    """Make a pyramid.

    Parameters
    ----------
    values, weights
        Shape (rows, cols); where the weights are 0 the values may be anything.
    resolution
        Pixels per unit of length.
    shrink
        By how much each level is smaller than the image, coarsest first.
    sigma
        Gaussian smoothing that each level has at least, in pixels of the image.
    """
    values = np.where(weights > 0, values, 0)
    return tuple(_level(values, weights, resolution, factor, sigma) for factor in shrink)


def _level(values: FloatArray, weights: FloatArray, resolution: float, shrink: float, sigma: float) -> Level:
    smoothed = smooth_masked(values, weights, max(sigma, _BLUR * shrink if shrink > 1 else 0.0))
    if shrink != 1:
        smoothed, weights = resample(smoothed * weights, weights, (shrink, shrink))
    weights = np.where(weights > _COVERED, weights, 0).astype(np.float32)
    return Level(extend_nearest(smoothed, weights), weights, resolution / shrink)
