"""The relief of a back in which levels are compared and the furrow is looked for: without the finest noise."""

from __future__ import annotations

from functools import lru_cache

from symline.model.image import FloatArray
from symline.model.pair import Pair
from symline.numerics.smoothing import smooth_masked

#: Width of the Gaussian, in units of L.
SMOOTHING = 0.0135


# the profile and the furrow of a line ask for that of the same back
@lru_cache(maxsize=1)
def smooth_relief(pair: Pair) -> FloatArray:
    """The smoothed values of the working grid, shape (rows, cols), float32."""
    return smooth_masked(pair.fixed, pair.coverage, SMOOTHING * pair.resolution)
