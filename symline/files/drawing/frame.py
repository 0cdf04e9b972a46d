"""How the working grid of a registration becomes a picture of bounded size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image as Pillow

from symline.files.drawing.colours import ColourScale
from symline.model.image import FloatArray, box_around
from symline.model.pair import Pair

#: Working pixels of white kept around the back.
MARGIN = 2


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """The part of a working grid with the back in it, and how to draw it; all pictures of one registration share it.

    Parameters
    ----------
    pair
        The working grid.
    corner
        (row, col) of the part's first working pixel.
    zoom
        Picture pixels per working pixel.
    width, height
        Of the picture, in picture pixels.
    """

    pair: Pair
    corner: tuple[int, int]
    zoom: float
    width: int
    height: int

    @classmethod
    def of(cls, pair: Pair, width: int, height: int) -> Frame:
        """The largest picture of a pair that fits a width and a height."""
        box = box_around(pair.coverage > 0)
        top, left = (part.start - MARGIN for part in box)
        rows, cols = (part.stop - part.start + 2 * MARGIN for part in box)
        zoom = min(width / cols, height / rows)
        return cls(pair, (top, left), zoom, max(1, round(cols * zoom)), max(1, round(rows * zoom)))

    def enlarge(self, values: FloatArray) -> FloatArray:
        """Values of the working grid at every picture pixel, bilinear; shape (height, width), float32."""
        result = values.astype(np.float32)
        for axis, (size, first) in enumerate(zip((self.height, self.width), self.corner, strict=True)):
            at = np.clip((np.arange(size) + 0.5) / self.zoom - 0.5 + first, 0, values.shape[axis] - 1)
            before = np.minimum(at.astype(int), max(values.shape[axis] - 2, 0))
            after = np.minimum(before + 1, values.shape[axis] - 1)
            rest = np.expand_dims((at - before).astype(np.float32), 1 - axis)
            result = result.take(before, axis) * (1 - rest) + result.take(after, axis) * rest
        return np.asarray(result)

    def spread(self, values: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Values that count by their weights, and the weights, at every picture pixel."""
        weight = self.enlarge(weights)
        total = self.enlarge(np.where(weights > 0, values, 0) * weights)
        return np.where(weight > 1e-3, total / np.maximum(weight, 1e-3), 0), weight

    def place(self, points: FloatArray) -> FloatArray:
        """Where points in units of L, shape (..., 2), lie in the picture: (x, y), 0 at its upper left edge."""
        at = (self.pair.to_grid(points) - self.corner + 0.5) * self.zoom
        return np.asarray(at[..., ::-1])

    def paint(self, values: FloatArray, weights: FloatArray, scale: ColourScale) -> Pillow.Image:
        """A picture of values of the working grid; white where they count for less than half."""
        shown, weight = self.spread(values, weights)
        return Pillow.fromarray(scale.paint(shown, weight > 0.5))
