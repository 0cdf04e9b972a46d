"""The picture of a result: the back in colours, the midline over it, and what to make of it."""

from __future__ import annotations

import numpy as np
from PIL import Image as Pillow

from symline.files.drawing.colours import ColourScale
from symline.files.drawing.head import head
from symline.files.drawing.legend import legend
from symline.files.drawing.linework import DOUBTFUL, Course, choose_partners, draw_course, draw_partners
from symline.files.drawing.png import encode
from symline.files.drawing.sheet import BODY_HEIGHT, RIGHT_ROOM, Sheet, draw_colour_bar, scale_bar
from symline.files.drawing.view import View, paint
from symline.model.analysis import Analysis
from symline.model.image import Image

#: No file says which unit its values are in.
HEADING = ("curvature", "(input unit)")


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
    picture = paint(view, scale)
    left = sheet.picture_left(picture)
    course = None
    if analysis.midline is not None:
        course = Course.of(analysis.midline, view)
        for pair in choose_partners(image, analysis.midline):
            start, end = view.place(np.array(pair)).tolist()
            draw_partners(picture, (start, end), sheet.unit)
        draw_course(picture, course, sheet.unit)
    strips = [head(sheet, image.name, analysis), _body(sheet, picture, course, scale if view.mask.any() else None)]
    strips.append(scale_bar(sheet, view, left, image.spacing))
    if course is not None:
        strips.append(legend(sheet, sheet.unit, bool(course.is_low.any())))
    return encode(strips)


def _body(sheet: Sheet, picture: Pillow.Image, course: Course | None, scale: ColourScale | None) -> Pillow.Image:
    """The picture, beside it the marks of its doubtful rows and the colour bar."""
    unit, left = sheet.unit, sheet.picture_left(picture)
    strip, draw = sheet.blank(max(picture.height, BODY_HEIGHT * unit) + 0.5 * unit)
    strip.paste(picture, (left, 0))
    for first, last in course.low_spans() if course else []:
        draw.rectangle((left - unit, first, left - 0.4 * unit, last - 1), DOUBTFUL)
    if scale is not None:
        draw_colour_bar(strip, sheet.width - (RIGHT_ROOM - 1) * unit, scale, unit, HEADING)
    return strip
