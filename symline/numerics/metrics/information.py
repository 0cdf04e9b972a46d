"""Mutual information: how much one image tells about the other, from their joint histogram."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from symline.model.image import BoolArray, FloatArray
from symline.numerics.metrics.evaluation import Evaluation, Metric

Limits: TypeAlias = tuple[float, float]


def joint_histogram(fixed: FloatArray, moved: FloatArray, weights: FloatArray, bins: int) -> FloatArray:
    """How much weight has each pair of values, in equal bins from each image's lowest value to its highest.

    Parameters
    ----------
    fixed, moved, weights
        Shape (rows, cols); values without weight may be anything.
    bins
        For each image.

    Returns
    -------
    array
        Shape (bins, bins), (fixed, moved); sums to the sum of the weights.
    """
    counted = weights > 0
    if not counted.any():
        return np.zeros((bins, bins))
    counts, _, _ = np.histogram2d(fixed[counted], moved[counted], bins=bins, weights=weights[counted])
    return np.asarray(counts)


def mutual_information(histogram: FloatArray) -> float:
    """Mutual information of a joint histogram, in nats."""
    joint, fixed, moved = _entropies(histogram / max(float(histogram.sum()), 1e-300))
    return fixed + moved - joint


@dataclass(frozen=True, slots=True)
class _Information(Metric):
    """Metrics of the joint histogram; each pixel is spread over four bins of each image by a cubic B-spline (Parzen window).

    Parameters
    ----------
    bins
        For each image; at least 5.
    limits
        Lowest and highest value of the fixed and of the moved image, beyond which values count as these;
        None: those of the images at hand.
    """

    has_curvature: ClassVar[bool] = False

    bins: int = 32
    limits: tuple[Limits, Limits] | None = None

    def prepared(self, fixed: FloatArray, moving: FloatArray, weights: FloatArray) -> Self:
        """The metric with the range of the histogram settled."""
        counted = weights > 0
        return replace(self, limits=(_limits(fixed, counted), _limits(moving, counted)))

    def compare(self, fixed: FloatArray, moved: FloatArray, weights: FloatArray) -> Evaluation:
        """Compare two images that are 0 wherever the weights are."""
        counted = weights > 0
        gradient = np.zeros_like(weights)
        if not counted.any():
            return Evaluation(self.value(np.eye(1)), gradient)
        fixed_limits, moved_limits = self.limits or (_limits(fixed, counted), _limits(moved, counted))
        share = weights[counted] / weights.sum()
        one = _Spread.of(fixed[counted], fixed_limits, self.bins)
        other = _Spread.of(moved[counted], moved_limits, self.bins)
        cells = np.zeros(self.bins**2)
        for cell, first, second, _ in _cells(one, other):
            cells += np.bincount(cell, weights=share * first * second, minlength=self.bins**2)
        joint = cells.reshape(self.bins, self.bins)
        by_cell = self.derivative(joint).ravel()
        slope = np.zeros_like(share)
        for cell, first, _, change in _cells(one, other):
            slope += by_cell[cell] * first * change
        gradient[counted] = share * slope
        return Evaluation(self.value(joint), gradient)

    @abstractmethod
    def value(self, joint: FloatArray) -> float:
        """The metric of a joint histogram that sums to 1."""

    @abstractmethod
    def derivative(self, joint: FloatArray) -> FloatArray:
        """How the value changes with each cell, up to a constant, shape of `joint`."""


@dataclass(frozen=True, slots=True)
class MutualInformation(_Information):
    """Minus the mutual information, in nats: for images whose values are related in any way."""

    source: ClassVar[str] = "Viola & Wells 1997, doi 10.1023/A:1007958904918; windows: Thevenaz & Unser 2000, doi 10.1109/83.887976"

    def value(self, joint: FloatArray) -> float:
        """The metric of a joint histogram that sums to 1."""
        return -mutual_information(joint)

    def derivative(self, joint: FloatArray) -> FloatArray:
        """How the value changes with each cell, up to a constant."""
        return _log(joint.sum(axis=0)) - _log(joint)


@dataclass(frozen=True, slots=True)
class NormalisedInformation(_Information):
    """Minus the sum of the entropies over the joint entropy: mutual information that depends less on the overlap."""

    source: ClassVar[str] = "Studholme et al. 1999, doi 10.1016/S0031-3203(98)00091-0"

    def value(self, joint: FloatArray) -> float:
        """The metric of a joint histogram that sums to 1."""
        both, fixed, moved = _entropies(joint)
        # one cell only: each image is constant, and tells nothing
        return -(fixed + moved) / both if both > 0 else -1.0

    def derivative(self, joint: FloatArray) -> FloatArray:
        """How the value changes with each cell, up to a constant."""
        both, _, _ = _entropies(joint)
        if both <= 0:
            return np.zeros_like(joint)
        return np.asarray((_log(joint.sum(axis=0)) + self.value(joint) * _log(joint)) / both)


@dataclass(frozen=True, slots=True, eq=False)
class _Spread:
    """The first of the four bins that each value touches, shape (n,); the share of each, and how it changes with the value, (4, n)."""

    first: NDArray[np.intp]
    shares: FloatArray
    changes: FloatArray
    bins: int

    @classmethod
    def of(cls, values: FloatArray, limits: Limits, bins: int) -> _Spread:
        low, high = limits
        scale = (bins - 3) / max(high - low, 1e-12)
        place = 1 + (np.clip(values, low, high) - low) * scale
        first = np.clip(np.floor(place), 1, bins - 3).astype(np.intp)
        x = place - first
        shares = np.stack([(1 - x) ** 3, 4 - 6 * x**2 + 3 * x**3, 1 + 3 * x + 3 * x**2 - 3 * x**3, x**3]) / 6
        changes = np.stack([-((1 - x) ** 2), 3 * x**2 - 4 * x, 1 + 2 * x - 3 * x**2, x**2]) * (0.5 * scale)
        return cls(first - 1, shares, np.where((values < low) | (values > high), 0, changes), bins)


def _cells(one: _Spread, other: _Spread) -> Iterator[tuple[NDArray[np.intp], FloatArray, FloatArray, FloatArray]]:
    """Each of the 16 cells a pixel touches, the shares of both images in it, and the change of the second share."""
    for row in range(4):
        for col in range(4):
            yield (one.first + row) * one.bins + other.first + col, one.shares[row], other.shares[col], other.changes[col]


def _limits(values: FloatArray, counted: BoolArray) -> Limits:
    return (float(values[counted].min()), float(values[counted].max())) if counted.any() else (0.0, 1.0)


def _entropies(joint: FloatArray) -> tuple[float, float, float]:
    """Entropy of both images together, of the fixed and of the moved one, in nats."""
    both, fixed, moved = (-float((share * _log(share)).sum()) for share in (joint, joint.sum(axis=1), joint.sum(axis=0)))
    return both, fixed, moved


def _log(shares: FloatArray) -> FloatArray:
    """Logarithm, and 0 for empty cells: they add nothing to an entropy, and no pixel touches them."""
    return np.log(np.where(shares > 0, shares, 1.0))
