"""The furrow, or the ridge, that the spine draws beside a midline: how far aside of the axis of symmetry it runs.

Where there is no midline yet, `symline.stages.furrow` finds it by morphology.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy

from symline.measures.relief import smooth_relief
from symline.model.image import BoolArray, FloatArray
from symline.model.pair import Pair
from symline.numerics.best_course import best_course
from symline.numerics.robust import robust_deviation
from symline.numerics.sampling import bilinear
from symline.transforms.straightening import Straightening

#: How far to either side of the midline the furrow is looked for, and the distance of neighbouring places, in units of L.
REACH, STEP = 0.12, 1 / 150
#: Gaussian width of the furrow's middle and of its flanks, and how far the flanks are from it, in L.
WIDTH, FLANK = 0.015, 0.047
#: The steepest course against the midline; prices, in standard deviations of the back at each node, of a course at 45° to the midline and
#: of one at the end of the reach.
STEEPEST, PRICE, ASIDE = 1.2, 1.0, 1.5
#: How plain it has to be, in typical changes of what is seen from node to node and in standard deviations of the back.
NOISE, CONTRAST = 3.0, 0.5
#: The length over which its plainness is averaged, and that of the shortest piece, in units of L.
AVERAGED, SHORTEST = 0.04, 0.2
#: A place counts where so much of its middle and of both flanks lies on the back.
COVERED = 0.7


def follow_furrow(pair: Pair, straightening: Straightening) -> FloatArray:
    """Follow the furrow or ridge along a midline.

    A filter compares each place with its two flanks, of which the less different counts: so an edge is no furrow. Dynamic programming
    finds the course that stands out most, for a furrow and for a ridge, and the plainer of the two is taken.

    Parameters
    ----------
    pair
        The back on the working grid.
    straightening
        The curve and its pair directions.

    Returns
    -------
    array
        Straightened coordinate t of the furrow at each node, in units of L, positive to the right of the midline, NaN where the furrow is
        not visible; shape (n,).
    """
    middle, left, right = _look(pair, straightening)
    contrast = middle - (left + right) / 2
    found = [_follow(sign * contrast, sign * middle - np.maximum(sign * left, sign * right), straightening.spacing) for sign in (1, -1)]
    course, is_visible, _ = max(found, key=lambda each: each[2])
    return np.where(is_visible, course, np.nan)


def _look(pair: Pair, straightening: Straightening) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Means around each place, and around the places left and right of it, shape (n, places); NaN where too little is on the back."""
    flank, reach = round(FLANK / STEP), round(REACH / STEP)
    distances = np.arange(-reach - flank, reach + flank + 1) * STEP
    values, covered = bilinear((smooth_relief(pair), pair.coverage), pair.to_grid(straightening.points(distances)))
    # beyond the strip nothing is known: it counts as far as what is inside does
    share = scipy.ndimage.gaussian_filter1d(covered, WIDTH / STEP, axis=1, mode="nearest")
    total = scipy.ndimage.gaussian_filter1d(values * covered, WIDTH / STEP, axis=1, mode="nearest")
    means = np.where(share > COVERED, total / np.maximum(share, COVERED), np.nan)
    inner = slice(flank, -flank)
    return means[:, inner], means[:, : -2 * flank], means[:, 2 * flank :]


def _follow(contrast: FloatArray, plainness: FloatArray, spacing: float) -> tuple[FloatArray, BoolArray, float]:
    """The best course: offset at each node, where it is visible, and how plain it is altogether."""
    gain = np.nan_to_num(plainness)
    aside = ASIDE * np.linspace(-1, 1, gain.shape[1]) ** 2
    course = best_course(gain - aside, PRICE / (spacing / STEP) ** 2, max(1, round(STEEPEST * spacing / STEP)))
    nodes = np.arange(len(course))
    plain = scipy.ndimage.gaussian_filter1d(gain[nodes, course], AVERAGED / spacing, mode="nearest")
    changes = np.diff(plainness, axis=0)
    changes = np.abs(changes[np.isfinite(changes)])
    noise = robust_deviation(changes) / np.sqrt(2) if changes.size else np.inf
    is_visible = np.isfinite(plainness[nodes, course]) & (plain > max(CONTRAST, NOISE * noise))
    is_visible = _without_short(is_visible, SHORTEST / spacing)
    return (_between(contrast, course) - contrast.shape[1] // 2) * STEP, is_visible, float(plain[is_visible].sum())


def _between(contrast: FloatArray, course: npt.NDArray[np.intp]) -> FloatArray:
    """Place of the peak between the samples: the vertex of the parabola around the highest within a step of the course."""
    nodes = np.arange(len(course))
    padded = np.pad(np.nan_to_num(contrast, nan=-np.inf), ((0, 0), (2, 2)), constant_values=-np.inf)
    around = np.stack([padded[nodes, course + 2 + shift] for shift in (-1, 0, 1)])
    peak = course + np.argmax(around, axis=0) - 1
    before, here, after = (padded[nodes, peak + 2 + shift] for shift in (-1, 0, 1))
    with np.errstate(invalid="ignore", divide="ignore"):
        vertex = (before - after) / (2 * (before - 2 * here + after))
    return np.asarray(peak + np.clip(np.nan_to_num(vertex, posinf=0, neginf=0), -0.5, 0.5))


def _without_short(is_visible: BoolArray, least: float) -> BoolArray:
    pieces, _ = scipy.ndimage.label(is_visible)
    return np.asarray((np.bincount(pieces.ravel()) >= least)[pieces] & is_visible)
