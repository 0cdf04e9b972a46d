"""The page around a picture: its sizes, its strips, and what helps to read it."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from symline.files.drawing.colours import WHITE, Colour, ColourScale
from symline.files.drawing.lettering import font
from symline.files.drawing.round_numbers import round_down
from symline.files.drawing.view import View

INK: Colour = (25, 25, 25)
#: Room beside the picture, in letter heights: left for the marks of rows, right for the colour bar.
LEFT_ROOM = 2
RIGHT_ROOM = 8
LETTER_SIZES = (15, 44)
#: Height of small letters, in units.
SMALL = 0.9
#: Of the colour bar, in letter heights.
BAR_HEIGHT = 12
BODY_HEIGHT = 17
#: Longest scale bar, as a share of the width of what it stands under.
LONGEST_BAR = 0.2


@dataclass(frozen=True, slots=True)
class Sheet:
    """Sizes of the page in picture pixels.

    Parameters
    ----------
    unit
        Height of the letters; everything on the page but the picture is a multiple of it.
    width
        Of the page.
    """

    unit: int
    width: int

    @classmethod
    def around(cls, view: View) -> Sheet:
        """The page that holds a view's picture, with room for text beside narrow ones."""
        smallest, largest = LETTER_SIZES
        unit = min(largest, max(smallest, round(max(view.width, view.height) / 42)))
        return cls(unit, max(view.width + (LEFT_ROOM + RIGHT_ROOM) * unit, 32 * unit))

    @property
    def inner(self) -> int:
        """Width between the margins."""
        return self.width - 2 * self.unit

    @property
    def small(self) -> ImageFont.FreeTypeFont:
        """The letters of numbers and labels beside a picture."""
        return font(round(SMALL * self.unit))

    def blank(self, height: float) -> tuple[Pillow.Image, ImageDraw.ImageDraw]:
        """An empty strip of the page, and the means to draw on it."""
        strip = Pillow.new("RGB", (self.width, round(height)), WHITE)
        return strip, ImageDraw.Draw(strip)

    def picture_left(self, picture: Pillow.Image) -> int:
        """Where a picture starts that stands in the middle between the room on both sides."""
        spare = self.width - (LEFT_ROOM + RIGHT_ROOM) * self.unit - picture.width
        return LEFT_ROOM * self.unit + spare // 2


def draw_colour_bar(strip: Pillow.Image, left: int, scale: ColourScale, unit: int, heading: tuple[str, str]) -> None:
    """Draw a colour bar with two lines of heading and round numbers, from the top of a strip."""
    letters, draw = font(round(SMALL * unit)), ImageDraw.Draw(strip)
    for line, text in enumerate(heading):
        draw.text((left, 1.2 * line * unit), text, INK, letters)
    top, height = 3 * unit, BAR_HEIGHT * unit
    strip.paste(Pillow.fromarray(scale.colours(height)[::-1, None].repeat(unit, axis=1)), (left, top))
    draw.rectangle((left, top, left + unit, top + height - 1), outline=INK)
    for text, value in scale.ticks().items():
        at = top + (scale.high - value) / (2 * scale.reach) * (height - 1)
        draw.line((left + unit, at, left + 1.4 * unit, at), INK)
        draw.text((left + 1.7 * unit, at), text, INK, letters, anchor="lm")


def scale_bar(sheet: Sheet, view: View, left: float, spacing: tuple[float, float] | None) -> Pillow.Image:
    """A strip with a bar of a round length in mm, or in px where the spacing is unknown."""
    per_length = view.zoom[1] / (spacing[1] if spacing else 1.0)
    strip, draw = sheet.blank(2.2 * sheet.unit)
    draw_scale_bar(draw, (left, sheet.unit), Ruler(per_length, "mm" if spacing else "px"), LONGEST_BAR * view.width, sheet.unit)
    return strip


@dataclass(frozen=True, slots=True)
class Ruler:
    """How long things are in a picture.

    Parameters
    ----------
    per_length
        Picture pixels per length of 1.
    word
        What lengths are in.
    """

    per_length: float
    word: str


def draw_scale_bar(draw: ImageDraw.ImageDraw, place: tuple[float, float], ruler: Ruler, longest: float, unit: int) -> None:
    """Draw a bar of a round length with its label, from (x, y of its middle) to the right; `longest` yields where it would be too short."""
    left, y = place
    length = round_down(max(longest, 3 * unit) / ruler.per_length)
    right = left + length * ruler.per_length
    draw.rectangle((left, y - 0.15 * unit, right, y + 0.1 * unit), INK)
    for end in (left, right):
        draw.rectangle((end - unit // 15, y - 0.5 * unit, end + unit // 15, y + 0.45 * unit), INK)
    draw.text((right + 0.7 * unit, y), f"{length:g} {ruler.word}", INK, font(unit), anchor="lm")
