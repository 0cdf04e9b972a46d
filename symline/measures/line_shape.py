"""The shape of a midline between two levels: its deviation from the chord, its direction and its bending."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from symline.model.image import BoolArray, FloatArray
from symline.model.midline import BAND, Midline
from symline.numerics.differences import arc_length

#: A cubic polynomial is fitted to this share of the line's rows on either side of each row. That is about three of the nodes 0.025 L apart
#: that the line is a spline through: what is finer comes from the nodes, and derivatives would show little else. A window this short
#: leaves the bends of a spine as they are: of a sinusoid with four half-waves it takes 0.1 % off the angle and 3 % off the curvature.
HALF_WINDOW, ORDER = 0.05, 3
#: A bend counts where it leaves the line's 95 % band, within these shares of the chord's length: a narrow band does not make a ripple a
#: bend, and a wide one mostly says that the line as a whole may lie aside, which bends it no less.
SMALLEST_BEND, LARGEST_DOUBT = 0.002, 0.004
#: Fewer rows have no shape.
FEWEST_ROWS = 3


@dataclass(frozen=True, slots=True, eq=False)
class LineShape:
    """A midline between two rows; x = column times its size, y = row times its size, in mm, or in px where the size is unknown.

    Positions are those of the line itself. Its direction and its bends are those of its smoothed course, which has no steps from pixel to
    pixel.

    Parameters
    ----------
    rows
        The rows, px, shape (n,).
    x
        Lateral position, shape (n,).
    course
        The same, smoothed.
    slope, bend
        d course / dy and its derivative, shape (n,).
    scale
        Size of a pixel (row, col).
    doubt
        Lateral deviations that are smaller may be errors of the line.
    """

    rows: FloatArray
    x: FloatArray
    course: FloatArray
    slope: FloatArray
    bend: FloatArray
    scale: tuple[float, float]
    doubt: float

    @classmethod
    def of(cls, midline: Midline, top_row: float | None = None, bottom_row: float | None = None) -> Self | None:
        """Cut a midline to the rows from `top_row` to `bottom_row` (default: its ends); None where hardly any is left."""
        part = rows_between(midline, top_row, bottom_row)
        if np.count_nonzero(part) < FEWEST_ROWS:
            return None
        row, col = midline.scale
        course, slope, bend = (values[part] for values in _smooth(midline.cols * col, row))
        rows, x = midline.rows[part], midline.cols[part] * col
        length = float(np.hypot((rows[-1] - rows[0]) * row, x[-1] - x[0]))
        sd = midline.sd[part] * col
        band = BAND * float(np.median(sd)) if np.isfinite(sd).all() else 0.0
        doubt = float(np.clip(band, SMALLEST_BEND * length, LARGEST_DOUBT * length))
        return cls(rows, x, course, slope, bend, midline.scale, doubt)

    @property
    def y(self) -> FloatArray:
        """Position down the back, shape (n,)."""
        return self.rows * self.scale[0]

    @property
    def chord(self) -> tuple[float, float]:
        """From the upper end to the lower: (down, right)."""
        return float(self.y[-1] - self.y[0]), float(self.x[-1] - self.x[0])

    @property
    def deviation(self) -> FloatArray:
        """Lateral deviation from the chord, positive to the right, shape (n,)."""
        return _deviate(self.x, self.y)

    def course_between(self, first: int, last: int) -> FloatArray:
        """Lateral deviation of the course's points `first` to `last` from the straight line between these two."""
        return _deviate(self.course[first : last + 1], self.y[first : last + 1])

    @property
    def tangent(self) -> FloatArray:
        """Angle to the vertical, radians, positive where the line moves right going down, shape (n,)."""
        return np.arctan(self.slope)

    @property
    def curvature(self) -> FloatArray:
        """Positive where the line turns right going down, 1/mm, or 1/px where the size of a pixel is unknown, shape (n,)."""
        return np.asarray(self.bend / (1 + self.slope**2) ** 1.5)

    @property
    def arc(self) -> FloatArray:
        """Arc length from the upper end, shape (n,)."""
        return arc_length(np.column_stack([self.x, self.y]))


def lateral_deviation(midline: Midline, top_row: float | None = None, bottom_row: float | None = None) -> FloatArray:
    """Lateral deviation of each row of a midline from its chord.

    Parameters
    ----------
    midline
        The line.
    top_row, bottom_row
        Where the chord begins and ends, px; default: where the line does.

    Returns
    -------
    array
        In px, positive to the right, shape (n,), NaN above and below the chord.
    """
    result = np.full(len(midline.rows), np.nan)
    shape = LineShape.of(midline, top_row, bottom_row)
    if shape is not None:
        result[np.isin(midline.rows, shape.rows)] = shape.deviation / midline.scale[1]
    return result


def rows_between(midline: Midline, top_row: float | None, bottom_row: float | None) -> BoolArray:
    """Which rows of a midline lie from `top_row` to `bottom_row`, px; None: its ends."""
    top = -np.inf if top_row is None else top_row
    bottom = np.inf if bottom_row is None else bottom_row
    return np.asarray((midline.rows >= top) & (midline.rows <= bottom))


def _deviate(x: FloatArray, y: FloatArray) -> FloatArray:
    return np.asarray(x - x[0] - (x[-1] - x[0]) * (y - y[0]) / (y[-1] - y[0]))


def _smooth(values: FloatArray, step: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Value, first and second derivative of the cubic fitted around each place (Savitzky & Golay 1964); near an end, of the last one.

    In numpy alone: importing the filter of scipy takes longer than a whole analysis.
    """
    count = len(values)
    half = min(max(ORDER, round(HALF_WINDOW * count)), (count - 1) // 2)
    order = min(ORDER, 2 * half)
    # about its own start the line has small numbers, and rounding errors stay small in the second derivative
    windows = np.lib.stride_tricks.sliding_window_view(values - values[0], 2 * half + 1)
    powers = np.vander(np.arange(-half, half + 1) * step, order + 1, increasing=True)
    fitted = np.zeros((ORDER + 1, len(windows)))
    fitted[: order + 1] = np.linalg.pinv(powers) @ windows.T
    places = np.arange(count)
    centres = np.clip(places, half, count - 1 - half)
    a, b, c, d = fitted[:, centres - half]
    t = (places - centres) * step
    return values[0] + a + t * (b + t * (c + t * d)), b + t * (2 * c + 3 * t * d), 2 * c + 6 * t * d
