"""Backs on the working grid."""

from __future__ import annotations

import numpy as np

from symline.model.image import Image
from symline.model.mirror import MirrorMap
from symline.model.pair import Pair
from symline.stages.prepare import prepare
from symline.transforms.bending import Bending
from symline.transforms.midpoints import straighten
from symline.transforms.straightening import Straightening
from tests.conftest import Back


def on_grid(back: Back, sign: float = 1.0) -> Pair:
    return prepare(Image(sign * back.values))


def truth(back: Back, pair: Pair, aside: float = 0.0) -> Straightening:
    """The known midline, moved aside by some px; pairs along the rows of the untilted back are at right angles to its chord."""
    line = back.midline[::8] + np.array([0, aside])
    nodes = (line - pair.origin) / pair.step / pair.resolution
    return Straightening(nodes, Bending(nodes).direction)


def errors(found: MirrorMap, back: Back, pair: Pair) -> np.ndarray:
    """How far the nodes of a map's midline lie from the known one, in px of the image."""
    curve = straighten(found, pair)
    nodes = pair.to_image(curve.nodes)
    nodes = nodes[(nodes[:, 0] >= back.midline[0, 0]) & (nodes[:, 0] <= back.midline[-1, 0])]
    return np.linalg.norm(nodes[:, None] - back.midline, axis=2).min(axis=1)
