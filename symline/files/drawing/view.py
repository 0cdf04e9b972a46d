"""How an image becomes a picture of bounded size with square pixels."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow

from symline.files.drawing.colours import ColourScale, Pixels
from symline.model.image import BoolArray, FloatArray, Image, box_around

#: Height that small backs are enlarged to, about, and the longest side that large ones are reduced to; picture pixels.
GOOD_HEIGHT = 900
LONGEST_SIDE = 2000
#: White kept around the back, as a share of its height.
MARGIN = 0.015
#: Enlarged further than this, pixels show as what they are: smooth colours would look like detail that is not there.
SMOOTH_UP_TO = 4


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """The part of an image with the back in it, and how to draw it.

    Parameters
    ----------
    values, mask
        The part, averaged over blocks of pixels where the picture is smaller than the image.
    width, height
        Of the picture, in picture pixels.
    origin
        (row, col) of the part's first pixel in the image.
    zoom
        Picture pixels per image pixel, (down, across).
    block
        Image pixels (rows, cols) that one of `values` is the mean of.
    """

    values: FloatArray
    mask: BoolArray
    width: int
    height: int
    origin: tuple[int, int]
    zoom: tuple[float, float]
    block: tuple[int, int]

    @classmethod
    def of(cls, image: Image) -> Self:
        """The view of an image's whole back, at most `LONGEST_SIDE` pixels long."""
        return cls._cut(image, _good_zoom)

    @classmethod
    def within(cls, image: Image, width: float, height: float) -> Self:
        """The view of an image's whole back whose picture is the largest that fits a width and a height."""
        return cls._cut(image, lambda rows, cols: min(height / rows, width / cols))

    @classmethod
    def _cut(cls, image: Image, choose: Callable[[float, float], float]) -> Self:
        """The view whose zoom is chosen from the height and width of the part, in the smaller side of a pixel."""
        row_part, col_part = _extent(image.inside)
        values, mask = image.values[row_part, col_part], image.inside[row_part, col_part]
        row_size, col_size = image.spacing or (1.0, 1.0)
        down, across = row_size / min(row_size, col_size), col_size / min(row_size, col_size)
        factor = choose(mask.shape[0] * down, mask.shape[1] * across)
        zoom = (down * factor, across * factor)
        step_row, step_col = (max(1, min(length, math.floor(1 / factor + 1e-9))) for length, factor in zip(mask.shape, zoom, strict=True))
        values, mask = _average(values, mask, (step_row, step_col))
        covered = (mask.shape[0] * step_row, mask.shape[1] * step_col)
        height, width = (max(1, round(length * factor)) for length, factor in zip(covered, zoom, strict=True))
        return cls(
            values=values,
            mask=mask,
            width=width,
            height=height,
            origin=(row_part.start, col_part.start),
            zoom=(height / covered[0], width / covered[1]),
            block=(step_row, step_col),
        )

    def crop(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The part of an array of the image's shape that the view shows, a last incomplete block aside."""
        parts = (slice(first, first + size * step) for first, size, step in zip(self.origin, self.mask.shape, self.block, strict=True))
        return values[tuple(parts)]

    def showing(self, values: FloatArray) -> Self:
        """The view of other values of the same image, NaN where there are none; shape (rows, cols) of the image."""
        part = self.crop(values)
        known = np.isfinite(part)
        shown, mask = _average(np.where(known, part, 0), known, self.block)
        return replace(self, values=shown, mask=mask)

    def place(self, points: FloatArray) -> FloatArray:
        """Where (row, col) image points, shape (..., 2), lie in the picture: (x, y), 0 at its upper left edge."""
        at = (points - self.origin + 0.5) * self.zoom
        return np.asarray(at[..., ::-1])


def paint(view: View, scale: ColourScale) -> Pillow.Image:
    """The colours of a view, at the picture's size."""
    return enlarge(view, scale.paint(view.values, view.mask))


def enlarge(view: View, pixels: Pixels) -> Pillow.Image:
    """Colours of a view's values, shape (rows, cols, 3), at the picture's size."""
    way = Pillow.Resampling.BILINEAR if max(view.zoom) <= SMOOTH_UP_TO else Pillow.Resampling.NEAREST
    return Pillow.fromarray(pixels).resize((view.width, view.height), way)


def _extent(mask: BoolArray) -> tuple[slice, slice]:
    """Rows and columns of the back with a little margin, or of the whole image where there is none."""
    if not mask.any():
        return slice(0, mask.shape[0]), slice(0, mask.shape[1])
    box = box_around(mask)
    margin = round(MARGIN * (box[0].stop - box[0].start)) + 1
    rows, cols = (slice(max(0, part.start - margin), min(part.stop + margin, size)) for part, size in zip(box, mask.shape, strict=True))
    return rows, cols


def _good_zoom(height: float, width: float) -> float:
    """A whole number where it enlarges."""
    longest = max(height, width)
    whole = min(math.floor(GOOD_HEIGHT / height + 0.5), math.floor(LONGEST_SIDE / longest))
    return max(1, whole) if longest <= LONGEST_SIDE else LONGEST_SIDE / longest


def _average(values: FloatArray, mask: BoolArray, steps: tuple[int, int]) -> tuple[FloatArray, BoolArray]:
    """Mean over blocks of `steps` (rows, cols) pixels of what is inside; a block counts where half of it is.

    Values outside the mask are 0, as in every `Image`. A last, incomplete block is dropped.
    """
    if steps == (1, 1):
        return values, mask
    rows, cols = values.shape[0] // steps[0], values.shape[1] // steps[1]
    kept = (slice(0, rows * steps[0]), slice(0, cols * steps[1]))
    blocks = (rows, steps[0], cols, steps[1])
    number = mask[kept].reshape(blocks).sum(axis=(1, 3), dtype=np.int32)
    total = values[kept].reshape(blocks).sum(axis=(1, 3))
    return total / np.maximum(number, 1).astype(total.dtype), 2 * number >= steps[0] * steps[1]
