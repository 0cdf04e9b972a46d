"""A line that somebody gives: from an earlier result, drawn by hand, or from another program."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symline.errors import InputError
from symline.model.image import FloatArray, freeze, read_spacing

#: A line that crosses fewer rows (px) has no direction to speak of.
SHORTEST = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """Points from top to bottom, with the pair direction where it is known.

    Parameters
    ----------
    points
        (row, col) in px, rows increasing by `SHORTEST` or more in all, shape (n, 2), n >= 2.
    pair_angle
        As in `Midline`, shape (n,), or None: pairs are perpendicular to the line.
    band
        Left and right edge of the 95 % band, px, NaN where it is not known, shape (n, 2); or None where it is known nowhere.
    spacing
        Pixel size (row, col) in mm, or None.

    Raises
    ------
    InputError
        The points are no line, the angles or the band are not theirs, or the spacing is none.
    """

    points: FloatArray
    pair_angle: FloatArray | None = None
    band: FloatArray | None = None
    spacing: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        points = np.array(self.points, dtype=np.float64)
        if points.ndim != 2 or points.shape[1:] != (2,) or len(points) < 2 or not np.isfinite(points).all():
            raise InputError(f"line: its points have the shape {points.shape}, or are not finite; two or more finite (row, col) are needed")
        if np.any(np.diff(points[:, 0]) <= 0):
            raise InputError("line: its rows do not increase from point to point; points from top to bottom are needed; sort them by row")
        if (span := points[-1, 0] - points[0, 0]) < SHORTEST:
            raise InputError(f"line: the rows of the line span {span:g} px; {SHORTEST:g} px or more are needed; give the whole line")
        if self.pair_angle is not None and np.shape(self.pair_angle) != (len(points),):
            raise InputError(
                f"line: {np.size(self.pair_angle)} pair angles for {len(points)} points; one for each point is needed, or none"
            )
        if self.pair_angle is not None and not np.isfinite(self.pair_angle).all():
            raise InputError("line: a pair angle is not finite; a finite one for each point is needed, or none")
        if self.band is not None and np.shape(self.band) != points.shape:
            raise InputError(
                f"line: its band has the shape {np.shape(self.band)}; two edges for each of {len(points)} points are needed, or none"
            )
        given = {"points": points, "pair_angle": self.pair_angle, "band": self.band}
        freeze(self, **{name: np.array(each, dtype=np.float64) for name, each in given.items() if each is not None})
        object.__setattr__(self, "spacing", read_spacing(self.spacing, "line"))
