"""What stands under a picture of the back: a scale bar, and a colour bar where colours have a meaning."""

from __future__ import annotations

from PIL import Image as Pillow
from PIL import ImageDraw

from symline.files.drawing.colours import WHITE, ColourScale
from symline.files.drawing.page import CELL, PAGE
from symline.files.drawing.sheet import INK, LONGEST_BAR, Ruler, draw_scale_bar

#: Of the strip under a picture, in letter heights: with a colour bar, and with a scale bar alone.
HEIGHT, LOW_HEIGHT = 4.3, 1.8
#: Where the colour bar beside the scale bar begins, as a share of the width of the narrowest strip.
COLOURS_FROM = 0.42


def with_footer(
    picture: Pillow.Image, ruler: Ruler, scale: ColourScale | None = None, meaning: str = "", *, width: int = CELL
) -> Pillow.Image:
    """A picture in the middle of a cell, with its scale bar, and a colour bar with what its numbers mean, below.

    Parameters
    ----------
    picture
        At most as wide as the cell.
    ruler
        How long things are in it.
    scale
        What its colours mean, where they have a meaning.
    meaning
        What the numbers of the scale are; or what its ends are, separated by ``|``.
    width
        Of the cell, in picture pixels.
    """
    unit = PAGE.unit
    cell = Pillow.new("RGB", (width, picture.height + round((LOW_HEIGHT if scale is None else HEIGHT) * unit)), WHITE)
    cell.paste(picture, ((width - picture.width) // 2, 0))
    draw = ImageDraw.Draw(cell)
    top = picture.height + 0.5 * unit
    draw_scale_bar(draw, (2, top + 0.5 * unit), ruler, LONGEST_BAR * CELL, unit)
    if scale is not None:
        _colour_bar(cell, (COLOURS_FROM * CELL, width - 2 * unit, top), scale, meaning)
    return cell


def _colour_bar(cell: Pillow.Image, place: tuple[float, float, float], scale: ColourScale, meaning: str) -> None:
    """A lying colour bar at (left, right, upper edge), round numbers and their meaning below."""
    unit, letters, draw = PAGE.unit, PAGE.small, ImageDraw.Draw(cell)
    left, right, top = (round(edge) for edge in place)
    bottom = round(top + 0.8 * unit)
    cell.paste(Pillow.fromarray(scale.colours(right - left)[None].repeat(bottom - top, axis=0)), (left, top))
    draw.rectangle((left, top, right, bottom), outline=INK)
    free = 0.0
    for text, value in scale.ticks(4).items():
        at = left + (value - scale.low) / (2 * scale.reach) * (right - left)
        half = letters.getlength(text) / 2
        if at - half < free or at + half > right + 2 * unit:
            continue
        free = at + half + 0.5 * unit
        draw.line((at, bottom, at, bottom + 0.3 * unit), INK)
        draw.text((at, bottom + 0.4 * unit), text, INK, letters, anchor="ma")
    ends = [(left, "la"), ((left + right) / 2, "ma"), (right, "ra")] if "|" in meaning else [((left + right) / 2, "ma")]
    for (x, anchor), text in zip(ends, meaning.split("|"), strict=True):
        draw.text((x, bottom + 1.4 * unit), text, INK, letters, anchor=anchor)
