"""Basis functions on a grid, each a function of the row times one of the column, and the sums that a fit in them needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np

from symline.model.image import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class ProductBasis:
    """Each function along the rows of a grid times each one across its columns; of the latter there are several kinds.

    Parameters
    ----------
    along
        The functions along the rows, shape (rows, m).
    across
        Each kind of the functions across the columns, shape (cols, n).
    along_twice
        Products of two functions along the rows, shape (rows, m * m).
    across_twice
        Products of a function of one kind and one of another, not earlier kind, shape (cols, n * n).
    """

    along: FloatArray
    across: tuple[FloatArray, ...]
    along_twice: FloatArray
    across_twice: Mapping[tuple[int, int], FloatArray]

    @classmethod
    def of(cls, along: FloatArray, across: tuple[FloatArray, ...]) -> ProductBasis:
        """The basis with its products, which are worth keeping where the normal equations are wanted again and again."""
        kinds = combinations_with_replacement(range(len(across)), 2)
        twice = {(one, other): _products(across[one], across[other]) for one, other in kinds}
        return cls(along, across, _products(along, along), twice)

    def gather(self, values: FloatArray, kind: int) -> FloatArray:
        """Sum over the grid of the values times each function of a kind, shape (m * n,)."""
        return np.asarray(self.along.T @ values @ self.across[kind]).ravel()

    def gather_twice(self, values: FloatArray, one: int, other: int) -> FloatArray:
        """Sum over the grid of the values times each function of one kind times each of another, shape (m * n, m * n)."""
        rows, cols = self.along.shape[1], self.across[one].shape[1]
        sums = self.along_twice.T @ values @ self.across_twice[one, other]
        return np.asarray(sums.reshape(rows, rows, cols, cols).swapaxes(1, 2).reshape(rows * cols, rows * cols))


def _products(one: FloatArray, other: FloatArray) -> FloatArray:
    """Products of each column of one matrix and each of another."""
    return np.asarray((one[:, :, None] * other[:, None, :]).reshape(len(one), -1))
