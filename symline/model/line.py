"""A line that somebody gives: from an earlier result, drawn by hand, or from another program."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symline.model.image import FloatArray, freeze


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """Points from top to bottom, with the pair direction where it is known.

    Parameters
    ----------
    points
        (row, col) in px, rows increasing, shape (n, 2), n >= 2.
    pair_angle
        As in `Midline`, shape (n,), or None: pairs are perpendicular to the line.
    band
        Left and right edge of the 95 % band, px, NaN where it is not known, shape (n, 2); or None where it is known nowhere.
    spacing
        Pixel size (row, col) in mm, or None.
    """

    points: FloatArray
    pair_angle: FloatArray | None = None
    band: FloatArray | None = None
    spacing: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        points = np.array(self.points, dtype=np.float64)
        if points.ndim != 2 or points.shape[1:] != (2,) or len(points) < 2 or not np.isfinite(points).all():
            raise ValueError("a line needs two or more points (row, col) of finite numbers")
        if np.any(np.diff(points[:, 0]) <= 0):
            raise ValueError("the rows of a line must increase from point to point")
        if self.pair_angle is not None and np.shape(self.pair_angle) != (len(points),):
            raise ValueError("a line needs as many pair angles as points, or none")
        if self.band is not None and np.shape(self.band) != points.shape:
            raise ValueError("a line needs two edges of its band for each point, or no band")
        given = {"points": points, "pair_angle": self.pair_angle, "band": self.band}
        freeze(self, **{name: np.array(each, dtype=np.float64) for name, each in given.items() if each is not None})
