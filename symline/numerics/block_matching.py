"""Block matching: for each block of an image the displacement that fits, as a quadratic price, and the smooth one that all agree on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from symline.model.image import FloatArray
from symline.numerics.differences import second_difference
from symline.numerics.sampling import read_nearest

#: Shifts count where at least this share of a block can be compared; blocks with less of it have no say at all.
LEAST_SHARE = 0.25
#: Width, in reaches, of the neighbourhood of the best shift that the quadratic is fitted to.
NEARNESS = 0.4
#: A curvature below this share of the typical one says nothing about the shift.
FLAT = 0.02
#: Price on the step itself, against the typical curvature: keeps blocks far from the back where they are.
DAMPING = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """Centres of blocks that share the middle of an image and cover all of it, neighbours `spacing` px apart."""

    shape: tuple[int, int]
    counts: tuple[int, int]
    spacing: float

    @classmethod
    def over(cls, shape: tuple[int, int], spacing: float) -> Blocks:
        """The fewest blocks, at least three either way, that cover an image."""
        rows, cols = (max(3, int(np.ceil((size - 1) / spacing)) + 1) for size in shape)
        return cls(shape, (rows, cols), spacing)

    def sums(self, values: FloatArray) -> FloatArray:
        """Sums over the blocks of arrays of shape (..., rows, cols): each pixel is shared out to the blocks it lies between."""
        rows, cols = (self._tents(axis) for axis in (0, 1))
        return np.asarray(rows @ values @ cols.T)

    def sample(self, values: FloatArray) -> FloatArray:
        """Values of arrays of shape (k, rows, cols) at the centres, shape (k, *counts)."""
        at = np.meshgrid(*(self._centres(axis) for axis in (0, 1)), indexing="ij")
        return read_nearest(values, at)

    def spread(self, values: FloatArray) -> FloatArray:
        """Values at the centres, shape (k, *counts), to every pixel by cubic splines; shape (k, rows, cols)."""
        axes = [(np.arange(self.shape[axis]) - self._centres(axis)[0]) / self.spacing for axis in (0, 1)]
        at = np.meshgrid(*axes, indexing="ij")
        return read_nearest(values, at, order=3)

    def _centres(self, axis: int) -> FloatArray:
        return (np.arange(self.counts[axis]) - (self.counts[axis] - 1) / 2) * self.spacing + (self.shape[axis] - 1) / 2

    def _tents(self, axis: int) -> FloatArray:
        distance = np.abs(self._centres(axis)[:, None] - np.arange(self.shape[axis]))
        return np.asarray(np.maximum(1 - distance / self.spacing, 0))


@dataclass(frozen=True, slots=True, eq=False)
class Quadratics:
    """The price of displacing each block: share / 2 (d - best)' curvature (d - best).

    Parameters
    ----------
    share
        How much of each block can be compared, in [0, 1], shape (n,).
    curvature
        Positive semidefinite, shape (n, 2, 2).
    best
        The cheapest displacement in px, shape (n, 2); 0 in directions that make no difference.
    """

    share: FloatArray
    curvature: FloatArray
    best: FloatArray

    @property
    def typical(self) -> float:
        """Typical curvature of the blocks that have a say; 0 where there are none."""
        sizes = np.trace(self.curvature, axis1=1, axis2=2)[self.share > 0] / 2
        return float(np.median(sizes)) if sizes.size else 0.0


def match_blocks(images: tuple[FloatArray, FloatArray], weights: tuple[FloatArray, FloatArray], blocks: Blocks, reach: int) -> Quadratics:
    """Fit a quadratic to the mean squared difference of every block over all integer shifts up to `reach` px.

    Parameters
    ----------
    images, weights
        Fixed and moving, shape (rows, cols); how much each pixel counts, in [0, 1]. The moving image is the one that is shifted.
    """
    shifts = _shifts(reach)
    differences, shares = _compare(images, weights, blocks, shifts, reach)
    middle = len(shifts) // 2
    share = np.where(shares[middle] >= LEAST_SHARE, shares[middle], 0)
    row, col = shifts.T
    basis = np.stack([np.ones_like(row), row, col, row**2 / 2, row * col, col**2 / 2], axis=1)
    counts = np.where(shares >= LEAST_SHARE, shares, 0) * _nearness(differences, shares, shifts, reach)
    # a little ridge: blocks at the rim may have too few shifts for six unknowns
    normal = np.einsum("sn,si,sj->nij", counts, basis, basis) + 1e-6 * np.eye(6)
    fit = np.linalg.solve(normal, np.einsum("sn,sn,si->ni", counts, differences, basis)[..., None])[..., 0]
    hessian = np.stack([fit[:, [3, 4]], fit[:, [4, 5]]], axis=1)
    return _convex(share, hessian, fit[:, 1:3], float(reach))


def solve_blocks(quadratics: Quadratics, blocks: Blocks, so_far: FloatArray, price: float, reach: float) -> FloatArray:
    """The steps of all blocks that together are cheapest: their own prices, and that of bending the whole displacement.

    Parameters
    ----------
    so_far
        Displacement of each block before the step, in px, shape (2, *counts).
    price
        Of squared second differences between neighbouring blocks, in typical curvatures of the blocks' own prices.
    reach
        Bound on the length of a step, in px.

    Returns
    -------
    array
        Shape (2, *counts).
    """
    # imported here: only this stage solves sparse systems, and the command line should start fast
    from scipy.sparse import bsr_array, eye_array, kron
    from scipy.sparse.linalg import spsolve

    typical = quadratics.typical
    if not typical > 0:
        return np.zeros_like(so_far)
    own = quadratics.share[:, None, None] * quadratics.curvature
    before = so_far.reshape(2, -1).T.ravel()
    bending = kron(price * typical * _bending(blocks.counts), eye_array(2))
    prices = bsr_array((own, np.arange(len(own)), np.arange(len(own) + 1)))  # a block on the diagonal for each block of the image
    matrix = prices + bending + DAMPING * typical * eye_array(before.size)
    step = spsolve(matrix.tocsc(), np.einsum("nij,nj->ni", own, quadratics.best).ravel() - bending @ before)
    steps = step.reshape(-1, 2)
    steps = steps * np.minimum(1, reach / np.maximum(np.hypot(*steps.T), 1e-12))[:, None]
    return np.asarray(steps.T.reshape(so_far.shape))


def _shifts(reach: int) -> FloatArray:
    """All (row, col) up to `reach`, shape (n, 2); (0, 0) is in the middle of the list."""
    side = np.arange(-reach, reach + 1.0)
    return np.stack(np.meshgrid(side, side, indexing="ij"), axis=-1).reshape(-1, 2)


def _compare(
    images: tuple[FloatArray, FloatArray], weights: tuple[FloatArray, FloatArray], blocks: Blocks, shifts: FloatArray, reach: int
) -> tuple[FloatArray, FloatArray]:
    """Mean squared difference of each block at each shift, and the share of the block that was compared; shape (shifts, blocks)."""
    fixed, moving = images[0], np.pad(images[1], reach)
    on_fixed, on_moving = weights[0], np.pad(weights[1], reach)
    rows, cols = fixed.shape
    whole = blocks.sums(np.ones(fixed.shape)).ravel()
    differences, shares = np.zeros((2, len(shifts), whole.size))
    for index, (row, col) in enumerate(shifts.astype(int)):
        part = slice(reach + row, reach + row + rows), slice(reach + col, reach + col + cols)
        both = on_fixed * on_moving[part]
        counted = blocks.sums(both).ravel()
        differences[index] = blocks.sums(both * (fixed - moving[part]) ** 2).ravel() / np.maximum(counted, 1e-9)
        shares[index] = counted / np.maximum(whole, 1e-9)
    return differences, shares


def _nearness(differences: FloatArray, shares: FloatArray, shifts: FloatArray, reach: int) -> FloatArray:
    """How much each shift counts in the fit, shape (shifts, blocks): the price is a quadratic only near its lowest point."""
    lowest = shifts[np.where(shares >= LEAST_SHARE, differences, np.inf).argmin(axis=0)]
    squared = ((shifts[:, None] - lowest) ** 2).sum(axis=-1)
    return np.asarray(np.exp(-0.5 * squared / (NEARNESS * reach) ** 2))


def _convex(share: FloatArray, hessian: FloatArray, slope: FloatArray, reach: float) -> Quadratics:
    """Keep what is convex: directions that curve down, or hardly at all, make no difference. The cheapest point stays in reach."""
    sizes, axes = np.linalg.eigh(hessian)
    there = share > 0
    typical = float(np.median(np.maximum(sizes, 0).mean(axis=1)[there])) if there.any() else 0.0
    is_steep = (sizes > FLAT * typical) & there[:, None]
    sizes = np.where(is_steep, sizes, 0)
    along = np.einsum("nij,ni->nj", axes, slope)
    best = np.where(is_steep, -along / np.where(is_steep, sizes, 1), 0)
    best *= np.minimum(1, reach / np.maximum(np.hypot(*best.T), 1e-12))[:, None]
    return Quadratics(share, np.einsum("nij,nj,nkj->nik", axes, sizes, axes), np.einsum("nij,nj->ni", axes, best))


def _bending(counts: tuple[int, int]) -> Any:
    """Squared second differences on a lattice, the mixed one twice, so that no direction is preferred; sparse, (n, n)."""
    from scipy.sparse import csr_array, eye_array, kron

    row, col = (csr_array(second_difference(count, 1.0)) for count in counts)
    by_row, by_col = (csr_array(np.diff(np.eye(count), axis=0)) for count in counts)
    parts = (kron(row, eye_array(counts[1])), kron(eye_array(counts[0]), col), np.sqrt(2) * kron(by_row, by_col))
    return sum(part.T @ part for part in parts)
