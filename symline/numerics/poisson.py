"""The surface whose bending is given: Poisson's equation on a grid."""

from __future__ import annotations

import numpy as np

from symline.model.image import FloatArray


def solve_poisson(bending: FloatArray, spacing: tuple[float, float]) -> FloatArray:
    """Find the surface whose second derivatives, in rows plus in columns, are the given values but for their mean; level at all four rims.

    By cosines along both axes, which are the eigenvectors of second differences that are reflected at both ends.

    Parameters
    ----------
    bending
        Shape (rows, cols).
    spacing
        Of the grid, (row, col).

    Returns
    -------
    array
        Heights about their mean, same shape.
    """
    (along, by_row), (across, by_col) = (_cosines(size, step) for size, step in zip(bending.shape, spacing, strict=True))
    total = by_row[:, None] + by_col
    total[0, 0] = np.inf  # the mean bends nothing
    return np.asarray(along @ (along.T @ bending @ across / total) @ across.T)


def _cosines(size: int, step: float) -> tuple[FloatArray, FloatArray]:
    """Orthonormal cosines, shape (size, size), one a column, and what second differences multiply each by."""
    frequency = np.pi * np.arange(size) / size
    cosines = np.cos((np.arange(size)[:, None] + 0.5) * frequency)
    return cosines / np.linalg.norm(cosines, axis=0), (2 * np.cos(frequency) - 2) / step**2
