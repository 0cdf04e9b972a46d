"""Correlation of two masked images: at one place, and for every shift at once through the Fourier domain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symline.model.image import FloatArray


@dataclass(frozen=True, slots=True)
class Shift:
    """The shift at which two images fit best.

    Parameters
    ----------
    shift
        (row, col) in px: moving(x + shift) fits fixed(x).
    value
        What was sought to be largest: the correlation, times the overlap to some power.
    """

    shift: tuple[float, float]
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftRules:
    """What makes a shift a good one.

    Parameters
    ----------
    largest_shift
        In px, to each side.
    least_overlap
        Shifts that overlap less, as a share of the weight of the fixed image, are left out.
    overlap_power
        Power of the overlap by which the correlation is multiplied: small flat overlaps correlate perfectly.
    flatness
        Share of the image's variance added to the denominator, so that flat areas do not correlate.
    """

    largest_shift: float
    least_overlap: float
    overlap_power: float
    flatness: float


def masked_correlation(fixed: FloatArray, moving: FloatArray, weights: FloatArray) -> float:
    """Weighted correlation coefficient, in [-1, 1]; 0 where nothing varies.

    Parameters
    ----------
    fixed, moving, weights
        Same shape; where a weight is 0 the values count for nothing.
    """
    total = float(weights.sum(dtype=np.float64))
    if not total > 0:
        return 0.0
    one, other = (values - (values * weights).sum(dtype=np.float64) / total for values in (fixed, moving))
    variances = [float((weights * values**2).sum()) / total for values in (one, other)]
    size = float(np.sqrt(variances[0] * variances[1]))
    return float((weights * one * other).sum() / total / size) if size > 1e-12 else 0.0


class ShiftSearch:
    """Correlates a fixed image with moving ones for every shift at once (Padfield 2012, doi 10.1109/TIP.2011.2181402).

    Parameters
    ----------
    fixed, weights
        Shape (rows, cols); a weight of 0 makes a value count for nothing.
    rules
        What makes a shift a good one.
    """

    def __init__(self, fixed: FloatArray, weights: FloatArray, rules: ShiftRules) -> None:
        # imported here: it takes a while, and finding a midline does not need it
        from scipy import fft

        self._fft = fft
        self._rules = rules
        self._reach = [min(int(np.ceil(rules.largest_shift)) + 1, size - 1) for size in fixed.shape]
        # what wraps around lies beyond the largest shift, where nobody looks
        self._shape = [fft.next_fast_len(size + reach, real=True) for size, reach in zip(fixed.shape, self._reach, strict=True)]
        self._total = float(weights.sum(dtype=np.float64))
        centre = float((fixed * weights).sum(dtype=np.float64)) / max(self._total, 1e-12)
        self._centre = centre
        variance = float((weights * (fixed - centre) ** 2).sum(dtype=np.float64)) / max(self._total, 1e-12)
        self._least_variance = rules.flatness * variance + 1e-9
        self._fixed = [np.conj(part) for part in self._transform(fixed, weights)]

    def _transform(self, values: FloatArray, weights: FloatArray) -> list[FloatArray]:
        """Spectra of the weights, the weighted values and the weighted squares."""
        values = np.where(weights > 0, values - self._centre, 0).astype(np.float64)
        return [
            np.asarray(self._fft.rfft2(part, s=self._shape)) for part in (weights.astype(np.float64), weights * values, weights * values**2)
        ]

    def _sum(self, one: FloatArray, other: FloatArray) -> FloatArray:
        """Sums of products for every shift within reach, no shift in the middle."""
        sums = self._fft.irfft2(one * other, s=self._shape)
        rows, cols = (np.arange(-reach, reach + 1) for reach in self._reach)
        return np.asarray(sums[np.ix_(rows, cols)])

    def correlate(self, moving: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Correlation and overlap for every shift within reach, no shift in the middle."""
        f0, f1, f2 = self._fixed
        m0, m1, m2 = self._transform(moving, weights)
        count = np.maximum(self._sum(f0, m0), 1e-6)
        sum_fixed, sum_moving = self._sum(f1, m0) / count, self._sum(f0, m1) / count
        common = self._sum(f1, m1) / count - sum_fixed * sum_moving
        of_fixed = np.maximum(self._sum(f2, m0) / count - sum_fixed**2, 0) + self._least_variance
        of_moving = np.maximum(self._sum(f0, m2) / count - sum_moving**2, 0) + self._least_variance
        return common / np.sqrt(of_fixed * of_moving), count / max(self._total, 1e-6)

    def __call__(self, moving: FloatArray, weights: FloatArray) -> Shift | None:
        """The best shift to a fraction of a px, or None where nothing overlaps enough."""
        correlation, overlap = self.correlate(moving, weights)
        rows, cols = (np.arange(-reach, reach + 1) for reach in self._reach)
        near = np.hypot(rows[:, None], cols) <= self._rules.largest_shift
        allowed = near & (overlap >= self._rules.least_overlap)
        if not allowed.any():
            return None
        value = correlation * overlap**self._rules.overlap_power
        best = np.unravel_index(int(np.where(allowed, value, -np.inf).argmax()), value.shape)
        row, col = int(best[0]), int(best[1])
        down, right = quadratic_peak(value[row - 1 : row + 2, col - 1 : col + 2])
        shift = (float(rows[row]) + down, float(cols[col]) + right)
        return Shift(shift, float(value[best]))


def quadratic_peak(values: FloatArray) -> tuple[float, float]:
    """Where the quadratic surface through 3 x 3 values is largest, (row, col) from the middle; the middle where that is not within a px."""
    if values.shape != (3, 3):
        return 0.0, 0.0
    by_row, by_col = (values[2, 1] - values[0, 1]) / 2, (values[1, 2] - values[1, 0]) / 2
    rows, cols = (values[2, 1] - 2 * values[1, 1] + values[0, 1], values[1, 2] - 2 * values[1, 1] + values[1, 0])
    both = (values[2, 2] - values[2, 0] - values[0, 2] + values[0, 0]) / 4
    determinant = rows * cols - both**2
    if not (rows < 0 and determinant > 0):
        return 0.0, 0.0
    down, right = (both * by_col - cols * by_row) / determinant, (both * by_row - rows * by_col) / determinant
    return (float(down), float(right)) if max(abs(down), abs(right)) <= 1 else (0.0, 0.0)
