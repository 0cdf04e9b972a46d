"""Maps of lengths over the back: how far the mirror map departs from a straight axis, and how far from its own inverse."""

from __future__ import annotations

import numpy as np
from PIL import Image as Pillow

from symline.files.drawing.colours import AmountScale
from symline.files.drawing.footer import with_footer
from symline.files.drawing.page import Panel
from symline.files.panels.scene import Scene
from symline.model.image import FloatArray

#: Below this many L, about a hundredth of a pixel of usual images, lengths are rounding errors.
NOTHING = 5e-5


def departure_panel(scene: Scene) -> Panel:
    """How far the mirror partners lie from where a straight axis would put them."""
    known, values = _on_back(scene, scene.departure)
    caption = (
        f"How far each point's partner lies from where the straight axis alone would put it: median {np.median(known):.2g} {scene.unit}."
    )
    return Panel("Displacement", _map(scene, values, known), caption)


def inconsistency_panel(scene: Scene) -> Panel:
    """How far the partner's partner lies from each point."""
    known, values = _on_back(scene, scene.inconsistency)
    median, most = np.quantile(known, (0.5, 0.95))
    if np.quantile(known, 0.99) < NOTHING * scene.length:
        caption = "The partner's partner is the point itself: 0 by construction of the last stage's map."
    else:
        caption = f"How far the partner's partner lies from each point: median {median:.2g}, 95 % below {most:.2g} {scene.unit}."
    return Panel("Inverse-consistency error", _map(scene, values, known), caption)


def _on_back(scene: Scene, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The values known on the back, shape (n,), at least one; and all of them, NaN elsewhere, shape (rows, cols)."""
    values = np.where(scene.pair.coverage > 0.5, values, np.nan)
    known = values[np.isfinite(values)]
    return (known if known.size else np.zeros(1)), values


def _map(scene: Scene, values: FloatArray, known: FloatArray) -> Pillow.Image:
    highest = max(AmountScale.fit(known, np.ones(len(known), dtype=bool)).high, 20 * NOTHING * scene.length)
    scale = AmountScale.up_to(highest)
    weights = np.isfinite(values).astype(np.float32)
    return with_footer(scene.frame.paint(np.nan_to_num(values), weights, scale), scene.ruler, scale, scene.unit)
