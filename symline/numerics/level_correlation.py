"""Correlation of the two sides of a curve, level by level."""

from __future__ import annotations

import numpy as np
import scipy

from symline.model.image import FloatArray


def correlate_levels(left: FloatArray, right: FloatArray, weights: FloatArray, sigma: float, flatness: float) -> FloatArray:
    """Correlate mirrored samples about their common mean within a Gaussian window along the curve.

    Parameters
    ----------
    left, right
        Values at mirror partners, shape (levels, distances).
    weights
        How much each pair counts, same shape.
    sigma
        Width of the window, in levels.
    flatness
        Added to the variance: flat skin is not symmetric, only flat.

    Returns
    -------
    array
        In [-1, 1] but for the smallest rounding errors, 0 where no pair counts; shape (levels,).
    """
    terms = (weights, (left + right) * weights, (left**2 + right**2) * weights, left * right * weights)
    sums = np.stack([term.sum(axis=1, dtype=np.float64) for term in terms])
    pairs, total, squares, products = scipy.ndimage.gaussian_filter1d(sums, sigma, mode="constant")
    pairs = np.maximum(pairs, 1e-9)
    squared_mean = total**2 / (4 * pairs)
    variance = squares / 2 - squared_mean
    return np.asarray((products - squared_mean) / (variance + flatness * pairs))
