"""The midline of any mirror map: robust midpoints of its pairs.

Fixed points would be the definition, but a map that is no involution hardly has any (a glide reflection has none), and those of a
free-form map follow the furrow wherever it goes. The midpoints of all pairs of a level lie on the midline, each is an estimate of
its own, and where a region was matched wrongly the others of its level outvote it.
"""

from __future__ import annotations

import numpy as np

from symline.errors import RegistrationError
from symline.model.image import FloatArray
from symline.model.mirror import MirrorMap
from symline.model.pair import Pair
from symline.numerics.sampling import bilinear
from symline.transforms.straightening import Straightening, spread_nodes

#: In units of L: window along the line over which midpoints are averaged, and shortest distance of partners that count.
WINDOW, CLOSEST = 0.04, 0.04
#: Every this many pixels of the working grid a pair is taken.
STRIDE = 3
#: Fewer pairs than this make no line.
FEWEST_PAIRS = 40
#: Rounds of reweighting, and the offset at which a midpoint's vote begins to fade: robust deviations, and at least this many L.
ROUNDS, FADE, LEAST_FADE = 8, 2.0, 0.002


def straighten(mirror: MirrorMap, pair: Pair) -> Straightening:
    """The curve with its pair directions that is closest to a mirror map; of a map that is such a curve, that one.

    Raises
    ------
    RegistrationError
        Hardly any pixel has a mirror partner on the back.
    """
    if isinstance(mirror, Straightening):
        return mirror
    middles, vectors = _pairs(mirror, pair)
    point, axis = _straight_axis(middles, vectors)
    across = np.array([-axis[1], axis[0]])
    along, aside = (middles - point) @ axis, (middles - point) @ across
    angle = np.arctan2(-(vectors @ axis), vectors @ across)
    distance = np.hypot(*vectors.T)
    # a few stray pairs beyond both ends would make the line longer than the back
    first, last = np.quantile(along, (0.005, 0.995))
    levels = spread_nodes(first, last)
    shift = _local_fit(levels, along, aside, distance)
    # the longer the distance, the better it tells the direction
    turn = _local_fit(levels, along, angle, distance**2)
    nodes = point + levels[:, None] * axis + shift[:, None] * across
    tilt = float(np.arctan2(axis[1], axis[0]))
    return Straightening(nodes, tilt + turn)


def _pairs(mirror: MirrorMap, pair: Pair) -> tuple[FloatArray, FloatArray]:
    """Midpoints, and vectors from the left to the right partner, of pairs that both lie on the back; shape (n, 2)."""
    points = pair.points[::STRIDE, ::STRIDE][pair.coverage[::STRIDE, ::STRIDE] > 0.5]
    partners = mirror.partners(points)
    known = np.isfinite(partners).all(axis=1)
    points, partners = points[known], partners[known]
    (covered,) = bilinear((pair.coverage,), pair.to_grid(partners))
    vectors = partners - points
    counts = (covered > 0.5) & (np.hypot(*vectors.T) > CLOSEST)
    if np.count_nonzero(counts) < FEWEST_PAIRS:
        raise RegistrationError("hardly any pixel has a mirror partner on the back; the map has no midline", "little_overlap")
    middles, vectors = (points + partners)[counts] / 2, vectors[counts]
    return middles, vectors * np.where(vectors[:, 1] < 0, -1.0, 1.0)[:, None]


def _straight_axis(middles: FloatArray, vectors: FloatArray) -> tuple[FloatArray, FloatArray]:
    """A point on the straight axis, and its unit vector down the back: perpendicular to the typical pair."""
    right = np.median(vectors / np.hypot(*vectors.T)[:, None], axis=0)
    right /= np.hypot(*right)
    return np.median(middles, axis=0), np.array([right[1], -right[0]])


def _local_fit(levels: FloatArray, along: FloatArray, values: FloatArray, weights: FloatArray) -> FloatArray:
    """At each level the robust local line through values (Geman-McClure), shape (n,)."""
    from_level = along - levels[:, None]
    window = np.exp(-0.5 * (from_level / WINDOW) ** 2) * weights
    vote = np.ones_like(window)
    for _ in range(ROUNDS):
        counted = window * vote
        total, first, second = ((counted * from_level**power).sum(axis=1) for power in (0, 1, 2))
        sums, moments = (counted * values).sum(axis=1), (counted * from_level * values).sum(axis=1)
        # a little ridge keeps levels finite near which all midpoints are at one place
        second = second + 0.05 * WINDOW**2 * total
        slope = (moments * total - first * sums) / np.maximum(total * second - first**2, 1e-12)
        centre = (sums - slope * first) / np.maximum(total, 1e-12)
        residual = values - centre[:, None] - slope[:, None] * from_level
        size = np.maximum(FADE * _typical(np.abs(residual), window), LEAST_FADE)
        vote = 1 / (1 + (residual / size[:, None]) ** 2) ** 2
    return np.asarray(centre)


def _typical(sizes: FloatArray, window: FloatArray) -> FloatArray:
    """Weighted median of sizes at each level, shape (n,)."""
    order = np.argsort(sizes, axis=1)
    share = np.cumsum(np.take_along_axis(window, order, axis=1), axis=1)
    index = (share < 0.5 * share[:, -1:]).sum(axis=1)
    return np.take_along_axis(sizes, np.take_along_axis(order, index[:, None], axis=1), axis=1)[:, 0]
