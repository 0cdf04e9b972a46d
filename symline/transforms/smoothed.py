"""The back at one smoothing, with its gradient: what the refinements by Gauss-Newton read at the two ends of each pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from symline.model.image import FloatArray
from symline.model.pair import Pair
from symline.numerics.sampling import read_stack
from symline.numerics.smoothing import smooth_masked
from symline.transforms.outline import soften_outline

#: Softened outline from which on a point counts, and at which it counts in full.
BARE, FULL = 0.4, 0.95


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Values at points.

    Parameters
    ----------
    values, weight
        Value, and how much it counts: 1 on the back, less towards its outline, 0 outside; shape (...,).
    gradient
        Change of the value per L, (row, col); shape (..., 2).
    """

    values: FloatArray
    gradient: FloatArray
    weight: FloatArray

    def halves(self) -> tuple[Samples, Samples]:
        """Samples at the first and at the second half of the columns of points."""
        columns = self.values.shape[1] // 2
        first, second = slice(columns), slice(columns, None)
        return self._part(first), self._part(second)

    def _part(self, columns: slice) -> Samples:
        return Samples(self.values[:, columns], self.gradient[:, columns], self.weight[:, columns])


@dataclass(frozen=True, slots=True, eq=False)
class Smoothed:
    """The smoothed back.

    Parameters
    ----------
    pair
        The back on the working grid.
    stack
        Value, its change with row and column, and weight of every working pixel, shape (rows, cols, 4), float32.
    """

    pair: Pair
    stack: FloatArray

    @classmethod
    def of(cls, pair: Pair, sigma: float) -> Self:
        """The back smoothed with a Gaussian of width sigma, in L."""
        values = smooth_masked(pair.fixed, pair.coverage, sigma * pair.resolution)
        by_row, by_col = (np.asarray(np.gradient(values, axis=axis)) for axis in (0, 1))
        weight = pair.coverage * np.clip((soften_outline(pair) - BARE) / (FULL - BARE), 0, 1)
        return cls(pair, np.stack([values, by_row, by_col, weight], axis=-1, dtype=np.float32))

    def at(self, points: FloatArray) -> Samples:
        """Samples at points in units of L, shape (..., 2)."""
        samples = read_stack(self.stack, self.pair.to_grid(points))
        return Samples(samples[..., 0], samples[..., 1:3] * self.pair.resolution, samples[..., 3])
