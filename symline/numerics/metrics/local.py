"""Local correlation: Pearson's correlation within a Gaussian window about each pixel."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np

from symline.model.image import FloatArray
from symline.numerics.metrics.evaluation import FLAT, Evaluation, Metric, weighted_moments


@dataclass(frozen=True, slots=True)
class LocalCorrelation(Metric):
    """One minus the mean correlation within Gaussian windows: indifferent to slow changes of brightness and contrast.

    Parameters
    ----------
    window
        Standard deviation of the window, in pixels.
    flatness
        Share of the image's variance added to each local one, and as much to the covariance: windows without relief have no say,
        and still nothing fits an image better than itself.
    """

    source: ClassVar[str] = "Cachier et al. 2003, doi 10.1016/S1077-3142(03)00002-X; Avants 2008, doi 10.1016/j.media.2007.06.004"

    window: float = 6.0
    flatness: float = 0.05

    def compare(self, fixed: FloatArray, moved: FloatArray, weights: FloatArray) -> Evaluation:
        """Compare two images that are 0 wherever the weights are."""
        share = weights / max(float(weights.sum()), 1e-12)
        (fixed, fixed_variance), (moved, moved_variance) = (weighted_moments(image, weights) for image in (fixed, moved))
        if min(fixed_variance, moved_variance) < FLAT:
            return Evaluation(1.0, np.zeros_like(share), np.zeros_like(share))
        near = np.maximum(self._blur(weights), 1e-9)
        fixed_mean, moved_mean = self._blur(weights * fixed) / near, self._blur(weights * moved) / near
        spread = self._blur(weights * fixed**2) / near - fixed_mean**2 + self.flatness * fixed_variance
        moved_spread = self._blur(weights * moved**2) / near - moved_mean**2 + self.flatness * moved_variance
        floor = self.flatness * np.sqrt(fixed_variance * moved_variance)
        covariance = self._blur(weights * fixed * moved) / near - fixed_mean * moved_mean + floor
        scale = np.sqrt(spread * moved_spread)
        correlation = covariance / scale

        by_covariance, by_spread = share / (near * scale), share * correlation / (near * moved_spread)
        gradient = weights * (
            self._blur(by_covariance * fixed_mean)
            - fixed * self._blur(by_covariance)
            + moved * self._blur(by_spread)
            - self._blur(by_spread * moved_mean)
        )
        # the variance of the whole image, a share of which is in every local one, changes too
        by_variance = float((by_spread * near).sum() - np.sqrt(fixed_variance / moved_variance) * (by_covariance * near).sum())
        gradient += self.flatness * by_variance * share * moved
        curvature = weights * self._blur(share / (near * moved_spread))
        return Evaluation(1 - float((share * correlation).sum()), gradient, curvature)

    def _blur(self, values: FloatArray) -> FloatArray:
        # products of dense matrices are faster than filters as wide as this
        rows, cols = (_gaussian_matrix(size, self.window) for size in values.shape)
        return np.asarray(rows @ values @ cols)


@lru_cache(maxsize=32)
def _gaussian_matrix(size: int, sigma: float) -> FloatArray:
    """Symmetric matrix (size, size) that sums over a Gaussian neighbourhood; nothing beyond the edge."""
    offset = np.subtract.outer(np.arange(size), np.arange(size))
    matrix = np.where(np.abs(offset) <= max(1, np.ceil(3 * sigma)), np.exp(-0.5 * (offset / sigma) ** 2), 0.0)
    matrix /= np.sqrt(2 * np.pi) * sigma
    matrix.flags.writeable = False
    return np.asarray(matrix)
