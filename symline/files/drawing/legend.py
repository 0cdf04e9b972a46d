"""What the lines over a picture mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from PIL import Image as Pillow

from symline.files.drawing.lettering import font
from symline.files.drawing.linework import (
    BAND_FILL,
    BAND_OPACITY,
    DASH,
    DOUBTFUL,
    LINE,
    LINE_WIDTH,
    LOW_SYMMETRY,
    THIN_WIDTH,
    draw_partners,
)
from symline.files.drawing.sheet import INK, Sheet
from symline.files.drawing.strokes import Point, blend, stroke

Sample: TypeAlias = Callable[[Pillow.Image, Point, int], None]
#: In letter heights.
SAMPLE_WIDTH = 2.4
ROW_HEIGHT = 1.7


def legend(sheet: Sheet, left: float, has_low: bool) -> Pillow.Image:
    """A strip with a sample and a word for each kind of line, as many to a row as fit."""
    unit, letters = sheet.unit, font(sheet.unit)
    samples: dict[str, Sample] = {"midline": _sample_midline, "95 % band": _sample_band, "mirror partners": _sample_partners}
    if has_low:
        samples[f"symmetry below {LOW_SYMMETRY:g}"] = _sample_low
    places: dict[str, Point] = {}
    x, y = left, 0.8 * unit
    for text in samples:
        width = (SAMPLE_WIDTH + 0.6) * unit + letters.getlength(text)
        if x + width > sheet.width - unit and places:
            x, y = left, y + ROW_HEIGHT * unit
        places[text] = (x, y)
        x += width + 1.4 * unit
    strip, draw = sheet.blank(y + 1.8 * unit)
    for text, (x, y) in places.items():
        samples[text](strip, (x, y), unit)
        draw.text((x + (SAMPLE_WIDTH + 0.6) * unit, y), text, INK, letters, anchor="lm")
    return strip


def _sample_midline(strip: Pillow.Image, place: Point, unit: int) -> None:
    x, y = place
    stroke(strip, place, (x + SAMPLE_WIDTH * unit, y), LINE_WIDTH * unit, LINE)


def _sample_band(strip: Pillow.Image, place: Point, unit: int) -> None:
    x, y = place
    fill = np.full((round(0.9 * unit), round(SAMPLE_WIDTH * unit)), BAND_OPACITY)
    blend(strip, fill, (round(x), round(y) - len(fill) // 2), BAND_FILL)
    for edge in (y - 0.45 * unit, y + 0.45 * unit):
        stroke(strip, (x, edge), (x + SAMPLE_WIDTH * unit, edge), THIN_WIDTH * unit, BAND_FILL)


def _sample_partners(strip: Pillow.Image, place: Point, unit: int) -> None:
    x, y = place
    draw_partners(strip, ((x + 0.2 * unit, y), (x + (SAMPLE_WIDTH - 0.2) * unit, y)), unit)


def _sample_low(strip: Pillow.Image, place: Point, unit: int) -> None:
    x, y = place
    for start in np.arange(0, SAMPLE_WIDTH * unit, 1.4 * DASH * unit):
        stroke(strip, (x + start, y), (x + min(start + 0.7 * DASH * unit, SAMPLE_WIDTH * unit), y), LINE_WIDTH * unit, DOUBTFUL)
