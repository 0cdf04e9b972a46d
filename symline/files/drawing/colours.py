"""Which colour a value gets: a diverging, colour-blind-safe scale around the median."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from symline.files.drawing.round_numbers import round_numbers
from symline.model.image import BoolArray, FloatArray

Colour: TypeAlias = tuple[int, int, int]
Pixels: TypeAlias = npt.NDArray[np.uint8]

WHITE: Colour = (255, 255, 255)
OUTSIDE: Colour = WHITE
#: Blue to orange-brown through a warm grey: told apart by all common kinds of colour vision. The blue half is the darker
#: one on purpose, so that a grey print still shows which side of the median a place is on.
ANCHORS: tuple[Colour, ...] = (
    (10, 36, 99),
    (30, 88, 158),
    (98, 154, 204),
    (176, 206, 229),
    (233, 231, 226),
    (250, 213, 160),
    (240, 163, 79),
    (209, 112, 30),
    (150, 66, 8),
)
#: Pale yellow to dark violet, ever darker, for amounts from 0 up: told apart by all common kinds of colour vision, and in grey.
AMOUNT_ANCHORS: tuple[Colour, ...] = (
    (252, 248, 214),
    (250, 214, 140),
    (242, 163, 94),
    (220, 109, 87),
    (176, 66, 104),
    (117, 38, 112),
    (52, 16, 82),
)
#: Share of the values that the scale spans; the rest get the colour of its ends.
SPAN = 0.98
LEVELS = 511


def _colour_table(colours: tuple[Colour, ...]) -> Pixels:
    """A scale's colours from lowest to highest, shape (LEVELS, 3); the middle one is exactly the middle anchor's."""
    anchors = np.array(colours, dtype=np.float64)
    at = np.linspace(0, len(anchors) - 1, LEVELS)
    table = np.stack([np.interp(at, np.arange(len(anchors)), channel) for channel in anchors.T], axis=-1)
    levels: Pixels = np.rint(table).astype(np.uint8)
    return levels


TABLE = _colour_table(ANCHORS)
AMOUNT_TABLE = _colour_table(AMOUNT_ANCHORS)


@dataclass(frozen=True, slots=True)
class ColourScale:
    """Values from `centre` - `reach` to `centre` + `reach` spread over the colours.

    Parameters
    ----------
    centre
        Value of the middle colour, in the input's unit.
    reach
        Distance of the ends from it, in the input's unit, above 0.
    """

    table: ClassVar[Pixels] = TABLE

    centre: float
    reach: float

    @classmethod
    def fit(cls, values: FloatArray, mask: BoolArray) -> Self:
        """The scale centred on the median that spans nearly all values; single spikes do not stretch it.

        Parameters
        ----------
        values, mask
            Shape (rows, cols); only values where the mask is True count.
        """
        inside = values[mask]
        if not inside.size:
            return cls(0.0, 1.0)
        centre = float(np.median(inside))
        distance = np.abs(inside - centre)
        reach = float(np.quantile(distance, SPAN)) or float(distance.max())
        return cls(centre, reach or abs(centre) or 1.0)

    @property
    def low(self) -> float:
        """Value of the first colour."""
        return self.centre - self.reach

    @property
    def high(self) -> float:
        """Value of the last colour."""
        return self.centre + self.reach

    def paint(self, values: FloatArray, mask: BoolArray) -> Pixels:
        """Colours of an image, shape (rows, cols, 3); outside the mask `OUTSIDE`."""
        with np.errstate(over="ignore"):  # single absurd values get the colours of the ends
            relative = np.clip((values - self.centre) / self.reach, -1, 1)
        # Rounding half away from zero keeps the scale symmetric: negated values get exactly the mirrored colours.
        half = LEVELS // 2
        levels = half + np.copysign(np.floor(np.abs(relative) * half + 0.5), relative).astype(np.int16)
        levels[~mask] = LEVELS
        # much faster than indexing with the levels
        pixels: Pixels = np.take(np.vstack([self.table, OUTSIDE]).astype(np.uint8), levels, axis=0)
        return pixels

    def colours(self, count: int) -> Pixels:
        """So many colours from the lowest to the highest, shape (count, 3)."""
        colours: Pixels = self.table[np.rint(np.linspace(0, len(self.table) - 1, count)).astype(int)]
        return colours

    def ticks(self, count: int = 5) -> dict[str, float]:
        """About `count` round values on the scale, by the text that labels them; none where it spans more than there are numbers."""
        if math.isinf(self.high - self.low):
            return {}
        return round_numbers(self.low, self.high, 2 * self.reach / (count - 1))


@dataclass(frozen=True, slots=True)
class AmountScale(ColourScale):
    """Amounts from 0 to `centre` + `reach` spread over ever darker colours."""

    table: ClassVar[Pixels] = AMOUNT_TABLE

    @classmethod
    def up_to(cls, highest: float) -> Self:
        """The scale from 0 to a positive amount."""
        return cls(highest / 2, highest / 2)

    @classmethod
    def fit(cls, values: FloatArray, mask: BoolArray) -> Self:
        """The scale that spans nearly all amounts inside the mask; single spikes do not stretch it."""
        inside = values[mask]
        return cls.up_to((float(np.quantile(inside, SPAN)) or float(inside.max()) or 1.0) if inside.size else 1.0)


@dataclass(frozen=True, slots=True)
class CorrelationScale(ColourScale):
    """Correlations from 0, dark, to 1, pale; negative ones get the colour of 0."""

    table: ClassVar[Pixels] = AMOUNT_TABLE[::-1]

    centre: float = 0.5
    reach: float = 0.5
