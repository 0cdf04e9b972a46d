"""Cubic B-splines on a lattice, as the polynomials that they are between its points: for many points, several times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from symline.model.image import FloatArray

#: The four B-splines that are not 0 between two points of a lattice, from the first: factors of 1, u, u², u³.
_SPLINES = np.array([[1, 4, 1, 0], [-3, 0, 3, 0], [3, -6, 3, 0], [-1, 3, -3, 1]]) / 6


@dataclass(frozen=True, slots=True, eq=False)
class CubicPatches:
    """Functions of two coordinates, each a polynomial in each cell of their common lattice, and 0 outside.

    This takes a third of the time of `scipy.ndimage.map_coordinates`, which finds its way to each point once for every function.

    Parameters
    ----------
    factors
        Of u, u**2, ... times v, v**2, ... from power 0 to 3, of each function, in each cell, shape (4, 4, k, rows * cols).
    shape
        Rows and columns of cells.
    """

    factors: FloatArray
    shape: tuple[int, int]

    @classmethod
    def of(cls, coefficients: FloatArray) -> Self:
        """The functions with these factors of the B-splines, shape (k, m, n)."""
        padded = np.pad(coefficients, ((0, 0), (3, 3), (3, 3)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, (4, 4), axis=(1, 2))
        count, rows, cols = windows.shape[:3]
        factors = (_SPLINES @ windows @ _SPLINES.T).transpose(3, 4, 0, 1, 2)
        return cls(factors.reshape(4, 4, count, rows * cols), (rows, cols))

    def at(self, row: FloatArray, col: FloatArray) -> FloatArray:
        """The functions at points, finite and in spacings from the first point of the lattice; shape (k, ...)."""
        rows, cols = self.shape
        # splines reach over two cells before the first point
        down, right = np.clip(row.ravel() + 2, 0, rows), np.clip(col.ravel() + 2, 0, cols)
        top, left = np.minimum(down.astype(np.intp), rows - 1), np.minimum(right.astype(np.intp), cols - 1)
        factors = self.factors.take(top * cols + left, axis=-1)
        return _polynomial(_polynomial(factors, down - top), right - left).reshape(-1, *row.shape)


def _polynomial(factors: FloatArray, at: FloatArray) -> FloatArray:
    """Cubic polynomials with factors of shape (4, ..., n), from power 0 to 3, at n places; shape (..., n)."""
    value = factors[3] * at
    for power in (2, 1):
        value += factors[power]
        value *= at
    value += factors[0]
    return np.asarray(value)
