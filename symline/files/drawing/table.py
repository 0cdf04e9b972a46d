"""A small table of words and numbers."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image as Pillow
from PIL import ImageDraw

from symline.files.drawing.colours import WHITE
from symline.files.drawing.lettering import drawable, font, shorten
from symline.files.drawing.page import CAPTION_INK, PAGE, RULE
from symline.files.drawing.sheet import INK

#: In letter heights.
ROW_HEIGHT, BETWEEN = 1.35, 0.9


def draw_table(rows: Sequence[Sequence[str]], alignment: str, width: int, *, has_head: bool = False) -> Pillow.Image:
    """Draw a table as wide as it has to be, at most `width`; what is too long in its first column is shortened.

    Parameters
    ----------
    rows
        The texts, as many in each row as there are letters in `alignment`.
    alignment
        ``l`` or ``r`` for each column.
    width
        Of the picture, in picture pixels.
    has_head
        Whether the first row names the columns.
    """
    unit, letters = PAGE.unit, font(PAGE.unit)
    texts = [[drawable(text) for text in row] for row in rows]
    widths = [max((letters.getlength(row[column]) for row in texts), default=0.0) for column in range(len(alignment))]
    widths[0] = min(widths[0], width - sum(widths[1:]) - BETWEEN * unit * (len(widths) - 1))
    picture = Pillow.new("RGB", (width, round((ROW_HEIGHT * len(rows) + 0.4 * has_head) * unit)), WHITE)
    draw = ImageDraw.Draw(picture)
    for number, row in enumerate(texts):
        is_head = has_head and number == 0
        top = (ROW_HEIGHT * number + 0.4 * (has_head and not is_head)) * unit
        left = 0.0
        for text, room, side in zip(row, widths, alignment, strict=True):
            at = left if side == "l" else left + room
            draw.text((at, top), shorten(text, room, letters), CAPTION_INK if is_head else INK, letters, anchor=f"{side}a")
            left += room + BETWEEN * unit
        if is_head:
            draw.line((0, ROW_HEIGHT * unit, left - BETWEEN * unit, ROW_HEIGHT * unit), RULE, 2)
    return picture
