"""From straightened coordinates to the midline, and the furrow beside it: one point for each image row."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from symline.errors import RegistrationError
from symline.measures.furrow import follow_furrow
from symline.measures.profile import Profile
from symline.model.analysis import Axis
from symline.model.image import BoolArray, FloatArray, Image
from symline.model.midline import Midline
from symline.model.pair import Pair
from symline.numerics.differences import natural_spline
from symline.transforms.straightening import Straightening

#: How far the line is continued straight beyond the last place where pairs could be compared, in units of L.
BEYOND = 0.15


def trace_midline(image: Image, pair: Pair, straightening: Straightening, profile: Profile, sd: FloatArray) -> Midline:
    """Trace the midline from where it enters the back to where it leaves it.

    Parameters
    ----------
    image
        The image, whose mask decides where the line begins and ends.
    pair
        Its working grid.
    straightening
        The map found.
    profile
        Symmetry at each node.
    sd
        Standard deviation of each node across the curve, in units of L, shape (n,).

    Raises
    ------
    RegistrationError
        The line does not cross the back.
    """
    at = _parameters(pair, straightening)
    points = pair.to_image(natural_spline(straightening.nodes, at))
    descends = _descends(points)
    at, points = at[descends], points[descends]
    rows = np.arange(np.ceil(points[0, 0]), np.floor(points[-1, 0]) + 1)
    cols = np.interp(rows, points[:, 0], points[:, 1])
    part = _inside(image, rows, cols)
    rows, cols = rows[part], cols[part]
    at = np.clip(np.interp(rows, points[:, 0], at), 0, len(straightening.nodes) - 1)
    node = np.arange(len(straightening.nodes))
    line = Midline(
        points=np.stack([rows, cols], axis=1),
        pair_angle=np.interp(at, node, straightening.pair_angle),
        symmetry=np.interp(at, node, profile.symmetry),
        sd=np.zeros(len(rows)),
        spacing=image.spacing,
        furrow=_furrow_cols(pair, straightening, rows),
    )
    return _with_sd(line, np.interp(at, node, sd) * pair.resolution * pair.step[1])


def straight_axis(midline: Midline) -> Axis:
    """The straight axis closest to a midline: its principal axis, in the physical plane."""
    scale = np.asarray(midline.scale)
    middle = midline.points.mean(axis=0)
    _, _, directions = np.linalg.svd((midline.points - middle) * scale, full_matrices=False)
    row, col = directions[0] * np.sign(directions[0][0] or 1.0)
    return Axis((float(middle[0]), float(middle[1])), float(np.arctan2(col, row)))


def _parameters(pair: Pair, straightening: Straightening) -> FloatArray:
    """Where to evaluate the spline: about twice a px, and somewhat beyond the last nodes, which stop inside the back."""
    count = len(straightening.nodes)
    beyond = BEYOND / straightening.spacing
    fine = max(4, int(np.ceil(2 * straightening.spacing * pair.resolution * max(pair.step))))
    return np.linspace(-beyond, count - 1 + beyond, int((count - 1 + 2 * beyond) * fine))


def _descends(points: FloatArray) -> BoolArray:
    """Which points lie below all before them: a line that turns back upwards has several columns in a row, and the first counts."""
    return np.asarray(points[:, 0] > np.concatenate([[-np.inf], np.maximum.accumulate(points[:-1, 0])]))


def _inside(image: Image, rows: FloatArray, cols: FloatArray) -> slice:
    """From the first row in which there is back on both sides of the line, or under it, to the last; holes and notches count as back."""
    mask = image.inside
    leftmost = mask.argmax(axis=1)
    rightmost = mask.shape[1] - 1 - mask[:, ::-1].argmax(axis=1)
    in_image = (rows >= 0) & (rows < len(mask))
    row, col = rows[in_image].astype(int), np.rint(cols[in_image])
    within = np.zeros(len(rows), dtype=bool)
    within[in_image] = np.asarray(mask.any(axis=1))[row] & (leftmost[row] <= col) & (col <= rightmost[row])
    hits = np.flatnonzero(within)
    if len(hits) < 2:
        raise RegistrationError("the line hardly touches the back; the image shows too little of it", "little_overlap")
    return slice(int(hits[0]), int(hits[-1]) + 1)


def _with_sd(line: Midline, across: FloatArray) -> Midline:
    """Turn the deviation across the line (columns' px) into that of the column in a fixed row."""
    slant = np.cos(line.pair_angle - line.tangent) / np.cos(line.tangent)
    return replace(line, sd=across * np.abs(slant))


def _furrow_cols(pair: Pair, straightening: Straightening, rows: FloatArray) -> FloatArray:
    """Column of the furrow in each row, px; NaN where it is not visible at the node above or below."""
    offset = follow_furrow(pair, straightening)
    points = pair.to_image(straightening.nodes + np.nan_to_num(offset)[:, None] * straightening.across)
    points[np.isnan(offset), 1] = np.nan
    points = points[_descends(points)]
    return np.interp(rows, points[:, 0], points[:, 1], left=np.nan, right=np.nan)
