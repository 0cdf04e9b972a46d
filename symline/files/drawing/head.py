"""The head of a page: which file it is about, and what to make of the result."""

from __future__ import annotations

from PIL import Image as Pillow

from symline.files.drawing.colours import WHITE, Colour
from symline.files.drawing.lettering import drawable, font, shorten, wrap
from symline.files.drawing.sheet import INK, Sheet
from symline.files.reasons import list_in_words
from symline.model.analysis import Analysis, Status

#: Colour of the status word's box and of the word; in a grey print the word still says it.
STATUS_COLOURS: dict[Status, tuple[Colour, Colour]] = {
    Status.OK: ((0, 95, 80), WHITE),
    Status.REVIEW: ((245, 190, 40), INK),
    Status.FAILED: ((160, 20, 20), WHITE),
}
#: Lines of text that reasons and message may take.
MESSAGE_LINES = 4


def head(sheet: Sheet, name: str, analysis: Analysis) -> Pillow.Image:
    """The file's name, the status, and the reasons or the message in words."""
    unit = sheet.unit
    title, body = font(round(1.3 * unit)), font(unit)
    text = drawable(": ".join(part for part in (list_in_words(analysis.reasons), analysis.message) if part))
    status = str(analysis.status)
    box = body.getlength(status) + unit
    lines = wrap(text, sheet.inner - box - 0.7 * unit, body, MESSAGE_LINES)
    strip, draw = sheet.blank(unit * (5.4 + 1.4 * max(0, len(lines) - 1)))
    draw.text((unit, 0.8 * unit), shorten(drawable(name), sheet.inner, title), INK, title)
    fill, ink = STATUS_COLOURS[analysis.status]
    top = 2.8 * unit
    draw.rectangle((unit, top, unit + box, top + 1.7 * unit), fill)
    draw.text((1.5 * unit, top + 0.85 * unit), status, ink, body, anchor="lm")
    for number, line in enumerate(lines):
        draw.text((1.7 * unit + box, top + (0.85 + 1.4 * number) * unit), line, INK, body, anchor="lm")
    return strip
