"""The back at one smoothing, with its gradient: what the refinements by Gauss-Newton read at the two ends of each pair."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import numpy as np
import scipy

from symline.model.image import FloatArray
from symline.model.pair import Pair
from symline.numerics.sampling import bilinear, read_stack
from symline.numerics.smoothing import smooth, smooth_masked

#: Width of the Gaussian that softens the outline, in L: a fraction of a pixel by which it moves shall change little.
SOFTNESS = 0.01
#: Gaps in a row of the back up to this wide, in L, are no end of it: a plait, or a furrow that the camera did not see.
NOTCH = 0.2
#: Gaps that are less deep than this, in L, are frays of the rim, in which pixels come and go.
FRAY = 0.05
#: Gaps in which less coverage is missing than this are left as they are, and filled in full where more than the rest of it is.
SHALLOW = 0.3
#: Share of the back in that neighbourhood from which on a point counts, and at which it counts in full.
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


# every level of every stage asks for that of the same back
@lru_cache(maxsize=1)
def soften_outline(pair: Pair) -> FloatArray:
    """The coverage of the working grid with a soft outline, shape (rows, cols), float32."""
    return smooth(pair.coverage, SOFTNESS * pair.resolution)


def fill_notches(coverage: FloatArray, resolution: float) -> FloatArray:
    """Coverage with narrow gaps between two parts of a row filled, unless they are mere frays of the rim.

    Parameters
    ----------
    coverage
        How much of each pixel is back, in [0, 1], shape (rows, cols).
    resolution
        Pixels per L.
    """
    width, depth = (2 * round(size * resolution / 2) + 1 for size in (NOTCH, FRAY))
    gaps = np.maximum(scipy.ndimage.grey_closing(coverage, size=(1, width), mode="constant") - coverage, 0)
    deep = scipy.ndimage.grey_opening(gaps, size=(depth, 1), mode="nearest")
    return np.asarray(coverage + deep * np.clip((deep - SHALLOW) / (1 - 2 * SHALLOW), 0, 1))


# the search and every fit of a curve's ends ask for that of the same back
@lru_cache(maxsize=1)
def _soften_without_notches(pair: Pair) -> FloatArray:
    return fill_notches(soften_outline(pair), pair.resolution)


def extent_at(pair: Pair, points: FloatArray) -> FloatArray:
    """The softened outline at points as `outline_at` gives it, with narrow notches filled: what lies between two flanks is back."""
    (found,) = bilinear((_soften_without_notches(pair),), pair.to_grid(points))
    return found


def outline_at(pair: Pair, points: FloatArray) -> FloatArray:
    """The softened outline at points in units of L, shape (..., 2): 1 on the back, 0 outside, half on the outline."""
    (found,) = bilinear((soften_outline(pair),), pair.to_grid(points))
    return found
