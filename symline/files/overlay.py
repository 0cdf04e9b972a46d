"""The picture of a result: the back in colours, the midline over it, and what to make of it."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image as Pillow

from symline.files.drawing.colours import WHITE, Colour, ColourScale
from symline.files.drawing.legend import legend
from symline.files.drawing.lettering import drawable, font, shorten, wrap
from symline.files.drawing.linework import DOUBTFUL, Course, choose_partners, draw_course, draw_partners
from symline.files.drawing.sheet import BODY_HEIGHT, INK, RIGHT_ROOM, Sheet, draw_colour_bar, scale_bar, stack
from symline.files.drawing.view import View
from symline.model.analysis import Analysis, Status
from symline.model.image import Image

#: Colour of the status word's box and of the word; in a grey print the word still says it.
STATUS_COLOURS: dict[Status, tuple[Colour, Colour]] = {
    Status.OK: ((0, 95, 80), WHITE),
    Status.REVIEW: ((245, 190, 40), INK),
    Status.FAILED: ((160, 20, 20), WHITE),
}
#: No file says which unit its values are in.
HEADING = ("curvature", "(input unit)")
#: Lines of text that reasons and message may take.
MESSAGE_LINES = 4
#: Enlarged further than this, pixels show as what they are: smooth colours would look like detail that is not there.
SMOOTH_UP_TO = 4
#: Higher makes files a little smaller and takes several times as long.
COMPRESSION = 2


def draw_overlay(image: Image, analysis: Analysis) -> bytes:
    """Draw an image with what was found in it.

    Parameters
    ----------
    image
        The curvature image.
    analysis
        The answer about it; without a midline the picture shows the image and why there is none.

    Returns
    -------
    bytes
        A PNG file, at most about 2500 pixels on its longer side; the same for the same input.
    """
    view = View.of(image)
    scale = ColourScale.fit(view.values, view.mask)
    sheet = Sheet.around(view)
    picture = _paint(view, scale)
    left = sheet.picture_left(picture)
    course = None
    if analysis.midline is not None:
        course = Course.of(analysis.midline, view)
        for pair in choose_partners(image, analysis.midline):
            start, end = zip(*view.place(np.array(pair)), strict=True)
            draw_partners(picture, (start, end), sheet.unit)
        draw_course(picture, course, sheet.unit)
    strips = [_head(sheet, image.name, analysis), _body(sheet, picture, course, scale if view.mask.any() else None)]
    strips.append(scale_bar(sheet, view, left, image.spacing))
    if course is not None:
        strips.append(legend(sheet, sheet.unit, bool(course.is_low.any())))
    return _encode(stack(strips))


def _paint(view: View, scale: ColourScale) -> Pillow.Image:
    """The colours of a view, at the picture's size."""
    pixels = Pillow.fromarray(scale.paint(view.values, view.mask))
    way = Pillow.Resampling.BICUBIC if max(view.zoom) <= SMOOTH_UP_TO else Pillow.Resampling.NEAREST
    return pixels.resize((view.width, view.height), way)


def _head(sheet: Sheet, name: str, analysis: Analysis) -> Pillow.Image:
    """The file's name, the status, and the reasons or the message in words."""
    unit = sheet.unit
    title, body = font(round(1.3 * unit)), font(unit)
    words = ", ".join(reason.replace("_", " ") for reason in analysis.reasons)
    text = drawable(": ".join(part for part in (words, analysis.message) if part))
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


def _body(sheet: Sheet, picture: Pillow.Image, course: Course | None, scale: ColourScale | None) -> Pillow.Image:
    """The picture, beside it the marks of its doubtful rows and the colour bar."""
    unit, left = sheet.unit, sheet.picture_left(picture)
    strip, draw = sheet.blank(max(picture.height, BODY_HEIGHT * unit) + 0.5 * unit)
    strip.paste(picture, (left, 0))
    for first, last in course.low_spans() if course else []:
        draw.rectangle((left - unit, first, left - 0.4 * unit, last - 1), DOUBTFUL)
    if scale is not None:
        draw_colour_bar(draw, sheet.width - (RIGHT_ROOM - 1) * unit, scale, unit, HEADING)
    return strip


def _encode(page: Pillow.Image) -> bytes:
    """A page as a PNG file, with nothing in it but the pixels."""
    file = io.BytesIO()
    page.save(file, "PNG", compress_level=COMPRESSION)
    return file.getvalue()
