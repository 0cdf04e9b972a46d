"""How the stages went: both images over each other before and after each of them, and their metrics."""

from __future__ import annotations

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw

from symline.files.drawing.colours import OUTSIDE, Pixels
from symline.files.drawing.footer import with_footer
from symline.files.drawing.lettering import font
from symline.files.drawing.page import CELL, PAGE, Panel
from symline.files.drawing.plot import HEIGHT, draw_plot
from symline.files.drawing.sheet import INK
from symline.files.panels.scene import Scene
from symline.model.image import FloatArray
from symline.model.refinement import Refinement, Trace

#: Values from - this to + this, in robust standard deviations, are spread over each of the two colours.
REACH = 2.2


def composite_panels(scene: Scene) -> list[Panel]:
    """The fixed image in red and the moving one in green, before the first stage and after each."""
    fixed = scene.frame.spread(scene.pair.fixed, scene.pair.coverage)
    return [_composite(scene, fixed, number, step) for number, step in enumerate(scene.registration.steps)]


def _composite(scene: Scene, fixed: tuple[FloatArray, FloatArray], number: int, step: Refinement) -> Panel:
    pair = scene.pair
    moving, coverage = scene.see(step)
    picture = _mix(fixed, scene.frame.spread(moving, coverage))
    overlap = (pair.coverage > 0.5) & (coverage > 0.5)
    share = overlap.sum() / max(1, int((pair.coverage > 0.5).sum()))
    caption = f"Correlation {_correlation(pair.fixed[overlap], moving[overlap])}, over {100 * share:.0f} % of the back."
    title = f"After {number}: {step.trace.stage}" if number else "Before the first stage"
    return Panel(title, with_footer(picture, scene.ruler), f"{caption} {_outcome(step.trace)}")


def _mix(red: tuple[FloatArray, FloatArray], green: tuple[FloatArray, FloatArray]) -> Pillow.Image:
    """A picture of two images over each other, each with its weights."""
    outside = np.maximum(red[1], green[1]) < 0.5
    bands = (_shade(*red), _shade(*green), np.zeros(outside.shape, dtype=np.uint8))
    return Pillow.merge("RGB", [Pillow.fromarray(np.where(outside, empty, band)) for empty, band in zip(OUTSIDE, bands, strict=True)])


def _shade(values: FloatArray, weight: FloatArray) -> Pixels:
    """How bright a colour is, black where the image shows nothing."""
    bright: Pixels = np.rint(np.clip((values + REACH) / (2 * REACH), 0, 1) * 255 * (weight > 0.5)).astype(np.uint8)
    return bright


def _correlation(fixed: FloatArray, moving: FloatArray) -> str:
    if any(len(values) == 0 or values.min() == values.max() for values in (fixed, moving)):
        return "unknown"
    return f"{np.corrcoef(fixed, moving)[0, 1]:.3f}"


def _outcome(trace: Trace) -> str:
    """Why a stage did not converge, if so."""
    return "" if trace.converged else f"Not converged: {trace.why or 'it did not come to rest'}."


def metric_panels(scene: Scene) -> list[Panel]:
    """The metric of each stage at each iteration, a line for each level."""
    return [_metric(number, step.trace) for number, step in enumerate(scene.registration.steps) if number]


def _metric(number: int, trace: Trace) -> Panel:
    levels = _by_level(trace)
    count = sum(map(len, trace.metric))
    title = f"{number}: {trace.stage}" + f", {trace.metric_name}" * bool(trace.metric_name)
    if count > 1 and levels:
        on = f" on {len(trace.metric)} levels, coarse images first" * (len(trace.metric) > 1)
        caption = f"{count} iterations{on}. A line should fall, then run level. {_outcome(trace)}"
        return Panel(title, draw_plot(levels, "iteration, one level after the other"), caption)
    known = [values[0] for _, values in levels.values()]
    value = f"{trace.metric_name or 'metric'} {known[0]:.4g}" if known else "no metric"
    return Panel(title, _words(value), f"This stage finds its answer at once, without iterations. {_outcome(trace)}")


def _by_level(trace: Trace) -> dict[str, tuple[FloatArray, FloatArray]]:
    """The numbers of the iterations at which a level's metric is finite, counted over all levels from 1, and the metric."""
    levels: dict[str, tuple[FloatArray, FloatArray]] = {}
    first = 1
    for level, metric in enumerate(trace.metric):
        values = np.array(metric, dtype=np.float64)
        known = np.isfinite(values)
        if known.any():
            levels[f"level {level}{' (coarsest)' * (level == 0 < len(trace.metric) - 1)}"] = (
                first + np.flatnonzero(known).astype(np.float64),
                values[known],
            )
        first += len(values)
    return levels


def _words(text: str) -> Pillow.Image:
    """A box of the size of a plot that holds only words."""
    picture = Pillow.new("RGB", (CELL, HEIGHT), OUTSIDE)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0.6 * PAGE.unit, CELL - 1, HEIGHT - 0.6 * PAGE.unit), outline=INK)
    draw.text((CELL / 2, HEIGHT / 2), text, INK, font(round(1.4 * PAGE.unit)), anchor="mm")
    return picture
