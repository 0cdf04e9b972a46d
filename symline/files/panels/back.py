"""The image, its mirror image, and the grid that shows what the mirror map does."""

from __future__ import annotations

import numpy as np

from symline.files.drawing.colours import WHITE, Colour, ColourScale
from symline.files.drawing.footer import with_footer
from symline.files.drawing.page import PAGE, Panel
from symline.files.drawing.strokes import polylines
from symline.files.panels.scene import Scene
from symline.model.image import FloatArray
from symline.numerics.sampling import bilinear

#: Ends of the colour scale, in robust standard deviations from the median.
REACH = 3.0
MEANING = "robust SD from median"
#: Distance of the grid's lines, and of the points along them, in units of L.
MESH, FINE = 0.08, 0.01
GRID: Colour = (0, 90, 170)
LINE: Colour = (0, 0, 0)
AXIS: Colour = (0, 150, 95)
#: How much of the image's contrast is left under the grid.
FADED = 0.35
DASH = 0.9


def image_panel(scene: Scene) -> Panel:
    """The image with the midline and the straight axis closest to it."""
    scale = ColourScale(0.0, REACH)
    picture = scene.frame.paint(scene.pair.fixed, scene.pair.coverage, scale)
    unit = PAGE.unit
    for colour, line, dash in ((WHITE, 0.42, 0.3), (LINE, 0.22, 0.0), (AXIS, 0.0, 0.14)):
        polylines(picture, [scene.line] if line else [], line * unit, colour)
        polylines(picture, _dashes(scene) if dash else [], dash * unit, colour)
    caption = "What the stages compare. Black: the midline found; dashed: the straight axis closest to it."
    return Panel("Image", with_footer(picture, scene.ruler, scale, MEANING), caption)


def mirrored_panel(scene: Scene) -> Panel:
    """The moving image of the first stage."""
    scale = ColourScale(0.0, REACH)
    values, coverage = scene.see(scene.registration.steps[0])
    picture = scene.frame.paint(values, coverage, scale)
    caption = "The same back in the mirror that the first stage starts from. The stages bring the two images to match."
    return Panel("Mirrored image, at the start", with_footer(picture, scene.ruler, scale, MEANING), caption)


def grid_panel(scene: Scene) -> Panel:
    """A square grid after a reflection about the straight axis and back by the mirror map: undistorted where the two agree."""
    scale = ColourScale(0.0, REACH / FADED)
    picture = scene.frame.paint(scene.pair.fixed, scene.pair.coverage, scale)
    unit = PAGE.unit
    polylines(picture, _mesh(scene), 0.1 * unit, GRID)
    polylines(picture, [scene.line], 0.2 * unit, LINE)
    caption = "A square grid, mirrored in the straight axis and back by the map found. Squares: a straight axis explains it all."
    return Panel("Warped grid", with_footer(picture, scene.ruler), caption)


def _mesh(scene: Scene) -> list[FloatArray]:
    """The lines of the grid in the picture; NaN where they leave the back or there is no partner."""
    reach = float(np.hypot(*scene.pair.fixed.shape)) / scene.pair.resolution
    at, fine = np.arange(-reach, reach, MESH), np.arange(-reach, reach, FINE)
    point, down, right = _axis(scene)
    points = np.stack(
        [
            point + at[:, None, None] * down + fine[:, None] * right,
            point + fine[:, None] * down + at[:, None, None] * right,
        ]
    )
    (covered,) = bilinear((scene.pair.coverage,), scene.pair.to_grid(points))
    moved = np.full_like(points, np.nan)
    # where nothing is, the map would take long to tell
    moved[covered >= 0.5] = scene.mirror.partners(scene.axis.partners(points[covered >= 0.5]))
    return [*scene.frame.place(moved).reshape(-1, len(fine), 2)]


def _dashes(scene: Scene) -> list[FloatArray]:
    """The straight axis in the picture, from the top to the bottom of the midline."""
    point, down, _ = _axis(scene)
    along = (scene.pair.from_image(scene.midline.points[[0, -1]]) - point) @ down
    step = DASH * PAGE.unit / (scene.frame.zoom * scene.pair.resolution)
    starts = np.arange(along[0], along[1], 2 * step)
    return [scene.frame.place(point + np.array([[start], [min(start + step, along[1])]]) * down) for start in starts]


def _axis(scene: Scene) -> tuple[FloatArray, FloatArray, FloatArray]:
    """A point of the straight axis, and the unit vectors along it and to its right."""
    # a reflection keeps the direction of its axis, and turns round the one across
    _, vectors = np.linalg.eigh(scene.axis.matrix)
    down = vectors[:, 1] * np.sign(vectors[0, 1] or 1.0)
    return scene.axis.offset / 2, down, np.array([-down[1], down[0]])
