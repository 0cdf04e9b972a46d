"""Outlines and numbers of the patches of asymmetry, over a map."""

from __future__ import annotations

import math

import numpy as np
import scipy
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFilter

from symline.files.drawing.colours import WHITE
from symline.files.drawing.lettering import font
from symline.files.drawing.page import PAGE
from symline.files.drawing.sheet import INK
from symline.files.drawing.strokes import Point, cover, stroke
from symline.files.panels.score_scene import ScoreScene
from symline.model.score import Patch

#: Radius of the discs with the numbers, in letter heights.
DISC = 0.72
#: Widths of the outlines, in letter heights.
LINE_WIDTH, CASING = 0.11, 0.07
#: Standard deviation of the blur that makes the outlines smooth, in picture pixels.
BLUR = 3.0
#: How far the blur reaches, and with it the outlines, in picture pixels.
REACH = 12
#: A patch at least this many times as wide as a disc has it in its middle; others beside them.
WIDE = 2.6
#: Directions in which a place for a disc is sought, beside the patch and then farther away.
DIRECTIONS, DISTANCES = 16, (1.5, 2.5, 4.0, 6.0)


def draw_patches(picture: Pillow.Image, scene: ScoreScene) -> None:
    """Draw the outlines of all patches, and their numbers, in place."""
    _draw_outlines(picture, scene)
    draw, letters = ImageDraw.Draw(picture), font(round(0.95 * PAGE.unit))
    places = _places(scene, picture.size)
    for patch, (x, y) in places.items():
        centre = scene.view.place(np.array([patch.row, patch.col])).tolist()
        for width, colour in ((0.34, WHITE), (0.12, INK)):
            stroke(picture, centre, (x, y), width * PAGE.unit, colour)
    for patch, (x, y) in places.items():
        for radius, colour in ((DISC, INK), (DISC - 0.09, WHITE)):
            stroke(picture, (x, y), (x, y), 2 * radius * PAGE.unit, colour)
        draw.text((x, y), str(patch.number), INK, letters, anchor="mm")


def _draw_outlines(picture: Pillow.Image, scene: ScoreScene) -> None:
    """A dark line around each patch with a light one around it, so that it shows on every colour."""
    step_row, step_col = scene.view.block
    inside = scene.view.crop(scene.score.labels)[::step_row, ::step_col] > 0
    if not inside.any():
        return
    patches = Pillow.fromarray(np.where(inside, 255, 0).astype(np.uint8)).resize(picture.size, Pillow.Resampling.BILINEAR)
    left, top, right, bottom = patches.getbbox() or (0, 0, 0, 0)
    corner = (max(0, left - REACH), max(0, top - REACH))
    blurred = patches.crop((*corner, min(right + REACH, picture.width), min(bottom + REACH, picture.height)))
    blurred = blurred.filter(ImageFilter.GaussianBlur(BLUR))
    for width, colour in ((LINE_WIDTH + 2 * CASING, WHITE), (LINE_WIDTH, INK)):
        picture.paste(colour, corner, blurred.point(_opacity(width * PAGE.unit)))


def _opacity(width: float) -> list[int]:
    """Opacity of a line of a width along an edge, for each level that a blurred edge has.

    Across an edge from 0 to 1 blurred by a Gaussian the level is the normal distribution of the distance: the level tells the distance.
    """
    levels = (np.arange(256) + 0.5) / 256
    distance = BLUR * scipy.special.ndtri(levels)
    return [round(255 * share) for share in cover(np.abs(distance), width).tolist()]


def _places(scene: ScoreScene, size: tuple[int, int]) -> dict[Patch, Point]:
    """Where the numbers stand: on large patches in the middle, beside small ones, none over another."""
    radius = DISC * PAGE.unit
    zoom_row, zoom_col = scene.view.zoom
    places: dict[Patch, Point] = {}
    for patch in scene.score.patches:
        x, y = scene.view.place(np.array([patch.row, patch.col])).tolist()
        extent = math.sqrt(patch.area_px * zoom_row * zoom_col / math.pi)
        candidates = _around((float(x), float(y)), extent, radius)
        if extent > WIDE * radius:
            candidates.insert(0, (float(x), float(y)))
        free = (place for place in candidates if _is_free(place, [*places.values()], size, radius))
        places[patch] = next(free, candidates[0])
    return places


def _around(centre: Point, extent: float, radius: float) -> list[Point]:
    x, y = centre
    angles = np.arange(DIRECTIONS) * 2 * np.pi / DIRECTIONS
    return [
        (x + (extent + distance * radius) * math.cos(angle), y + (extent + distance * radius) * math.sin(angle))
        for distance in DISTANCES
        for angle in angles
    ]


def _is_free(place: Point, taken: list[Point], size: tuple[int, int], radius: float) -> bool:
    """Whether a disc there is in the picture and touches no other."""
    in_picture = all(radius <= at <= length - radius for at, length in zip(place, size, strict=True))
    return in_picture and all(math.dist(place, other) > 2.1 * radius for other in taken)
