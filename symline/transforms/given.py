"""Straightened coordinates about a line that somebody gives."""

from __future__ import annotations

import numpy as np
import scipy

from symline.errors import InputError
from symline.model.image import FloatArray
from symline.model.line import Line
from symline.model.pair import Pair
from symline.numerics.differences import arc_length
from symline.transforms.bending import Bending
from symline.transforms.extent import fit_extent
from symline.transforms.straightening import NODE_SPACING, Straightening, spread_nodes

#: Smoothing of directions that a line drawn by hand needs, and of a line that jitters, in units of L.
SMOOTHING = 0.05
#: Lengths of a line, in distances of its ends, beyond which it jitters from row to row, and beyond which it is no line.
JITTERY, WILD = 2.0, 10.0


def from_line(line: Line, pair: Pair) -> Straightening:
    """Nodes evenly spread over a line, carried on to the outline where that is near, with its pair directions or else perpendicular to it.

    A line that jitters is smoothed: its cost grows with its length, and no level lies across a zigzag.
    """
    points = pair.from_image(line.points)
    given = _spread(points if line.pair_angle is None else np.column_stack([points, line.pair_angle]))
    if _excess(points) > JITTERY:
        given = _spread(_smooth(given, SMOOTHING / np.hypot(*(points[-1] - points[0]))))
    nodes = given[:, :2]
    if line.pair_angle is not None:
        angles = given[:, 2]
    else:
        angles = _smooth(Bending(nodes).direction, SMOOTHING / max(arc_length(nodes)[-1], 1e-9))
    return fit_extent(Straightening(nodes, angles), pair, NODE_SPACING)


def require_line(line: Line, shape: tuple[int, int], name: str) -> None:
    """Refuse points that no line passes through, and a line that belongs to another image.

    Parameters
    ----------
    shape
        Of the image, (rows, cols).
    name
        What the line is called.

    Raises
    ------
    InputError
        A point lies outside the image, or the way from point to point is many times as long as from the first to the last.
    """
    beyond = ((line.points < -0.5) | (line.points > np.array(shape) - 0.5)).any(axis=1)
    if beyond.any():
        row, col = line.points[beyond][0]
        raise InputError(
            f"{name}: the point (row {row:g}, col {col:g}) lies outside the image of {shape[0]} × {shape[1]} pixels; "
            "a line inside the image is needed; check that the two belong together"
        )
    if (excess := _excess(line.points)) > WILD:
        raise InputError(
            f"{name}: the line given is {excess:.0f} times as long as its ends are apart; "
            "a line that is smooth from row to row is needed; smooth it first"
        )


def _excess(points: FloatArray) -> float:
    """Length of a line in distances of its ends."""
    return float(arc_length(points)[-1] / np.hypot(*(points[-1] - points[0])))


def _spread(given: FloatArray) -> FloatArray:
    """Points, and what else is given at each, at evenly spread places of the line."""
    arc = arc_length(given[:, :2])
    at = spread_nodes(0, arc[-1])
    return np.stack([np.interp(at, arc, values) for values in given.T], axis=1)


def _smooth(values: FloatArray, share: float) -> FloatArray:
    """Smooth along the line, by a share of it."""
    return np.asarray(scipy.ndimage.gaussian_filter1d(values, share * len(values), axis=0, mode="nearest"))
