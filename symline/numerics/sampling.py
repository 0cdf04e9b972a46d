"""Resampling of masked arrays, and reading them between pixels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import numpy as np
import scipy
from numpy.typing import NDArray

from symline.model.image import BoolArray, FloatArray

#: Of sizes of grids, in px.
_ROUNDING = 1e-6


def _average(values: FloatArray, size: int, step: float, middle: float) -> FloatArray:
    """Weighted sums over each of so many new rows, shape (n, size, cols), of values (n, rows, cols)."""
    rows = values.shape[1]
    half_width = max(step, 1.0)

    def average(centres: FloatArray) -> FloatArray:
        first, last = (int(np.clip(edge, 0, rows)) for edge in (centres[0] - half_width, np.ceil(centres[-1] + half_width) + 1))
        weights = _tent_weights(np.arange(first, last + 1) - 0.5, centres, half_width)
        return np.asarray(weights @ values[:, first:last])

    centres = (np.arange(size) - (size - 1) / 2) * step + middle
    # in parts, of which each has something of few old rows: all at once take four times as long
    return np.concatenate([average(part) for part in np.array_split(centres, size // 20 + 1)], axis=1)


def _tent_weights(edges: FloatArray, centres: FloatArray, half_width: float) -> FloatArray:
    """Weights (new, old): the share of each old pixel, with all of its area, in a tent around each new one's centre.

    So pixels that are split into equal ones give the same. Where the middle of the new grid is the old one's own, a reflection of the
    input reflects the output.
    """
    at = np.clip((edges - centres[:, None]) / half_width, -1, 1)
    return np.diff(at * (1 - np.abs(at) / 2), axis=1).astype(np.float32)


def resample(values: FloatArray, mask: BoolArray | FloatArray, step: tuple[float, float]) -> tuple[FloatArray, FloatArray]:
    """Average a masked array over the pixels of a coarser (or finer) grid that shares its middle.

    Parameters
    ----------
    values
        Shape (rows, cols), already multiplied by `mask`.
    mask
        True where a value counts, or how much it does, in [0, 1]; same shape.
    step
        Size of a new pixel in old ones, (row, col).

    Returns
    -------
    values, coverage
        Mean of the values that count, and their share of the area; float32, 0 where there are none.
    """
    rows, cols = (_count(size / width) for size, width in zip(values.shape, step, strict=True))
    row, col = ((size - 1) / 2 for size in values.shape)
    return resample_onto(values, mask, step, (rows, cols), (row, col))


def _count(widths: float) -> int:
    """Pixels of a grid that covers so many of their widths, with a margin: an odd number, so that one lies in the very middle."""
    return 2 * int(np.ceil((widths - 1) / 2 - _ROUNDING)) + 3


def resample_onto(
    values: FloatArray, mask: BoolArray | FloatArray, step: tuple[float, float], shape: tuple[int, int], middle: tuple[float, float]
) -> tuple[FloatArray, FloatArray]:
    """Average a masked array over the pixels of a given grid.

    Parameters
    ----------
    values, mask, step
        As for `resample`; of the values there may be several arrays, shape (..., rows, cols).
    shape
        Of the grid.
    middle
        Of the grid, (row, col) in old px.

    Returns
    -------
    values, coverage
        As for `resample`.
    """
    by_row, by_col = zip(shape, step, middle, strict=True)
    arrays = np.concatenate([mask[None], values.reshape(-1, *mask.shape)], dtype=np.float32)
    sums = _average(_average(arrays.swapaxes(1, 2), *by_col).swapaxes(1, 2), *by_row)
    coverage, totals = sums[0], sums[1:].reshape(*values.shape[:-2], *shape)
    means = np.where(coverage > 1e-3, totals / np.maximum(coverage, 1e-3), 0)
    return means.astype(np.float32), np.minimum(coverage, 1).astype(np.float32)


def extend_nearest(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Values with weight carried on to the nearest pixels without; 0 where nothing has any. Shape (rows, cols)."""
    if not (weights > 0).any():
        return np.zeros_like(values)
    nearest = scipy.ndimage.distance_transform_edt(weights == 0, return_distances=False, return_indices=True)
    return np.asarray(values[tuple(nearest)])


def enlarge(values: FloatArray, step: FloatArray, shape: tuple[int, int], dtype: Any, start: FloatArray | float = 0.0) -> FloatArray:
    """Values between the pixels of an array, bilinear, at points in rows and columns; beyond an edge those of the edge.

    Parameters
    ----------
    values
        Shape (rows, cols).
    step, start
        From one point to the next, and the first point; (row, col) in px.
    shape
        Of the result.
    dtype
        Of the result.
    """
    result, first = values.astype(np.float64), np.broadcast_to(start, 2)
    # columns first, while there are few rows
    for axis in (1, 0):
        last = values.shape[axis] - 1
        at = np.clip(first[axis] + step[axis] * np.arange(shape[axis]), 0, last)
        before = at.astype(np.intp)
        lower, change = result.take(before, axis), result.take(np.minimum(before + 1, last), axis)
        change -= lower
        share = at - before
        change *= np.expand_dims(share, 1 - axis)
        # at a pixel itself its neighbour does not matter, and may be NaN
        np.moveaxis(change, axis, 0)[share == 0] = 0
        result = np.add(lower, change, out=change)
    return result.astype(dtype, copy=False)


def read_stack(stack: FloatArray, points: FloatArray) -> FloatArray:
    """Values of a stack of arrays at points between their pixels, bilinear; beyond an edge those of the edge.

    For some thousand points at a time this takes a fifth of the time of one call of `bilinear`, which finds its way to each point once
    for every array, and with more precision than these have.

    Parameters
    ----------
    stack
        Shape (rows, cols, k), float32.
    points
        (row, col) in px, shape (..., 2).

    Returns
    -------
    array
        Shape (..., k), float32.
    """
    rows, cols, count = stack.shape
    row, col = np.clip(points[..., 0], 0, rows - 1), np.clip(points[..., 1], 0, cols - 1)
    with np.errstate(invalid="ignore"):  # of a point that is nowhere no index matters
        top, left = np.minimum(row.astype(np.intp), rows - 2), np.minimum(col.astype(np.intp), cols - 2)
    down, right = (rest.astype(np.float32)[..., None] for rest in (row - top, col - left))
    at, flat = top * cols + left, stack.reshape(-1, count)

    def between(first: NDArray[np.intp]) -> FloatArray:
        values = flat.take(first, axis=0, mode="clip")
        values += right * (flat.take(first + 1, axis=0, mode="clip") - values)
        return values

    upper = between(at)
    upper += down * (between(at + cols) - upper)
    return upper


def bilinear(channels: Sequence[FloatArray], points: FloatArray) -> list[FloatArray]:
    """Values of several arrays of one shape at points between their pixels; 0 outside.

    Parameters
    ----------
    channels
        Arrays of shape (rows, cols), float32.
    points
        (row, col) in px, shape (..., 2).
    """
    coordinates = np.moveaxis(points, -1, 0)
    return [scipy.ndimage.map_coordinates(channel, coordinates, order=1, output=np.float32) for channel in channels]


def read_nearest(arrays: Iterable[FloatArray], at: Any, order: Literal[1, 3] = 1) -> FloatArray:
    """Values of several arrays of one shape at points, by splines; beyond an edge those of the edge.

    Parameters
    ----------
    arrays
        Shape (rows, cols) each.
    at
        Row and col of each point, px, shape (2, ...).
    order
        Of the splines: 1 is bilinear.

    Returns
    -------
    array
        Shape (k, ...).
    """
    return np.stack([scipy.ndimage.map_coordinates(array, at, order=order, mode="nearest") for array in arrays])
