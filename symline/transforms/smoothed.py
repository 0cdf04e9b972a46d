"""The back at one smoothing, with its gradient: what the refinements by Gauss-Newton read at the two ends of each pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from symline.model.image import FloatArray
from symline.model.pair import Pair
from symline.numerics.sampling import read_stack
from symline.numerics.smoothing import smooth_masked

#: Where less than this share of both working pixels of a pair lies on the back, the pair does not count.
COVERED = 0.7


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Values at points.

    Parameters
    ----------
    values, covered
        Value, and share of the working pixel that lies on the back; shape (...,).
    gradient
        Change of the value per L, (row, col); shape (..., 2).
    """

    values: FloatArray
    gradient: FloatArray
    covered: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Smoothed:
    """The smoothed back.

    Parameters
    ----------
    pair
        The back on the working grid.
    stack
        Value, its change with row and column, and coverage of every working pixel, shape (rows, cols, 4), float32.
    """

    pair: Pair
    stack: FloatArray

    @classmethod
    def of(cls, pair: Pair, sigma: float) -> Self:
        """The back smoothed with a Gaussian of width sigma, in L."""
        values = smooth_masked(pair.fixed, pair.coverage, sigma * pair.resolution)
        by_row, by_col = (np.asarray(np.gradient(values, axis=axis)) for axis in (0, 1))
        return cls(pair, np.stack([values, by_row, by_col, pair.coverage], axis=-1, dtype=np.float32))

    def at(self, points: FloatArray) -> Samples:
        """Samples at points in units of L, shape (..., 2)."""
        samples = read_stack(self.stack, self.pair.to_grid(points))
        return Samples(samples[..., 0], samples[..., 1:3] * self.pair.resolution, samples[..., 3])


def both_covered(one: Samples, other: Samples) -> FloatArray:
    """How much each pair counts: 0 where either of the two is not on the back."""
    return np.where((one.covered > COVERED) & (other.covered > COVERED), one.covered * other.covered, 0)
