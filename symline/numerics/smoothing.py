"""Gaussian smoothing that lets nothing from outside the mask leak in."""

from __future__ import annotations

import numpy as np
import scipy

from symline.model.image import FloatArray


def smooth_masked(values: FloatArray, weights: FloatArray, sigma: float) -> FloatArray:
    """Weighted mean of the values over a Gaussian neighbourhood (normalised convolution, Knutsson & Westin 1993).

    Parameters
    ----------
    values, weights
        Shape (rows, cols); a weight of 0 makes a value count for nothing.
    sigma
        Width of the Gaussian in px.

    Returns
    -------
    array
        Float32, same shape; 0 where next to no weight is near.
    """
    total = smooth(values * weights, sigma)
    weight = smooth(weights, sigma)
    return np.where(weight > 0.02, total / np.maximum(weight, 0.02), 0).astype(np.float32)


def smooth(values: FloatArray, sigma: float | tuple[float, ...]) -> FloatArray:
    """Gaussian smoothing with zeros outside the array; widths in px, one for all axes or one for each."""
    return np.asarray(scipy.ndimage.gaussian_filter(values, sigma, mode="constant", truncate=3.0))
