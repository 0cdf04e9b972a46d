"""A plot of lines over whole numbers: axes, round numbers, a legend."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw

from symline.files.drawing.colours import WHITE, Colour
from symline.files.drawing.page import CELL, PAGE, RULE
from symline.files.drawing.round_numbers import round_down, round_numbers
from symline.files.drawing.sheet import INK
from symline.files.drawing.strokes import polylines, stroke
from symline.model.image import FloatArray

HEIGHT = 400
#: Told apart by all common kinds of colour vision (Okabe & Ito 2008); used in turn.
LINE_COLOURS: tuple[Colour, ...] = ((0, 114, 178), (213, 94, 0), (0, 158, 115), (204, 121, 167), (230, 159, 0), (86, 180, 233))
#: Numbers that span more than this factor are drawn on a logarithmic axis.
SPAN_FOR_LOG = 5.0
#: Most dots that are drawn on a line.
MOST_DOTS = 40


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis from `low` to `high`, where its numbers are, and whether it is logarithmic."""

    low: float
    high: float
    ticks: Mapping[str, float]
    is_log: bool = False

    @classmethod
    def fit(cls, values: FloatArray) -> Axis:
        """The axis that holds all values, with some room."""
        low, high = float(values.min()), float(values.max())
        if low > 0 and high > SPAN_FOR_LOG * low:
            return cls._log(low, high)
        room = 0.06 * (high - low) or 0.1 * abs(high) or 1.0
        low, high = low - room, high + room
        return cls(low, high, round_numbers(low, high, (high - low) / 3))

    @classmethod
    def _log(cls, low: float, high: float) -> Axis:
        first, last = math.log10(low) - 0.05, math.log10(high) + 0.05
        factors = (1, 2, 5) if last - first < 2 else (1,)
        every = max(1, math.ceil((last - first) / 6))
        numbers = [factor * 10.0**power for power in range(math.floor(first), math.ceil(last), every) for factor in factors]
        return cls(first, last, {f"{number:g}": at for number in numbers if first <= (at := math.log10(number)) <= last}, is_log=True)

    def share(self, values: FloatArray) -> FloatArray:
        """Where values lie between the ends, 0 to 1."""
        at = np.log10(values) if self.is_log else values
        return np.asarray((at - self.low) / (self.high - self.low))


def draw_plot(lines: Mapping[str, tuple[FloatArray, FloatArray]], across: str) -> Pillow.Image:
    """Draw lines.

    Parameters
    ----------
    lines
        Name -> whole numbers and the finite values at them, shape (n,) each.
    across
        What the whole numbers are.
    """
    unit, letters = PAGE.unit, PAGE.small
    picture = Pillow.new("RGB", (CELL, HEIGHT), WHITE)
    draw = ImageDraw.Draw(picture)
    axis = Axis.fit(np.concatenate([values for _, values in lines.values()]))
    left = max(letters.getlength(text) for text in axis.ticks) + 0.7 * unit if axis.ticks else unit
    box = (left, 0.6 * unit, CELL - 1.2 * unit, HEIGHT - 2.8 * unit - 1.3 * unit * _legend_rows(lines))
    last = max(int(at[-1]) for at, _ in lines.values())
    _draw_grid(draw, box, axis, last)
    draw.text(((box[0] + box[2]) / 2, box[3] + 1.5 * unit), across, INK, letters, anchor="ma")
    for (at, values), colour in zip(lines.values(), _colours(len(lines)), strict=True):
        x = box[0] + (at - 0.5) / last * (box[2] - box[0])
        y = box[3] - axis.share(values) * (box[3] - box[1])
        polylines(picture, [np.stack([x, y], axis=-1)], 0.12 * unit, colour)
        for point in zip(x.tolist(), y.tolist(), strict=True) if len(x) <= MOST_DOTS else ():
            stroke(picture, point, point, 0.34 * unit, colour)
    _draw_legend(picture, draw, lines, box[3] + 3.4 * unit)
    return picture


def _draw_grid(draw: ImageDraw.ImageDraw, box: tuple[float, float, float, float], axis: Axis, last: int) -> None:
    unit, letters = PAGE.unit, PAGE.small
    left, top, right, bottom = box
    for text, value in axis.ticks.items():
        y = bottom - (value - axis.low) / (axis.high - axis.low) * (bottom - top)
        draw.line((left, y, right, y), RULE)
        draw.text((left - 0.35 * unit, y), text, INK, letters, anchor="rm")
    step = max(1, math.ceil(round_down(last / 4)) if last > 8 else 1)
    for number in range(step, last + 1, step):
        x = left + (number - 0.5) / last * (right - left)
        draw.line((x, bottom, x, bottom + 0.25 * unit), INK)
        draw.text((x, bottom + 0.35 * unit), str(number), INK, letters, anchor="ma")
    draw.rectangle(box, outline=INK)


def _colours(count: int) -> list[Colour]:
    return [LINE_COLOURS[number % len(LINE_COLOURS)] for number in range(count)]


def _legend_rows(lines: Mapping[str, object]) -> int:
    return max(y for _, y in _legend_places(lines).values()) + 1


def _legend_places(lines: Mapping[str, object]) -> dict[str, tuple[float, int]]:
    """Where each line's sample stands: x, and the number of its row."""
    unit, letters = PAGE.unit, PAGE.small
    places, x, row = {}, 0.0, 0
    for name in lines:
        width = letters.getlength(name) + 2.6 * unit
        if x and x + width > CELL:
            x, row = 0.0, row + 1
        places[name] = (x, row)
        x += width
    return places


def _draw_legend(picture: Pillow.Image, draw: ImageDraw.ImageDraw, lines: Mapping[str, object], top: float) -> None:
    unit, letters = PAGE.unit, PAGE.small
    for (name, (x, row)), colour in zip(_legend_places(lines).items(), _colours(len(lines)), strict=True):
        y = top + 1.3 * unit * row
        stroke(picture, (x + 0.2 * unit, y), (x + 1.3 * unit, y), 0.2 * unit, colour)
        draw.text((x + 1.7 * unit, y), name, INK, letters, anchor="lm")
