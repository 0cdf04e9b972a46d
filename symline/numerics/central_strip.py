"""A dark or bright strip down the middle of an image, by morphology."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

from symline.model.image import BoolArray, FloatArray
from symline.numerics.best_path import best_path


@dataclass(frozen=True, slots=True, kw_only=True)
class StripRules:
    """What a strip looks like; lengths in px.

    Parameters
    ----------
    opening, closing
        Radii of the flat disks that take away bright specks, then close dark gaps.
    half_width
        Half the width of the widest strip.
    faintest
        How far a piece stands out from its surroundings at least, in the unit of the values.
    length, area
        Length of the shortest piece of a strip, and its least area in px squared.
    directions
        Directions a piece may have to the vertical, radians.
    rim
        How far inside the outline a strip has to stay.
    centrality
        Width of the Gaussian, about the middle of the outline, in which a piece counts.
    turn_price, slip_price
        Price of a turn by one radian and of a slip by one px, in px of a strip of contrast 1.
    """

    opening: float
    closing: float
    half_width: float
    faintest: float
    length: float
    area: float
    directions: tuple[float, ...]
    rim: float
    centrality: float
    turn_price: float
    slip_price: float


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """The central strip of an image.

    Parameters
    ----------
    cols
        Column of its centre line in each row, NaN where it is not visible, shape (rows,).
    contrast
        How far it stands out from its surroundings in each row, in the unit of the values; 0 where it is not visible.
    value
        How convincing it is: the longer, the more central and the more contrast, the larger.
    """

    cols: FloatArray
    contrast: FloatArray
    value: float


#: The directions in which a path may run, radians: the steps are finer than those of the pieces, for smooth bends.
_PATH_ANGLES = np.deg2rad(np.arange(-45.0, 46.0, 7.5))
#: A path nearby that is less convincing by this counts 1 / e of the best, in px of a strip of contrast 1.
_SOFTNESS = 0.3


def central_strip(values: FloatArray, inside: BoolArray, rules: StripRules) -> Strip | None:
    """Find the bright strip that leads down the middle.

    Flat-disk opening and closing, what stands out from a wider opening, Otsu's threshold (1979, doi 10.1109/TSMC.1979.4310076), opening by
    lines and by area; of the pieces left, those on the best path from top to bottom.

    Parameters
    ----------
    values
        Shape (rows, cols); 0 outside.
    inside
        Where there is an image at all.
    rules
        What a strip looks like.

    Returns
    -------
    Strip or None
        None where no piece is left.
    """
    core = scipy.ndimage.distance_transform_edt(np.pad(inside, 1))[1:-1, 1:-1] > rules.rim
    smooth = scipy.ndimage.grey_opening(np.where(inside, values, 0), footprint=_disk(rules.opening))
    smooth = scipy.ndimage.grey_closing(smooth, footprint=_disk(rules.closing))
    relief = smooth - scipy.ndimage.grey_opening(smooth, footprint=_disk(rules.half_width))
    if not core.any() or not np.ptp(relief[core]) > 0:
        return None
    pieces = _open(core & (relief > max(_otsu(relief[core]), rules.faintest)), rules)
    if not pieces.any():
        return None
    return _follow(np.where(pieces, relief, 0), inside, rules)


def _otsu(values: FloatArray) -> float:
    # imported here: it takes a while, and finding a midline does not need it
    from skimage import filters

    threshold: Any = filters.threshold_otsu
    return float(threshold(values))


def _open(pieces: BoolArray, rules: StripRules) -> BoolArray:
    """What is as long as a line in any of the directions, and as large as the least area."""
    long = np.zeros_like(pieces)
    for direction in rules.directions:
        long |= scipy.ndimage.binary_opening(pieces, structure=_line(rules.length, direction))
    labels, _ = scipy.ndimage.label(long, structure=np.ones((3, 3)))
    areas = np.bincount(labels.ravel())
    areas[0] = 0
    return np.asarray((areas > rules.area)[labels])


def _follow(relief: FloatArray, inside: BoolArray, rules: StripRules) -> Strip:
    """The centre of the pieces on the path that collects most of them."""
    cols = np.arange(relief.shape[1])
    offset = (cols - _middle(inside, rules.centrality)[:, None]) / rules.centrality
    # the root, so that a long faint strip counts for more than a short one that stands out
    gain = np.sqrt(relief) * np.exp(-0.25 * offset**2)
    volume = np.broadcast_to(gain.astype(np.float32), (len(_PATH_ANGLES), *relief.shape))
    path = best_path(volume, _PATH_ANGLES, rules.turn_price, rules.slip_price, _SOFTNESS, rules.half_width)
    found = [_centre(row, float(col), 0.4 * rules.half_width) for row, col in zip(relief, path.cols, strict=True)]
    centres, contrast = (np.array(each) for each in zip(*found, strict=True))
    return Strip(centres, contrast, path.value)


def _middle(inside: BoolArray, sigma: float) -> FloatArray:
    """The middle of the outline in each row, smoothed."""
    count = inside.sum(axis=1)
    sums = (inside * np.arange(inside.shape[1])).sum(axis=1)
    near = scipy.ndimage.gaussian_filter1d(count.astype(float), sigma)
    return np.asarray(scipy.ndimage.gaussian_filter1d(sums.astype(float), sigma) / np.maximum(near, 1e-6))


def _centre(relief: FloatArray, col: float, reach: float) -> tuple[float, float]:
    """Centre of the run of a row that a path runs through, or past at a short distance, and how far it stands out."""
    on = np.flatnonzero(relief)
    if not on.size or np.abs(on - col).min() > reach:
        return np.nan, 0.0
    nearest = int(on[np.abs(on - col).argmin()])
    off = np.flatnonzero(relief == 0)
    left = int(off[off < nearest].max(initial=-1)) + 1
    right = int(off[off > nearest].min(initial=len(relief)))
    run = relief[left:right]
    return float((run * np.arange(left, right)).sum() / run.sum()), float(run.max())


def _disk(radius: float) -> BoolArray:
    reach = max(1, round(radius))
    row, col = np.ogrid[-reach : reach + 1, -reach : reach + 1]
    return np.asarray(row**2 + col**2 <= reach**2)


def _line(length: float, direction: float) -> BoolArray:
    """A line through the middle of an array."""
    half = max(1, round(length * np.cos(direction) / 2))
    rows = np.arange(-half, half + 1)
    cols = np.rint(rows * np.tan(direction)).astype(int)
    reach = int(np.abs(cols).max())
    line = np.zeros((2 * half + 1, 2 * reach + 1), dtype=bool)
    line[rows + half, cols + reach] = True
    return line
