"""How well a moving image, read at displaced points, fits a fixed one, and how that changes with each point."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symline.model.image import BoolArray, FloatArray
from symline.numerics.metrics.evaluation import Metric
from symline.numerics.pyramids import Level
from symline.numerics.sampling import bilinear
from symline.numerics.spline_image import SplineImage

#: Of the weight that overlaps at the start, this share must remain: small overlaps can fit by chance.
_LEAST_OVERLAP = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """The metric at displaced points.

    Parameters
    ----------
    value
        Lower is better; infinite where too little overlaps.
    pull
        How the value changes with each point, per unit of length, shape (rows, cols, 2).
    slopes
        How the moving image changes with each point, per unit of length, shape (rows, cols, 2).
    curvature
        Gauss-Newton's second derivative by each pixel of the moving image, shape (rows, cols), or None.
    """

    value: float
    pull: FloatArray
    slopes: FloatArray
    curvature: FloatArray | None


@dataclass(frozen=True, slots=True, eq=False)
class Matching:
    """A level of the fixed and of the moving image, of one shape, and the metric that compares them."""

    fixed: Level
    moving: Level
    spline: SplineImage
    metric: Metric
    overlap: float

    @classmethod
    def of(cls, fixed: Level, moving: Level, metric: Metric) -> Matching:
        """Prepare the comparison of two levels."""
        weights = fixed.weights * moving.weights
        metric = metric.prepared(fixed.values, moving.values, weights)
        return cls(fixed, moving, SplineImage.of(moving.values), metric, float(weights.sum()))

    def at(self, points: FloatArray, weights: FloatArray | None = None) -> Match:
        """Compare each fixed pixel with the moving image at a point.

        Parameters
        ----------
        points
            One for each pixel, in units of length from the middle, shape (rows, cols, 2).
        weights
            How much each pixel counts, shape (rows, cols); default: what of it and of its point is covered, infinitely bad where that is
            little.
        """
        counted = self.fixed.weights > 0
        grid = self.fixed.to_grid(points[counted])
        is_enough = True
        if weights is None:
            weights = self._weights(counted, grid)
            is_enough = weights.sum() > _LEAST_OVERLAP * self.overlap
        moved, slopes = np.zeros(counted.shape), np.zeros(points.shape)
        moved[counted], slopes[counted] = self.spline.at(grid)
        slopes *= self.fixed.resolution
        evaluation = self.metric(self.fixed.values, moved, weights)
        pull = evaluation.gradient[..., None] * slopes
        return Match(evaluation.value if is_enough else np.inf, pull, slopes, evaluation.curvature)

    def weights(self, points: FloatArray) -> FloatArray:
        """How much each pixel counts: what of it and of its point in the moving image is covered, shape (rows, cols)."""
        counted = self.fixed.weights > 0
        return self._weights(counted, self.fixed.to_grid(points[counted]))

    def _weights(self, counted: BoolArray, grid: FloatArray) -> FloatArray:
        weights = np.zeros(counted.shape)
        weights[counted] = bilinear((self.moving.weights,), grid)[0] * self.fixed.weights[counted]
        return weights
