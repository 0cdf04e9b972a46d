"""Along a sequence of points: finite differences as matrices, lengths, and the natural cubic spline."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import scipy

from symline.model.image import FloatArray


def first_difference(count: int, step: float) -> FloatArray:
    """Matrix (count, count) of central first derivatives, one-sided at the ends."""
    return _first_difference(count) / step


def second_difference(count: int, step: float) -> FloatArray:
    """Matrix (count - 2, count) of second derivatives at the inner points."""
    return _second_difference(count) / step**2


# a refinement asks for the same ones with every iteration
@lru_cache(maxsize=8)
def _first_difference(count: int) -> FloatArray:
    matrix = np.zeros((count, count))
    inner = np.arange(1, count - 1)
    matrix[inner, inner - 1], matrix[inner, inner + 1] = -0.5, 0.5
    matrix[0, :2] = matrix[-1, -2:] = (-1, 1)
    return matrix


@lru_cache(maxsize=8)
def _second_difference(count: int) -> FloatArray:
    return np.diff(np.eye(count), n=2, axis=0)


def arc_length(points: FloatArray) -> FloatArray:
    """Length of the way from the first of some points to each, from point to point; shape (n,), of points of shape (n, 2)."""
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])


def natural_spline(values: FloatArray, at: FloatArray) -> FloatArray:
    """Natural cubic spline through values at 0, 1, 2, …; straight beyond the ends.

    Parameters
    ----------
    values
        Shape (n,) or (n, k), n >= 2.
    at
        Where to evaluate it, shape (m,).

    Returns
    -------
    array
        Shape (m,) or (m, k).
    """
    count = len(values)
    bends = np.zeros_like(values, dtype=float)
    if count > 2:
        system = np.repeat([[1.0], [4.0], [1.0]], count - 2, axis=1)
        bends[1:-1] = scipy.linalg.solve_banded((1, 1), system, 6 * np.diff(values, n=2, axis=0), check_finite=False)
    left = np.clip(np.floor(at).astype(int), 0, count - 2)
    shape = (-1,) + (1,) * (values.ndim - 1)
    x = (at - left).reshape(shape)
    a, b = values[left], values[left + 1]
    p, q = bends[left], bends[left + 1]
    u = np.clip(x, 0, 1)
    inside = a + u * (b - a) + ((1 - u) ** 3 - (1 - u)) * p / 6 + (u**3 - u) * q / 6
    start = b - a - p / 3 - q / 6
    end = b - a + p / 6 + q / 3
    return np.asarray(inside + np.minimum(x, 0) * start + np.maximum(x - 1, 0) * end)
