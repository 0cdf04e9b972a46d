"""How symmetric the back is about every pixel: a map."""

from __future__ import annotations

import numpy as np

from symline.model.image import FloatArray
from symline.model.pair import Pair
from symline.numerics.sampling import enlarge
from symline.numerics.smoothing import smooth

#: Width of the Gaussian window, in units of L.
WINDOW = 0.035
#: Variance, in standardised units, that a window needs before its correlation counts: flat skin is not symmetric, only flat.
FLATNESS = 0.03


def local_symmetry(fixed: FloatArray, moving: FloatArray, weights: FloatArray, sigma: float) -> FloatArray:
    """Correlation of an image and its mirror image about their common mean in a Gaussian window about every pixel.

    With one mean for both sides, a part that is higher than its partner as a whole is not symmetric, however alike their relief.

    Parameters
    ----------
    fixed, moving
        Standardised, shape (rows, cols).
    weights
        How much each pixel counts, in [0, 1], same shape; 0 where either value is not on the back.
    sigma
        Width of the window in px.

    Returns
    -------
    array
        Float32, in [-1, 1]; 0 where nothing varies or nothing is near.
    """
    inside = np.maximum(smooth(weights, sigma), 1e-3)

    def mean(values: FloatArray) -> FloatArray:
        return smooth(weights * values, sigma) / inside

    squared_mean = mean((fixed + moving) / 2) ** 2
    variance = mean((fixed**2 + moving**2) / 2) - squared_mean
    correlation = (mean(fixed * moving) - squared_mean) / (np.maximum(variance, 0) + FLATNESS)
    return np.clip(correlation, -1, 1).astype(np.float32)


def spread(values: FloatArray, pair: Pair, shape: tuple[int, int]) -> FloatArray:
    """From the working grid to every pixel of the image, bilinear; shape (rows, cols), float32."""
    step = np.asarray(pair.step)
    start = np.asarray(pair.middle) - np.asarray(pair.origin) / step
    return enlarge(values, 1 / step, shape, np.float32, start)
