"""Displacements on a lattice of control points, between them cubic B-splines: values, slopes, bending, and normal equations.

Everything is separable, so rows and columns are products of small matrices and no pixel is touched more than once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from symline.model.image import FloatArray
from symline.numerics.cubic_spline import cubic_spline

#: Neighbours to either side that a control point shares pixels with.
_REACH = 3
#: Samples between two control points by which the bending is summed up.
_SAMPLES = 12
#: Share of the largest diagonal entry added to all, so that what neither pixels nor bending can tell stays where it is.
_RIDGE = 1e-9


@dataclass(frozen=True, slots=True)
class Side:
    """Control points along rows or columns, evenly spaced about the middle.

    Parameters
    ----------
    intervals
        Number of spacings that cover the grid; there are 3 more control points.
    spacing
        Distance of neighbouring control points.
    """

    intervals: int
    spacing: float

    @classmethod
    def over(cls, extent: float, spacing: float) -> Side:
        """The control points for a grid that extends this far to either side of the middle."""
        return cls(max(1, int(np.ceil(2 * extent / spacing))), spacing)

    @property
    def size(self) -> int:
        """The number of control points."""
        return self.intervals + _REACH

    def basis(self, places: FloatArray, order: int = 0) -> FloatArray:
        """Weight of each control point at places from the middle, or its first or second derivative, shape (len(places), size)."""
        place = np.clip(places / self.spacing + self.intervals / 2, 0, self.intervals)
        distance = place[:, None] - (np.arange(self.size) - 1)
        return np.asarray(cubic_spline(distance, order) / self.spacing**order)

    def places(self, density: int) -> FloatArray:
        """Evenly spaced places all over the grid, so many between two control points."""
        count = self.intervals * density
        return np.asarray(((np.arange(count) + 0.5) / count - 0.5) * self.intervals * self.spacing)

    def gram(self, order: int) -> FloatArray:
        """Integral over the grid of the products of all pairs of derivatives, shape (size, size)."""
        basis = self.basis(self.places(_SAMPLES), order)
        return basis.T @ basis * (self.spacing / _SAMPLES)


@dataclass(frozen=True, eq=False)
class Lattice:
    """Control points of both sides. Coefficients are displacements (row, col), shape (rows, cols, 2)."""

    rows: Side
    cols: Side

    @property
    def shape(self) -> tuple[int, int, int]:
        """The shape of the coefficients."""
        return self.rows.size, self.cols.size, 2

    def bending_gradient(self, coefficients: FloatArray) -> FloatArray:
        """Half the derivative of the bending energy, shape of the coefficients; its product with them is the energy.

        The energy is the integral of the squared second derivatives, that of a thin plate, for each of the two coordinates.
        """
        return sum(
            (np.einsum("ij,jla,lm->ima", row, coefficients, col) for row, col in self._bending),
            start=np.zeros(self.shape),
        )

    @cached_property
    def _bending(self) -> tuple[tuple[FloatArray, FloatArray], ...]:
        grams = [(self.rows.gram(order), self.cols.gram(2 - order)) for order in range(3)]
        return tuple((row * (2.0 if order == 1 else 1.0), col) for order, (row, col) in enumerate(grams))

    @cached_property
    def bending_bands(self) -> FloatArray:
        """The bending energy's matrix by neighbours, as `Sampled.normal_bands` has it for one pair of coordinates."""
        return np.asarray(sum(np.einsum("ik,jl->ikjl", _diagonals(row), _diagonals(col)) for row, col in self._bending))

    def solve(self, bands: dict[tuple[int, int], FloatArray], right: FloatArray, damping: float) -> FloatArray:
        """Solve the normal equations, given by neighbours for each pair of coordinates; shape of the coefficients."""
        # imported here: it takes a while, and finding a midline does not need it
        from scipy.linalg import solveh_banded

        count, per_row = right.size, self.cols.size
        banded = np.zeros((2 * (_REACH * per_row + _REACH) + 2, count))
        first = np.arange(count // 2).reshape(self.rows.size, per_row)
        for (one, other), band in bands.items():
            for down in range(-_REACH, _REACH + 1):
                for aside in range(-_REACH, _REACH + 1):
                    below = 2 * (down * per_row + aside) + other - one
                    # what is beyond the end of a row is no neighbour: its band is 0, and its place that of a neighbour in another row
                    if below >= 0:
                        banded[below, 2 * first + one] += band[:, down + _REACH, :, aside + _REACH]
        banded[0] += damping * banded[0] + _RIDGE * max(float(banded[0].max()), 1e-300)
        solved = solveh_banded(banded, right.ravel(), lower=True, overwrite_ab=True, check_finite=False)
        return np.asarray(solved).reshape(self.shape)


@dataclass(frozen=True, slots=True, eq=False)
class Sampled:
    """A lattice at the pixels of a grid.

    Parameters
    ----------
    lattice
        The control points.
    rows, cols
        Weights of the control points at the grid's rows and columns.
    row_slopes, col_slopes
        Their derivatives.
    """

    lattice: Lattice
    rows: FloatArray
    cols: FloatArray
    row_slopes: FloatArray
    col_slopes: FloatArray

    @classmethod
    def of(cls, lattice: Lattice, rows: FloatArray, cols: FloatArray) -> Sampled:
        """Sample a lattice at rows and columns, counted from the middle."""
        return cls(lattice, lattice.rows.basis(rows), lattice.cols.basis(cols), lattice.rows.basis(rows, 1), lattice.cols.basis(cols, 1))

    def displacement(self, coefficients: FloatArray) -> FloatArray:
        """Displacement of each pixel, shape (rows, cols, 2)."""
        return _spread(self.rows, coefficients, self.cols)

    def jacobian(self, coefficients: FloatArray) -> FloatArray:
        """Determinant of the derivative of x + displacement(x) at each pixel: how much an area grows; 0 or less where it folds."""
        by_row = _spread(self.row_slopes, coefficients, self.cols)
        by_col = _spread(self.rows, coefficients, self.col_slopes)
        return np.asarray((1 + by_row[..., 0]) * (1 + by_col[..., 1]) - by_row[..., 1] * by_col[..., 0])

    def gather(self, vectors: FloatArray) -> FloatArray:
        """What pixels want of the control points: the transpose of `displacement`, shape of the coefficients."""
        return _spread(self.rows.T, vectors, self.cols.T)

    def normal_bands(self, weights: FloatArray) -> FloatArray:
        """Sums over the pixels of weight x product of the weights of two control points, by neighbours.

        Parameters
        ----------
        weights
            Of the pixels, shape (rows, cols).

        Returns
        -------
        array
            Of (row, col) and its neighbour (row + i - 3, col + j - 3), shape (rows, 7, cols, 7) of control points.
        """
        rows, cols = (_neighbour_products(basis) for basis in (self.rows, self.cols))
        sums = rows.T @ weights @ cols
        return np.asarray(sums.reshape(self.rows.shape[1], 2 * _REACH + 1, self.cols.shape[1], 2 * _REACH + 1))


def _spread(left: FloatArray, values: FloatArray, right: FloatArray) -> FloatArray:
    return np.stack([left @ values[..., axis] @ right.T for axis in (0, 1)], axis=-1)


def _neighbour_products(basis: FloatArray) -> FloatArray:
    """Products of the weights of each control point and its neighbours at each pixel, shape (pixels, size * 7)."""
    pixels, size = basis.shape
    padded = np.pad(basis, ((0, 0), (_REACH, _REACH)))
    products = np.stack([basis * padded[:, shift : shift + size] for shift in range(2 * _REACH + 1)], axis=-1)
    return products.reshape(pixels, -1)


def _diagonals(matrix: FloatArray) -> FloatArray:
    """The entries of a matrix for each control point and its neighbours, shape (size, 7)."""
    size = len(matrix)
    padded = np.pad(matrix, ((0, 0), (_REACH, _REACH)))
    index = np.arange(size)
    return np.stack([padded[index, index + shift] for shift in range(2 * _REACH + 1)], axis=-1)
