"""What the stages register: the back on the working grid. Its mirror image, the moving one, is seen by `symline.transforms.moving`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symline.model.image import FloatArray, freeze


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """The standardised back on the working grid.

    Inside the method, points are (row, col) in units of the back's size L, the square root of its area, counted from
    the middle of the grid. So no stage knows pixels or millimetres, and a result follows the image when it is resampled.

    Parameters
    ----------
    fixed
        Standardised values, shape (rows, cols), float32; 0 where `coverage` is 0.
    coverage
        Share of each working pixel that lies on the back, in [0, 1], float32, same shape.
    resolution
        Working pixels per L.
    origin
        (row, col) of the middle of the grid, in px of the image.
    step
        Size of a working pixel in px of the image, (row, col); they differ where the image's pixels are not square.
    centre, scale
        Value of the image that became 0, and size of a standardised unit in the image's own.
    """

    fixed: FloatArray
    coverage: FloatArray
    resolution: float
    origin: tuple[float, float]
    step: tuple[float, float]
    centre: float = 0.0
    scale: float = 1.0

    def __post_init__(self) -> None:
        freeze(self, fixed=self.fixed, coverage=self.coverage)

    @property
    def middle(self) -> tuple[float, float]:
        """(row, col) of the middle of the grid, in working pixels."""
        rows, cols = self.fixed.shape
        return (rows - 1) / 2, (cols - 1) / 2

    @property
    def points(self) -> FloatArray:
        """The centre of every pixel of the grid, in units of L, shape (rows, cols, 2)."""
        return self.from_grid(np.moveaxis(np.indices(self.fixed.shape, dtype=np.float64), 0, -1))

    @property
    def centroid(self) -> FloatArray:
        """The centre of the back's area, (row, col) in units of L."""
        by_row, by_col = self.coverage.sum(axis=1, dtype=np.float64), self.coverage.sum(axis=0, dtype=np.float64)
        sums = [(share * np.arange(len(share))).sum() for share in (by_row, by_col)]
        return self.from_grid(np.array(sums) / self.coverage.sum(dtype=np.float64))

    def to_grid(self, points: FloatArray) -> FloatArray:
        """Points in units of L, shape (..., 2), to working pixels."""
        return points * self.resolution + self.middle

    def from_grid(self, points: FloatArray) -> FloatArray:
        """Working pixels, shape (..., 2), to points in units of L."""
        return np.asarray((points - self.middle) / self.resolution)

    def to_image(self, points: FloatArray) -> FloatArray:
        """Points in units of L, shape (..., 2), to px of the image."""
        return np.asarray(points * self.resolution * np.asarray(self.step) + self.origin)

    def from_image(self, points: FloatArray) -> FloatArray:
        """Px of the image, shape (..., 2), to points in units of L."""
        return np.asarray((points - np.asarray(self.origin)) / self.step / self.resolution)
