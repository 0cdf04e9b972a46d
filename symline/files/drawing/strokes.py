"""Smooth lines and dots: each pixel is covered by as much as its distance to the line says."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw

from symline.files.drawing.colours import Colour
from symline.model.image import FloatArray

Point: TypeAlias = tuple[float, float]

#: Lines of many pieces are drawn this much larger, then reduced.
FINER = 3


def blend(picture: Pillow.Image, coverage: FloatArray, corner: tuple[int, int], colour: Colour) -> None:
    """Lay a colour over a picture.

    Parameters
    ----------
    picture
        RGB; changed in place.
    coverage
        Opacity of each pixel, 0 to 1, shape (height, width).
    corner
        (x, y) of the coverage's upper left pixel in the picture.
    colour
        The colour.
    """
    picture.paste(colour, corner, Pillow.fromarray(np.rint(coverage * 255).astype(np.uint8)))


def cover(distance: FloatArray, width: float) -> FloatArray:
    """Opacity of a line of a width, from each pixel's distance to its middle; both in picture pixels."""
    return np.asarray(np.clip(width / 2 + 0.5 - distance, 0, 1))


def stroke(picture: Pillow.Image, start: Point, end: Point, width: float, colour: Colour) -> None:
    """Draw a straight line with round ends, in place; a dot where `start` equals `end`. Points are (x, y)."""
    reach = width / 2 + 1
    left, top = (max(0, math.floor(min(pair) - reach)) for pair in zip(start, end, strict=True))
    right, bottom = (min(size, math.ceil(max(pair) + reach)) for pair, size in zip(zip(start, end, strict=True), picture.size, strict=True))
    if right <= left or bottom <= top:
        return
    x = np.arange(left, right, dtype=np.float32) + 0.5 - start[0]
    y = np.arange(top, bottom, dtype=np.float32)[:, None] + 0.5 - start[1]
    along_x, along_y = end[0] - start[0], end[1] - start[1]
    length = along_x**2 + along_y**2
    share = np.clip((x * along_x + y * along_y) / length, 0, 1) if length else 0.0
    blend(picture, cover(np.hypot(x - share * along_x, y - share * along_y), width), (left, top), colour)


def polylines(picture: Pillow.Image, lines: Iterable[FloatArray], width: float, colour: Colour) -> None:
    """Draw lines of many pieces, in place; each of shape (n, 2), (x, y). Where one has NaN it is interrupted."""
    lines = [*lines]
    left, top, right, bottom = _box(lines, width, picture.size)
    if right <= left or bottom <= top:
        return
    mask = Pillow.new("L", ((right - left) * FINER, (bottom - top) * FINER))
    draw = ImageDraw.Draw(mask)
    broad, corner = max(1, round(width * FINER)), np.array([left, top]) * FINER
    for line in lines:
        known = np.isfinite(line).all(axis=1)
        breaks = np.flatnonzero(np.diff(known)) + 1
        for part, is_known in zip(np.split(line * FINER - corner, breaks), np.split(known, breaks), strict=True):
            if is_known.all() and len(part) > 1:
                draw.line(part.ravel().tolist(), 255, broad, joint="curve" if _has_gaps(part, broad) else None)
    picture.paste(colour, (left, top), mask.reduce(FINER))


def _box(lines: Sequence[FloatArray], width: float, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The part of a picture that lines of a width lie in: left, top, right, bottom."""
    points = np.concatenate([np.zeros((0, 2)), *lines])
    points = points[np.isfinite(points).all(axis=1)]
    if not len(points):
        return 0, 0, 0, 0
    first, last = points.min(axis=0) - width - 1, points.max(axis=0) + width + 1
    left, top = np.clip(np.floor(first), 0, size).astype(int).tolist()
    right, bottom = np.clip(np.ceil(last), 0, size).astype(int).tolist()
    return left, top, right, bottom


def _has_gaps(points: FloatArray, width: float) -> bool:
    """Whether pieces of a width open a gap of a pixel where they meet; to close gaps takes longer than to draw the line."""
    along = np.diff(points, axis=0)
    turn = np.diff(np.unwrap(np.arctan2(along[:, 1], along[:, 0])))
    return bool((np.abs(turn) * width / 2 > 1).any())
