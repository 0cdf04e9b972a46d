"""Dense mirror maps: any mirror map, after a displacement given at every pixel of the working grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symline.model.image import FloatArray, freeze
from symline.model.mirror import MirrorMap
from symline.numerics.sampling import read_nearest


@dataclass(frozen=True, slots=True, eq=False)
class Displacement:
    """Displacement vectors on a grid, between its pixels bilinear, beyond its edge that of the edge.

    Parameters
    ----------
    vectors
        (row, col) in units of L, shape (rows, cols, 2).
    resolution
        Grid pixels per L; the middle of the grid is the origin, as in `Pair`.
    """

    vectors: FloatArray
    resolution: float

    def __post_init__(self) -> None:
        vectors = np.array(self.vectors, dtype=np.float64)
        if vectors.ndim != 3 or vectors.shape[2] != 2:
            raise ValueError(f"displacement vectors need the shape (rows, cols, 2); found {vectors.shape}")
        freeze(self, vectors=vectors)

    def __call__(self, points: FloatArray) -> FloatArray:
        """Displaced points, shape (..., 2)."""
        middle = (np.array(self.vectors.shape[:2]) - 1) / 2
        at = np.moveaxis(np.nan_to_num(points * self.resolution + middle, nan=0.0), -1, 0)
        return np.asarray(points + np.moveaxis(read_nearest(np.moveaxis(self.vectors, -1, 0), at), 0, -1))


@dataclass(frozen=True, slots=True, eq=False)
class DenseMirror:
    """The mirror map x -> initial(x + displacement(x)); no involution by construction.

    Parameters
    ----------
    initial
        The map that the displacement corrects.
    displacement
        The correction, before the reflection.
    """

    initial: MirrorMap
    displacement: Displacement

    def partners(self, points: FloatArray) -> FloatArray:
        """Mirror partners of points, shape (..., 2); NaN where there is none."""
        return self.initial.partners(self.displacement(points))
