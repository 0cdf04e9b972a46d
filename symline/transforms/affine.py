"""Straight mirror maps: the reflection about an axis, and whatever an affine registration makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from symline.model.image import FloatArray, freeze


@dataclass(frozen=True, slots=True, eq=False)
class Affine:
    """The map x -> matrix x + offset; points are (row, col).

    Parameters
    ----------
    matrix
        Shape (2, 2).
    offset
        Shape (2,).
    """

    matrix: FloatArray
    offset: FloatArray

    def __post_init__(self) -> None:
        for name, shape in (("matrix", (2, 2)), ("offset", (2,))):
            array = np.array(getattr(self, name), dtype=np.float64)
            if array.shape != shape or not np.isfinite(array).all():
                raise ValueError(f"the {name} of an affine map must be {shape} finite numbers")
            freeze(self, **{name: array})

    @classmethod
    def reflection(cls, point: tuple[float, float] = (0.0, 0.0), angle: float = 0.0) -> Self:
        """The reflection about the axis through a point at an angle to the vertical, radians, positive when it moves right going down."""
        axis = np.array([np.cos(angle), np.sin(angle)])
        matrix = 2 * np.outer(axis, axis) - np.eye(2)
        return cls(matrix, np.asarray(point) - matrix @ np.asarray(point))

    @classmethod
    def about(cls, centre: FloatArray, matrix: FloatArray, shift: FloatArray) -> Self:
        """The map that turns and stretches about a centre, then shifts."""
        return cls(matrix, centre + shift - matrix @ centre)

    def __call__(self, points: FloatArray) -> FloatArray:
        """Map points, shape (..., 2)."""
        return np.asarray(points @ self.matrix.T + self.offset)

    def __matmul__(self, first: Affine) -> Affine:
        """The map that applies `first`, then this one."""
        return Affine(self.matrix @ first.matrix, self.matrix @ first.offset + self.offset)

    def __invert__(self) -> Affine:
        """The map that undoes this one."""
        inverse = np.linalg.inv(self.matrix)
        return Affine(inverse, -inverse @ self.offset)

    def partners(self, points: FloatArray) -> FloatArray:
        """Mirror partners of points, shape (..., 2); for maps that reflect."""
        return self(points)
