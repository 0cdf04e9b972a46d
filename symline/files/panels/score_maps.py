"""The back, its asymmetry and its local symmetry, as maps beside each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PIL import Image as Pillow

from symline.files.drawing.colours import SPAN, WHITE, Colour, ColourScale, CorrelationScale
from symline.files.drawing.linework import draw_course
from symline.files.drawing.page import PAGE, Panel
from symline.files.drawing.strokes import stroke
from symline.files.panels.patch_marks import draw_patches
from symline.files.panels.score_scene import ScoreScene
from symline.model.image import FloatArray

FURROW: Colour = (125, 20, 150)
#: Diameter and distance of the dots of the furrow, in letter heights.
DOT, STEP = 0.34, 0.75
CURVATURE = "curvature, in the unit of the input"
#: What the ends of the scales mean.
LOWER_OR_HIGHER = "lower||higher"
NONE_OR_FULL = "not symmetric||fully symmetric"
#: The threshold is at most one part of so many of the colour scale: what is below it looks faint.
FAINT = 4


def back_panel(scene: ScoreScene) -> Panel:
    """The image with the midline, its band and the furrow."""
    picture = scene.paint(np.where(scene.image.inside, scene.image.values, np.nan), scene.scale)
    draw_course(picture, scene.course, 0.8 * PAGE.unit)
    furrow = scene.view.place(scene.furrow)
    for colour, width in ((WHITE, DOT + 0.16), (FURROW, DOT)):
        for x, y in _dots(furrow):
            stroke(picture, (x, y), (x, y), width * PAGE.unit, colour)
    seen = "Violet dots: the furrow (or ridge) of the spine." if len(furrow) else "No furrow of the spine was found."
    caption = f"Black: the midline, about which the back is most symmetric. Green: its 95 % band. {seen} Left is the image's left."
    return Panel("The back", scene.with_levels(picture, scene.scale, CURVATURE), caption)


def asymmetry_panel(scene: ScoreScene) -> Panel:
    """By how much each place differs from its mirror partner."""
    scale = _diverging(scene)
    picture = scene.paint(scene.score.asymmetry, scale)
    _draw_thin_line(picture, scene)
    draw_patches(picture, scene)
    caption = (
        "Each value minus that of its mirror partner. Orange on the left, blue on the right: higher values on the left; "
        "the other way round: on the right. Numbered: see below."
    )
    return Panel("Asymmetry, in the unit of the input", scene.with_levels(picture, scale, LOWER_OR_HIGHER), caption)


def symmetry_panel(scene: ScoreScene) -> Panel:
    """How well the surroundings of each place match those of its mirror partner."""
    scale = CorrelationScale()
    picture = scene.paint(scene.score.symmetry, scale)
    _draw_thin_line(picture, scene)
    caption = (
        "How well the relief around each place matches that on the other side. 1: the same shape; 0 and below: nothing in common. "
        "Grey: no partner on the back."
    )
    return Panel("Local symmetry", scene.with_levels(picture, scale, NONE_OR_FULL), caption)


def _diverging(scene: ScoreScene) -> ColourScale:
    """Colours around 0 that show what is beyond the threshold as strong ones, and nothing where there is nothing but noise."""
    relief = scene.scale.reach
    known = np.abs(scene.score.asymmetry[np.isfinite(scene.score.asymmetry)])
    most = float(np.quantile(known, SPAN)) if known.size else 0.0
    return ColourScale(0.0, max(most, min(FAINT * scene.score.threshold, relief), 0.2 * relief))


def _draw_thin_line(picture: Pillow.Image, scene: ScoreScene) -> None:
    course = scene.course
    draw_course(picture, replace(course, half_band=0 * course.half_band), 0.45 * PAGE.unit)


def _dots(line: FloatArray) -> list[tuple[float, float]]:
    """Points at equal heights along a line, (x, y)."""
    if not len(line):
        return []
    last, dots = -np.inf, []
    for x, y in line.tolist():
        if y - last >= STEP * PAGE.unit:
            dots.append((x, y))
            last = y
    return dots
