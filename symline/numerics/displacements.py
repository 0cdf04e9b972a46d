"""Displacements of a grid: reading arrays through them, chaining and undoing them, and whether they fold.

A displacement u, shape (2, rows, cols), in px of the grid, (row, col), stands for the map x -> x + u(x). Between pixels it is
bilinear, beyond the edge it is that of the edge.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy

from symline.model.image import FloatArray
from symline.numerics.sampling import bilinear, read_nearest
from symline.numerics.smoothing import smooth

#: Of the fixed-point iteration for the inverse: steps at most, and the change in px at which it is at rest.
STEPS, REST = 30, 1e-3
#: How little a coarser neighbourhood counts against a finer one when values are extended.
FAINT = 0.01


def displace(channels: Sequence[FloatArray], displacement: FloatArray) -> list[FloatArray]:
    """Values of several arrays of shape (rows, cols) at x + u(x), bilinear, 0 outside; float32."""
    return bilinear(channels, np.moveaxis(_targets(displacement), 0, -1))


def compose(first: FloatArray, then: FloatArray) -> FloatArray:
    """The displacement of the map that applies `first`, then `then`."""
    at = _targets(first)
    return first + read_nearest(then, at)


def invert(displacement: FloatArray) -> FloatArray:
    """The displacement v that undoes u: v(x) = -u(x + v(x)), by fixed-point iteration.

    Parameters
    ----------
    displacement
        u; it must not fold, and change by less than a pixel from one pixel to the next.

    Returns
    -------
    array
        Shape (2, rows, cols).
    """
    inverse = -displacement
    for _ in range(STEPS):
        gap = compose(inverse, displacement)
        inverse = inverse - gap
        if not np.abs(gap).max() > REST:
            break
    return inverse


def jacobian(displacement: FloatArray) -> FloatArray:
    """Determinant of the derivative of x -> x + u(x), shape (rows, cols): 1 keeps areas, 0 or less folds. Central differences."""
    (row_by_row, row_by_col), (col_by_row, col_by_col) = (np.gradient(part) for part in displacement)
    return np.asarray((1 + row_by_row) * (1 + col_by_col) - row_by_col * col_by_row)


def resize(displacement: FloatArray, shape: tuple[int, int], ratio: float) -> FloatArray:
    """The same displacement on a grid that shares the middle and has `ratio` times the pixels in each direction, in px of that grid."""
    axes = [(np.arange(size) - (size - 1) / 2) / ratio + (old - 1) / 2 for size, old in zip(shape, displacement.shape[1:], strict=True)]
    at = np.meshgrid(*axes, indexing="ij")
    return ratio * read_nearest(displacement, at, order=3)


def smooth_displacement(displacement: FloatArray, sigma: float) -> FloatArray:
    """Gaussian smoothing by `sigma` px that keeps a constant displacement as it is."""
    if sigma <= 0:
        return displacement
    return np.stack([scipy.ndimage.gaussian_filter(part, sigma, mode="nearest", truncate=3.0) for part in displacement])


def extend_smoothly(values: FloatArray, weights: FloatArray, sigma: float) -> FloatArray:
    """Carry values on smoothly to where they have no weight; where they have, they are smoothed.

    Weighted Gaussian means, from wide ones down to `sigma`: each fills in where the next finer one finds next to no weight.

    Parameters
    ----------
    values
        Shape (..., rows, cols); finite.
    weights
        How much each pixel counts, in [0, 1], shape (rows, cols).
    sigma
        Width of the finest mean, in px.
    """
    parts = values.reshape(-1, *weights.shape)
    counted = max(float(weights.sum()), 1e-9)
    result = np.stack([np.full(weights.shape, (part * weights).sum() / counted) for part in parts])
    widths = [sigma]
    while widths[-1] < max(weights.shape) / 4:
        widths.append(2 * widths[-1])
    for width in reversed(widths):
        near = smooth(weights, width)
        result = np.stack(
            [(smooth(part * weights, width) + FAINT * wider) / (near + FAINT) for part, wider in zip(parts, result, strict=True)]
        )
    return result.reshape(values.shape)


def _targets(displacement: FloatArray) -> FloatArray:
    """Where every pixel x goes, x + u(x), shape (2, rows, cols)."""
    return np.asarray(np.indices(displacement.shape[1:]) + displacement)
