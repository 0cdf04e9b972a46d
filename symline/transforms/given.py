"""Straightened coordinates about a line that somebody gives."""

from __future__ import annotations

import numpy as np
import scipy

from symline.model.image import FloatArray
from symline.model.line import Line
from symline.model.pair import Pair
from symline.transforms.bending import Bending
from symline.transforms.straightening import Straightening, spread_nodes

#: Smoothing of directions that a line drawn by hand needs, in units of L.
SMOOTHING = 0.05


def from_line(line: Line, pair: Pair) -> Straightening:
    """Nodes evenly spread over a line, with its pair directions or else perpendicular to it."""
    points = pair.from_image(line.points)
    arc = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    at = spread_nodes(0, arc[-1])

    def spread(values: FloatArray) -> FloatArray:
        return np.interp(at, arc, values)

    nodes = np.stack([spread(points[:, 0]), spread(points[:, 1])], axis=1)
    if line.pair_angle is not None:
        return Straightening(nodes, spread(line.pair_angle))
    direction = Bending(nodes).direction
    return Straightening(nodes, scipy.ndimage.gaussian_filter1d(direction, SMOOTHING * len(at) / max(arc[-1], 1e-9), mode="nearest"))
