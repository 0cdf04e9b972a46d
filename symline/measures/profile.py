"""How symmetric the back is along a curve, at the level of each of its nodes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from symline.measures.relief import smooth_relief
from symline.model.image import FloatArray
from symline.model.pair import Pair
from symline.numerics.level_correlation import correlate_levels
from symline.numerics.sampling import bilinear
from symline.transforms.outline import outline_at
from symline.transforms.straightening import Straightening

#: In units of L: how far to the sides, how finely, and over which length of the line levels are compared.
HALF_WIDTH, SPACING, LENGTH = 0.35, 0.0125, 0.055
#: How far from the line the inner part of a level reaches, in L.
NEAR = 0.12
#: Share of the image's variance that a level needs before its correlation counts in full: flat skin is not symmetric, only flat.
FLATNESS = 0.03
#: A level where less than this share of the pairs lies on the back has no symmetry.
LEAST_OVERLAP = 0.05
#: How far to the sides the back is looked for, in L, and the least width of both sides together that can be uneven.
REACH, LEAST_WIDTH = 0.8, 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """How symmetric the back is at each node of a curve.

    Parameters
    ----------
    symmetry
        Correlation of the two sides about their common mean, in [-1, 1]; NaN where hardly any pair lies on the back. Shape (n,).
    outer
        The same correlation of what lies farther out than `NEAR` alone; NaN where hardly any of those pairs lies on the back. Shape (n,).
    overlap
        Share of the pairs within the half-width that lie on the back, in [0, 1]; shape (n,).
    unevenness
        Difference of the widths of the two sides, as a share of both together, in [0, 1]; shape (n,).
    """

    symmetry: FloatArray
    outer: FloatArray
    overlap: FloatArray
    unevenness: FloatArray


def measure_profile(pair: Pair, straightening: Straightening) -> Profile:
    """Compare the two sides of a curve, within a Gaussian window along it."""
    distances = np.arange(SPACING, HALF_WIDTH, SPACING)
    points = pair.to_grid(np.stack([straightening.points(-distances), straightening.points(distances)]))
    (left, right), covered = bilinear((smooth_relief(pair), pair.coverage), points)
    counts = np.asarray((covered > 0.5).all(axis=0), dtype=np.float32)
    sigma = LENGTH / straightening.spacing

    def correlate(part: slice) -> tuple[FloatArray, FloatArray]:
        """Correlation and overlap of the pairs at some of the distances."""
        pairs, possible = (
            scipy.ndimage.gaussian_filter1d(number, sigma, mode="constant")
            for number in (counts[:, part].sum(axis=1, dtype=np.float64), np.full(len(counts), float(len(distances[part]))))
        )
        overlap = pairs / possible
        symmetry = correlate_levels(left[:, part], right[:, part], counts[:, part], sigma, FLATNESS)
        return np.where(overlap > LEAST_OVERLAP, np.clip(symmetry, -1, 1), np.nan), overlap

    symmetry, overlap = correlate(slice(None))
    outer, _ = correlate(slice(int(np.searchsorted(distances, NEAR)), None))
    return Profile(symmetry, outer, overlap, _compare_widths(pair, straightening))


def _compare_widths(pair: Pair, straightening: Straightening) -> FloatArray:
    """How far the outermost points of the back lie on either side, compared; holes do not count."""
    distances = np.arange(SPACING, REACH, SPACING)
    left, right = (((outline_at(pair, straightening.points(side)) > 0.5) * distances).max(axis=1) for side in (-distances, distances))
    return np.asarray(np.abs(left - right) / np.maximum(left + right, LEAST_WIDTH))
