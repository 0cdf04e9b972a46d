"""A page of panels: pictures with a title above and a caption below, in rows under a heading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image as Pillow

from symline.files.drawing.colours import Colour
from symline.files.drawing.lettering import drawable, font, shorten, wrap
from symline.files.drawing.sheet import INK, Sheet

#: Of every page of panels, in picture pixels; cells are as wide as the pictures in them, `CELL` at least.
PAGE = Sheet(unit=24, width=2560)
COLUMNS = 5
GAP = 36
CELL = (PAGE.inner - (COLUMNS - 1) * GAP) // COLUMNS
#: Letter heights of headings and titles, in units.
HEADING_SIZE, TITLE_SIZE = 1.5, 1.12
LINE_HEIGHT = 1.3
CAPTION_LINES, PARAGRAPH_LINES = 4, 3
CAPTION_INK: Colour = (80, 80, 80)
RULE: Colour = (205, 205, 205)


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """A picture that explains one thing.

    Parameters
    ----------
    title
        What is shown.
    picture
        Of any size that the page has room for.
    caption
        How to read it, in a sentence or two.
    """

    title: str
    picture: Pillow.Image
    caption: str


def paragraph(text: str) -> Pillow.Image:
    """A strip with a text of a few lines."""
    unit, letters = PAGE.unit, font(PAGE.unit)
    lines = wrap(drawable(text), PAGE.inner, letters, PARAGRAPH_LINES)
    strip, draw = PAGE.blank((LINE_HEIGHT * len(lines) + 0.6) * unit)
    for number, line in enumerate(lines):
        draw.text((unit, LINE_HEIGHT * number * unit), line, INK, letters)
    return strip


def section(heading: str, panels: Sequence[Panel]) -> list[Pillow.Image]:
    """A strip with a heading and below it the panels, in as many strips as they need."""
    unit = PAGE.unit
    strip, draw = PAGE.blank(3.4 * unit)
    draw.line((unit, 0.6 * unit, PAGE.width - unit, 0.6 * unit), RULE, 2)
    draw.text((unit, 1.1 * unit), heading, INK, font(round(HEADING_SIZE * unit)))
    return [strip, *(_row(panels[first : first + COLUMNS]) for first in range(0, len(panels), COLUMNS))]


def _row(panels: Sequence[Panel]) -> Pillow.Image:
    unit = PAGE.unit
    title, body = font(round(TITLE_SIZE * unit)), font(unit)
    widths = [max(CELL, panel.picture.width) for panel in panels]
    captions = [wrap(drawable(panel.caption), width, body, CAPTION_LINES) for panel, width in zip(panels, widths, strict=True)]
    # captions of a row start at one height
    top = round(1.8 * unit)
    below = top + max(panel.picture.height for panel in panels) + round(0.5 * unit)
    strip, draw = PAGE.blank(below + (LINE_HEIGHT * max(map(len, captions)) + 1) * unit)
    left = unit
    for panel, width, lines in zip(panels, widths, captions, strict=True):
        draw.text((left, 0), shorten(drawable(panel.title), width, title), INK, title)
        strip.paste(panel.picture, (left, top))
        for number, line in enumerate(lines):
            draw.text((left, below + LINE_HEIGHT * number * unit), line, CAPTION_INK, body)
        left += width + GAP
    return strip
