"""The midline, its band, its mirror partners and its doubtful rows, drawn over a picture of the back."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image as Pillow

from symline.files.drawing.colours import WHITE, Colour
from symline.files.drawing.strokes import Point, blend, cover, stroke
from symline.files.drawing.view import View
from symline.model.image import BoolArray, FloatArray, Image
from symline.model.midline import Midline

#: Rows whose symmetry is below this, or unknown, are marked.
LOW_SYMMETRY = 0.25

LINE: Colour = (0, 0, 0)
DOUBTFUL: Colour = (200, 0, 120)
BAND_FILL: Colour = (0, 140, 90)
BAND_OPACITY = 0.4
#: Widths in letter heights, so that they follow the size of the picture.
LINE_WIDTH = 0.35
THIN_WIDTH = 0.1
DOT_WIDTH = 0.5
CASING_WIDTH = 0.15
DASH = 0.7
#: Rows that are drawn at a time.
BLOCK = 128

PAIRS = 7
#: Distance of the drawn mirror partners from the midline, as a share of the square root of the back's area.
PARTNER_DISTANCE = 0.27
#: Shares of it that are tried where the back is narrower or has a hole.
PARTNER_SHARES = (1.0, 0.8, 0.6, 0.4)


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """A midline in a picture, one entry for each picture row from `top` down; lengths in picture pixels.

    Parameters
    ----------
    top
        First picture row.
    x
        Horizontal position, 0 at the picture's left edge.
    half_band
        Half the width of the 95 % band, 0 where it is unknown.
    slope
        Change of `x` from row to row.
    is_low
        Whether the symmetry there is low or unknown.
    """

    top: int
    x: FloatArray
    half_band: FloatArray
    slope: FloatArray
    is_low: BoolArray

    @classmethod
    def of(cls, midline: Midline, view: View) -> Course:
        """Where a midline runs in a view."""
        x, y = view.place(midline.points).T
        half_row = view.zoom[0] / 2
        top, bottom = max(0, math.floor(y[0] - half_row + 0.5)), min(view.height, math.floor(y[-1] + half_row + 0.5))
        rows = np.arange(top, bottom) + 0.5
        nearest = np.clip(np.rint((rows - y[0]) / view.zoom[0]).astype(int), 0, len(y) - 1)
        half_band = np.nan_to_num((midline.high - midline.low) / 2 * view.zoom[1], posinf=view.width)
        line = np.interp(rows, y, x)
        return cls(
            top=top,
            x=line,
            half_band=np.where(np.isfinite(midline.sd[nearest]), np.interp(rows, y, half_band), 0),
            slope=np.gradient(line) if len(line) > 1 else np.zeros(len(line)),
            is_low=is_low(midline)[nearest],
        )

    def find_dashes(self, length: float) -> BoolArray:
        """Which rows a dashed line covers, dashes and gaps of a length along it; each run of low symmetry starts with a dash."""
        arc = np.cumsum(np.hypot(1, self.slope))
        is_first = self.is_low & ~np.concatenate([[False], self.is_low[:-1]])
        since = arc - np.maximum.accumulate(np.where(is_first, arc, 0))
        return np.asarray(np.floor(since / length) % 2 == 0)

    def low_spans(self) -> list[tuple[int, int]]:
        """First picture row and the one after the last of each run of low symmetry."""
        edges = np.flatnonzero(np.diff(np.concatenate([[False], self.is_low, [False]]))) + self.top
        return [(int(first), int(last)) for first, last in edges.reshape(-1, 2)]


def is_low(midline: Midline) -> BoolArray:
    """Where a midline's symmetry is low or unknown, shape (n,)."""
    return ~(midline.symmetry >= LOW_SYMMETRY)


def draw_course(picture: Pillow.Image, course: Course, unit: float) -> None:
    """Draw a midline with its band, in place; dashed in another colour where its symmetry is low.

    The distance to the line is taken along the row and foreshortened by its slope, which is exact where the line is straight.
    """
    is_dash = course.is_low & course.find_dashes(DASH * unit)
    # some rows at a time: a bent line is nowhere near most of the picture
    for first in range(0, len(course.x), BLOCK):
        _draw_rows(picture, course, slice(first, first + BLOCK), is_dash, unit)


def _draw_rows(picture: Pillow.Image, course: Course, rows: slice, is_dash: BoolArray, unit: float) -> None:
    x, half_band, slant = course.x[rows, None], course.half_band[rows, None], np.hypot(1, course.slope[rows, None])
    pad = float((half_band + unit * slant).max())
    left, right = max(0, math.floor(x.min() - pad)), min(picture.width, math.ceil(x.max() + pad))
    if right <= left:
        return
    corner = (left, course.top + rows.start)
    across = np.abs(np.arange(left, right, dtype=np.float32) + 0.5 - x.astype(np.float32))
    if half_band.any():
        beyond = across - half_band.astype(np.float32)
        blend(picture, BAND_OPACITY * cover(beyond, 0) * (half_band > 0), corner, BAND_FILL)
        blend(picture, cover(np.abs(beyond), THIN_WIDTH * unit) * (half_band > 0), corner, BAND_FILL)

    across *= (1 / slant).astype(np.float32)
    blend(picture, cover(across, (LINE_WIDTH + 2 * CASING_WIDTH) * unit), corner, WHITE)
    line = cover(across, LINE_WIDTH * unit)
    blend(picture, line * ~course.is_low[rows, None], corner, LINE)
    if is_dash[rows].any():
        blend(picture, line * is_dash[rows, None], corner, DOUBTFUL)


def draw_partners(picture: Pillow.Image, pair: tuple[Point, Point], unit: float) -> None:
    """Join two mirror partners, (x, y) in the picture, by a thin line with a dot at each end, in place."""
    for extra, colour in ((2 * CASING_WIDTH * unit, WHITE), (0.0, LINE)):
        stroke(picture, *pair, THIN_WIDTH * unit + extra / 2, colour)
        for end in pair:
            stroke(picture, end, end, DOT_WIDTH * unit + extra, colour)


def choose_partners(image: Image, midline: Midline) -> list[tuple[Point, Point]]:
    """A few pairs of mirror partners (row, col), spread along the midline, with both ends inside the back."""
    area = np.count_nonzero(image.inside) * midline.scale[0] * midline.scale[1]
    distance = PARTNER_DISTANCE * math.sqrt(area)
    pairs = []
    for share in (np.arange(PAIRS) + 0.5) / PAIRS:
        index = int(share * len(midline.points))
        candidates = (midline.partners(index, distance * shorter) for shorter in PARTNER_SHARES)
        pair = next((pair for pair in candidates if all(_is_inside(image, end) for end in pair)), None)
        if pair is not None:
            pairs.append(pair)
    return pairs


def _is_inside(image: Image, point: Point) -> bool:
    """Whether a (row, col) point lies inside the back."""
    row, col = round(point[0]), round(point[1])
    return 0 <= row < image.shape[0] and 0 <= col < image.shape[1] and bool(image.inside[row, col])
