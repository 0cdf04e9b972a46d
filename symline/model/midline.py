"""The midline: the fixed points of the mirror map, one point for each image row."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from symline.model.image import FloatArray, freeze

#: Half the width of a 95 % band, in standard deviations.
BAND = 1.959963984540054


@dataclass(frozen=True, slots=True, eq=False)
class Midline:
    """The line that divides the back into symmetric halves, top to bottom.

    Parameters
    ----------
    points
        (row, col) in px, shape (n, 2); rows are consecutive whole numbers.
    pair_angle
        Angle of the line joining mirror partners to the horizontal, radians, shape (n,);
        positive when the right partner is the higher one, so that it equals `tangent` where pairs are perpendicular to the line.
    symmetry
        Mirrored correlation of each level, in [-1, 1], NaN where there is none; shape (n,).
    sd
        Standard deviation of the column, px; shape (n,).
    spacing
        Pixel size (row, col) in mm, or None.
    furrow
        Column of the spine's furrow or ridge in each row, px, NaN where it is not visible, shape (n,); default: nowhere.
    """

    points: FloatArray
    pair_angle: FloatArray
    symmetry: FloatArray
    sd: FloatArray
    spacing: tuple[float, float] | None = None
    furrow: FloatArray = field(default_factory=lambda: np.empty(0))

    def __post_init__(self) -> None:
        count = len(self.points)
        if count < 2 or self.points.shape != (count, 2) or np.any(np.diff(self.points[:, 0]) != 1):
            raise ValueError("a midline needs two or more points (row, col) in consecutive rows")
        if not len(self.furrow):
            object.__setattr__(self, "furrow", np.full(count, np.nan))
        for name in ("points", "pair_angle", "symmetry", "sd", "furrow"):
            array = np.array(getattr(self, name), dtype=np.float64)
            if len(array) != count:
                raise ValueError(f"{name} has {len(array)} values; the midline has {count} points")
            freeze(self, **{name: array})

    @property
    def rows(self) -> FloatArray:
        """Row of each point, px."""
        return self.points[:, 0]

    @property
    def cols(self) -> FloatArray:
        """Column of each point, px."""
        return self.points[:, 1]

    @property
    def scale(self) -> tuple[float, float]:
        """Size of a pixel (row, col) in mm, or (1, 1) where it is unknown: square pixels, lengths in px."""
        return self.spacing or (1.0, 1.0)

    @property
    def low(self) -> FloatArray:
        """Left edge of the 95 % band, px."""
        return self.cols - BAND * self.sd

    @property
    def high(self) -> FloatArray:
        """Right edge of the 95 % band, px."""
        return self.cols + BAND * self.sd

    @property
    def _slope(self) -> FloatArray:
        """Change of the column with the row, in the same unit for both; central differences."""
        row, col = self.scale
        return np.asarray(np.gradient(self.cols * col, row))

    @property
    def tangent(self) -> FloatArray:
        """Angle of the line to the vertical, radians, positive when it moves right going down."""
        return np.arctan(self._slope)

    @property
    def arc(self) -> FloatArray:
        """Arc length from the first point, mm (px where the spacing is unknown)."""
        steps = np.hypot(*(np.diff(self.points, axis=0) * self.scale).T)
        return np.concatenate([[0.0], np.cumsum(steps)])

    @property
    def curvature(self) -> FloatArray:
        """Curvature of the line, 1/mm (1/px where the spacing is unknown), positive when it turns right going down."""
        slope = self._slope
        return np.asarray(np.gradient(slope, self.scale[0]) / (1 + slope**2) ** 1.5)

    def partners(self, index: int, distance: float) -> tuple[tuple[float, float], tuple[float, float]]:
        """Left and right mirror partners (row, col) at a distance from point `index`.

        The distance is in mm, or in px where the spacing is unknown.
        """
        row, col = self.scale
        angle = self.pair_angle[index]
        step = np.array([-np.sin(angle) / row, np.cos(angle) / col]) * distance
        left, right = self.points[index] - step, self.points[index] + step
        return (float(left[0]), float(left[1])), (float(right[0]), float(right[1]))
