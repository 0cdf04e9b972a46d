"""What all panels of one page about symmetry share: image rows are at one height in all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow
from PIL import ImageDraw

from symline.files.drawing.colours import WHITE, Colour, ColourScale
from symline.files.drawing.footer import with_footer
from symline.files.drawing.linework import Course
from symline.files.drawing.page import CAPTION_INK, GAP, PAGE
from symline.files.drawing.sheet import Ruler
from symline.files.drawing.view import View, enlarge
from symline.model.analysis import Analysis
from symline.model.image import FloatArray, Image
from symline.model.midline import Midline
from symline.model.score import Score

#: Largest picture of the back, in picture pixels.
WIDEST, HIGHEST = 536, 860
#: Narrowest panel with a map, in picture pixels: below it there has to be room for a scale bar and a colour bar with their words.
NARROWEST = 560
#: Room beside a picture for the numbers of the levels, in picture pixels.
ROOM = 42
TICK: Colour = (150, 150, 150)
#: The back where a map has no value.
UNKNOWN: Colour = (196, 196, 200)
#: Levels are numbered, and their limits shown, where they are at least this far apart, in letter heights.
NUMBERS_FROM, TICKS_FROM = 1.1, 0.2


@dataclass(frozen=True, slots=True, eq=False)
class ScoreScene:
    """A score, and how to draw it.

    Parameters
    ----------
    image
        The image.
    score
        What is drawn.
    midline
        The line it is about.
    view
        The image, and how all maps of it are drawn.
    scale
        Colours of the image.
    """

    image: Image
    score: Score
    midline: Midline
    view: View
    scale: ColourScale

    @classmethod
    def of(cls, image: Image, analysis: Analysis) -> Self | None:
        """The scene of an analysis, or None where it has no score."""
        if analysis.score is None or analysis.midline is None:
            return None
        view = View.within(image, WIDEST, HIGHEST)
        return cls(image, analysis.score, analysis.midline, view, ColourScale.fit(view.values, view.mask))

    @property
    def unit(self) -> str:
        """What lengths are in."""
        return "mm" if self.midline.spacing else "px"

    @property
    def per_px(self) -> float:
        """Length of a column's step, mm or px."""
        return self.midline.scale[1]

    @property
    def cell(self) -> int:
        """Width of a panel with a map, in picture pixels."""
        return max(NARROWEST, self.view.width + 2 * ROOM)

    @property
    def rest(self) -> int:
        """Width that three maps leave to a fourth panel."""
        return PAGE.inner - 3 * (self.cell + GAP)

    @property
    def course(self) -> Course:
        """The midline in the picture; the map of symmetry says where it is doubtful."""
        course = Course.of(self.midline, self.view)
        return replace(course, is_low=np.zeros_like(course.is_low))

    @property
    def furrow(self) -> FloatArray:
        """Where the furrow is visible: (row, col) in px, shape (n, 2), top to bottom."""
        visible = np.isfinite(self.midline.furrow)
        return np.column_stack([self.midline.rows, self.midline.furrow])[visible]

    def y(self, rows: npt.ArrayLike) -> FloatArray:
        """Distance of image rows from the upper edge of every picture, in picture pixels."""
        return np.asarray((np.asarray(rows) - self.view.origin[0] + 0.5) * self.view.zoom[0])

    def limits(self) -> list[float]:
        """Heights of the limits between the levels, from the top of the first to the bottom of the last."""
        levels = self.score.levels
        rows = [level.top_row for level in levels] + [level.bottom_row for level in levels[-1:]]
        return [float(at) for at in self.y(rows)]

    def numbers(self) -> dict[int, float]:
        """Level -> height of its middle, of as many levels as there is room for."""
        numbers: dict[int, float] = {}
        lowest = -np.inf
        for level in self.score.levels:
            at = float(self.y((level.top_row + level.bottom_row) / 2))
            if at >= lowest:
                numbers[level.number] = at
                lowest = at + NUMBERS_FROM * PAGE.unit
        return numbers

    def ticks(self) -> list[float]:
        """Heights of the limits, none where they would lie too close."""
        limits = self.limits()
        return limits if limits and np.diff(limits).min(initial=np.inf) >= TICKS_FROM * PAGE.unit else limits[:1] + limits[-1:]

    def paint(self, values: FloatArray, scale: ColourScale) -> Pillow.Image:
        """A picture of a map of the image, grey on the back where it has no value."""
        view = self.view.showing(values)
        pixels = scale.paint(view.values, view.mask)
        pixels[self.view.mask & ~view.mask] = UNKNOWN
        return enlarge(view, pixels)

    def with_levels(self, picture: Pillow.Image, scale: ColourScale, meaning: str) -> Pillow.Image:
        """A picture of the view with the levels beside it, and scale bar and colour bar below."""
        wide = Pillow.new("RGB", (picture.width + 2 * ROOM, picture.height), WHITE)
        wide.paste(picture, (ROOM, 0))
        draw, letters = ImageDraw.Draw(wide), PAGE.small
        for left in (0.75 * ROOM, ROOM + picture.width):
            for at in self.ticks():
                draw.line((left, at, left + 0.25 * ROOM, at), TICK, 2)
        for number, at in self.numbers().items():
            draw.text((0.66 * ROOM, at), str(number), CAPTION_INK, letters, anchor="rm")
        per_length = self.view.zoom[1] / self.per_px
        return with_footer(wide, Ruler(per_length, self.unit), scale, meaning, width=self.cell)
