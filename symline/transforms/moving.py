"""The moving image: the back as seen in a mirror map."""

from __future__ import annotations

import numpy as np

from symline.model.image import FloatArray
from symline.model.mirror import MirrorMap
from symline.model.pair import Pair
from symline.numerics.sampling import bilinear

#: Row and column of what is nowhere, in px: far enough for no pixel to have a part in it.
_OUTSIDE = -9.0


def see(pair: Pair, mirror: MirrorMap) -> tuple[FloatArray, FloatArray]:
    """The moving image and its coverage: at each pixel the value that its mirror partner has.

    Where the map is right, it looks like the fixed image. So registering it with the fixed image corrects the map:
    if moving(x + u) fits fixed(x), then x -> mirror(x + u) is the better mirror map.

    Returns
    -------
    values, coverage
        Shape (rows, cols), float32; both 0 where the partner lies outside the back or where there is none.
    """
    return look_at(pair, mirror.partners(pair.points))


def on_grid(pair: Pair, points: FloatArray) -> FloatArray:
    """Places of points on the working grid, px, shape (..., 2); points that are nowhere lie outside."""
    return np.where(np.isfinite(points), pair.to_grid(points), _OUTSIDE)


def look_at(pair: Pair, partners: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The moving image and its coverage, as `see` gives them, from the partner of every pixel of the grid, shape (rows, cols, 2)."""
    total, coverage = bilinear((pair.fixed * pair.coverage, pair.coverage), on_grid(pair, partners))
    return np.where(coverage > 1e-3, total / np.maximum(coverage, 1e-3), 0).astype(np.float32), coverage
