"""The image alone, for pages about which nothing else is known."""

from __future__ import annotations

from PIL import Image as Pillow

from symline.files.drawing.colours import ColourScale
from symline.files.drawing.page import CELL, PAGE
from symline.files.drawing.view import View, paint
from symline.model.image import Image

HIGHEST = 640


def only_image(image: Image) -> Pillow.Image:
    """A strip with the image in it, where nothing was found."""
    view = View.within(image, 2 * CELL, HIGHEST)
    strip, _ = PAGE.blank(view.height + PAGE.unit)
    strip.paste(paint(view, ColourScale.fit(view.values, view.mask)), (PAGE.unit, 0))
    return strip
