"""What changes from the top of the back to its bottom: the midline's deviation, the furrow's offset, and the symmetry."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw

from symline.files.drawing.colours import WHITE, Colour
from symline.files.drawing.linework import LINE
from symline.files.drawing.page import CAPTION_INK, PAGE, RULE, Panel
from symline.files.drawing.round_numbers import round_numbers
from symline.files.drawing.sheet import INK
from symline.files.drawing.strokes import polylines
from symline.files.panels.score_maps import DOT, FURROW
from symline.files.panels.score_scene import NUMBERS_FROM, ROOM, ScoreScene
from symline.measures.line_shape import lateral_deviation
from symline.model.image import FloatArray
from symline.model.midline import BAND

BAND_COLOUR: Colour = (160, 212, 190)
BAR: Colour = (176, 206, 229)
#: Below the boxes, in letter heights: numbers, sides, and two lines of words.
FOOT = 5.2
#: Between the boxes, in letter heights.
BETWEEN = 1.5
#: Deviations span at least this share of the line's length to either side, so that a straight line looks straight.
LEAST_REACH = 0.02
#: Share of the band's half-widths that has to fit.
BAND_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class Box:
    """A plot whose height is that of the maps, so that rows are where they are in the maps.

    Parameters
    ----------
    left, width, height
        In picture pixels.
    low, high
        Numbers at its left and right edge.
    """

    left: int
    width: int
    height: int
    low: float
    high: float

    def x(self, values: FloatArray) -> FloatArray:
        """Distance of numbers from the left edge, in picture pixels."""
        return np.asarray((values - self.low) / (self.high - self.low) * (self.width - 1))

    def ticks(self) -> dict[str, float]:
        """Few round numbers, by the text that labels them."""
        return round_numbers(self.low, self.high, (self.high - self.low) / 2.2)


def level_panel(scene: ScoreScene) -> Panel:
    """Three plots beside each other that share the maps' rows."""
    unit, view = PAGE.unit, scene.view
    picture = Pillow.new("RGB", (scene.rest, view.height + round(FOOT * unit)), WHITE)
    draw = ImageDraw.Draw(picture)
    between = round(BETWEEN * unit)
    width = (scene.rest - ROOM - 2 * between - unit) // 3
    lefts = [ROOM + number * (width + between) for number in range(3)]
    deviation, furrow = _deviation(scene), _furrow_offset(scene)
    reach = _reach(scene, deviation, furrow)
    boxes = [Box(lefts[0], width, view.height, -reach, reach), Box(lefts[1], width, view.height, -reach, reach)]
    boxes.append(Box(lefts[2], width, view.height, _least_symmetry(scene), 1.0))
    pictures = [_draw_deviation(scene, boxes[0], deviation), _draw_furrow(scene, boxes[1], furrow), _draw_symmetry(scene, boxes[2])]
    words = [("midline from", f"its chord, {scene.unit}"), ("furrow from", f"midline, {scene.unit}"), ("symmetry", "of each level")]
    for box, plot, heading in zip(boxes, pictures, words, strict=True):
        picture.paste(plot, (box.left, 0))
        _draw_axis(draw, box, heading, has_sides=box.low == -box.high)
    for number, at in scene.numbers().items():
        draw.text((0.66 * ROOM, at), str(number), CAPTION_INK, PAGE.small, anchor="rm")
    caption = (
        "At the heights of the maps; grey lines part the levels. Chord: the straight line between the midline's ends. "
        "Symmetry: correlation of the two sides, 1 at best; line: row by row."
    )
    return Panel("From top to bottom", picture, caption)


def _deviation(scene: ScoreScene) -> FloatArray:
    """Midline minus its chord, mm or px, for each of its rows; NaN beyond the levels."""
    levels = scene.score.levels
    ends = (levels[0].top_row, levels[-1].bottom_row) if levels else ()
    return lateral_deviation(scene.midline, *ends) * scene.per_px


def _furrow_offset(scene: ScoreScene) -> FloatArray:
    """Furrow minus midline, mm or px, for each row of the midline; NaN where it is not visible."""
    return np.asarray((scene.midline.furrow - scene.midline.cols) * scene.per_px)


def _reach(scene: ScoreScene, deviation: FloatArray, furrow: FloatArray) -> float:
    """Largest number of the plots of deviation and offset, which share their scale."""
    half_band = BAND * scene.midline.sd * scene.per_px
    edges = np.abs(deviation) + half_band
    known = edges[np.isfinite(edges)]
    length = float(scene.midline.arc[-1])
    numbers = [LEAST_REACH * length, *(np.nanmax(np.abs(values), initial=0.0) for values in (deviation, furrow))]
    numbers += [float(np.quantile(known, BAND_SHARE))] if known.size else []
    return 1.08 * min(max(map(float, numbers)), length)


def _least_symmetry(scene: ScoreScene) -> float:
    known = np.array([0.0, *[level.symmetry for level in scene.score.levels], *scene.midline.symmetry])
    return min(0.0, float(math.floor(5 * np.nanmin(known)) / 5))


def _start(scene: ScoreScene, box: Box) -> Pillow.Image:
    """An empty plot with the limits of the levels."""
    plot = Pillow.new("RGB", (box.width, box.height), WHITE)
    draw = ImageDraw.Draw(plot)
    for at in scene.ticks():
        draw.line((0, at, box.width, at), RULE)
    return plot


def _finish(plot: Pillow.Image, box: Box) -> Pillow.Image:
    draw = ImageDraw.Draw(plot)
    zero = float(box.x(np.zeros(1))[0])
    draw.line((zero, 0, zero, box.height), CAPTION_INK)
    draw.rectangle((0, 0, box.width - 1, box.height - 1), outline=INK)
    return plot


def _draw_deviation(scene: ScoreScene, box: Box, deviation: FloatArray) -> Pillow.Image:
    plot = _start(scene, box)
    known = np.isfinite(deviation)
    deviation, y = deviation[known], scene.y(scene.midline.rows[known])
    half_band = np.nan_to_num(BAND * scene.midline.sd[known] * scene.per_px, nan=0.0, posinf=2 * box.high)
    left, right = (np.clip(box.x(deviation + side * half_band), -1, box.width) for side in (-1, 1))
    outline = [*zip(left.tolist(), y.tolist(), strict=True), *zip(right[::-1].tolist(), y[::-1].tolist(), strict=True)]
    if len(outline) > 2:
        ImageDraw.Draw(plot).polygon(outline, BAND_COLOUR)
    _finish(plot, box)
    polylines(plot, [np.column_stack([box.x(deviation), y])], 0.16 * PAGE.unit, LINE)
    return plot


def _draw_furrow(scene: ScoreScene, box: Box, offset: FloatArray) -> Pillow.Image:
    plot = _finish(_start(scene, box), box)
    y = scene.y(scene.midline.rows)
    polylines(plot, [np.column_stack([box.x(offset), y])], 0.5 * DOT * PAGE.unit, FURROW)
    if not np.isfinite(offset).any():
        ImageDraw.Draw(plot).text((box.width / 2, box.height / 2), "not found", CAPTION_INK, PAGE.small, anchor="mm")
    return plot


def _draw_symmetry(scene: ScoreScene, box: Box) -> Pillow.Image:
    unit = PAGE.unit
    plot = _start(scene, box)
    draw, letters = ImageDraw.Draw(plot), PAGE.small
    numbers, limits = scene.numbers(), scene.limits()
    zero = float(box.x(np.zeros(1))[0])
    for level, top, bottom in zip(scene.score.levels, limits, limits[1:], strict=False):
        end = float(box.x(np.array([level.symmetry]))[0])
        if math.isfinite(end) and bottom - top > 2:
            draw.rectangle((min(zero, end), top + 1, max(zero, end), bottom - 1), BAR)
    _finish(plot, box)
    y = scene.y(scene.midline.rows)
    polylines(plot, [np.column_stack([box.x(scene.midline.symmetry), y])], 0.1 * unit, CAPTION_INK)
    for level in scene.score.levels:
        room = (level.bottom_row - level.top_row) * scene.view.zoom[0]
        if level.number in numbers and math.isfinite(level.symmetry) and room > NUMBERS_FROM * unit:
            place, text = (zero + 0.4 * unit, numbers[level.number]), f"{round(level.symmetry, 2) + 0:.2f}"
            draw.text(place, text, INK, letters, anchor="lm", stroke_width=2, stroke_fill=BAR)
    return plot


def _draw_axis(draw: ImageDraw.ImageDraw, box: Box, heading: tuple[str, str], *, has_sides: bool) -> None:
    """Numbers and words below a plot."""
    unit, letters = PAGE.unit, PAGE.small
    free = -math.inf
    for text, value in box.ticks().items():
        at = box.left + float(box.x(np.array([value]))[0])
        half = letters.getlength(text) / 2
        draw.line((at, box.height, at, box.height + 0.25 * unit), INK)
        if at - half > free:
            draw.text((at, box.height + 0.35 * unit), text, INK, letters, anchor="ma")
            free = at + half + 0.3 * unit
    if has_sides:
        draw.text((box.left, box.height + 1.45 * unit), "left", CAPTION_INK, letters)
        draw.text((box.left + box.width, box.height + 1.45 * unit), "right", CAPTION_INK, letters, anchor="ra")
    for number, line in enumerate(heading):
        draw.text((box.left + box.width / 2, box.height + (2.6 + 1.15 * number) * unit), line, INK, letters, anchor="ma")
