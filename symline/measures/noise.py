"""White noise of the values, and how much asymmetry it makes on its own."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from symline.model.image import BoolArray, FloatArray

#: The mixed second difference: it removes whatever is smooth along rows or columns (Immerkaer 1996, doi 10.1006/cviu.1996.0060).
_KERNEL = np.outer([1.0, -2.0, 1.0], [1.0, -2.0, 1.0])
#: Fewer differences than this say nothing.
_FEWEST = 30


def estimate_noise(values: FloatArray, mask: BoolArray) -> float:
    """Standard deviation of the white noise in an image, from the median absolute mixed second difference.

    Parameters
    ----------
    values
        Shape (rows, cols), 0 where `mask` is False.
    mask
        True where a value counts, same shape; so does every pixel of its neighbourhood.
    """
    whole = ndimage.binary_erosion(mask, np.ones((3, 3), dtype=bool))
    if np.count_nonzero(whole) < _FEWEST:
        return 0.0
    difference = ndimage.convolve(values, _KERNEL.astype(np.float32), mode="constant")[whole]
    return float(1.4826 * np.median(np.abs(difference)) / np.sqrt((_KERNEL**2).sum()))


def noise_of_difference(partners: FloatArray, known: BoolArray) -> float:
    """Root mean square of value minus mirrored value for noise of size 1: reading between pixels averages some of it away.

    Parameters
    ----------
    partners
        (row, col) in px of each pixel's partner, shape (2, rows, cols).
    known
        Where the difference is defined, shape (rows, cols).
    """
    rest = partners[:, known] % 1.0
    left = (rest**2 + (1 - rest) ** 2).prod(axis=0, dtype=np.float64)
    return float(np.sqrt(1 + left.mean())) if left.size else 0.0
