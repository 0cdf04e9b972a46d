"""Metrics that compare pixel by pixel: squared differences, and Pearson's correlation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from symline.model.image import FloatArray
from symline.numerics.metrics.evaluation import FLAT, Evaluation, Metric, weighted_moments


@dataclass(frozen=True, slots=True)
class SquaredDifferences(Metric):
    """Mean squared difference: for images whose values mean the same."""

    source: ClassVar[str] = "Brown 1992, doi 10.1145/146370.146374"

    def compare(self, fixed: FloatArray, moved: FloatArray, weights: FloatArray) -> Evaluation:
        """Compare two images that are 0 wherever the weights are."""
        share = weights / max(float(weights.sum()), 1e-12)
        difference = moved - fixed
        return Evaluation(float((share * difference**2).sum()), 2 * share * difference, 2 * share)


@dataclass(frozen=True, slots=True)
class Correlation(Metric):
    """One minus Pearson's correlation: indifferent to brightness and contrast of the whole image."""

    source: ClassVar[str] = "Pearson 1895; least squares of standardised images: Evangelidis & Psarakis 2008, doi 10.1109/TPAMI.2008.113"

    def compare(self, fixed: FloatArray, moved: FloatArray, weights: FloatArray) -> Evaluation:
        """Compare two images that are 0 wherever the weights are."""
        share = weights / max(float(weights.sum()), 1e-12)
        (fixed, fixed_variance), (moved, moved_variance) = (weighted_moments(image, weights) for image in (fixed, moved))
        if min(fixed_variance, moved_variance) < FLAT:
            return Evaluation(1.0, np.zeros_like(share), np.zeros_like(share))
        fixed, moved = fixed / np.sqrt(fixed_variance), moved / np.sqrt(moved_variance)
        correlation = float((share * fixed * moved).sum())
        gradient = share * (correlation * moved - fixed) / np.sqrt(moved_variance)
        # 1 - r is half the mean squared difference of the standardised images
        return Evaluation(1 - correlation, gradient, share / moved_variance)
