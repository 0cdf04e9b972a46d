"""Where a curve runs over the back: the same course, from where it enters the back to where it leaves it, with evenly spread nodes."""

from __future__ import annotations

import numpy as np

from symline.model.image import FloatArray
from symline.model.pair import Pair
from symline.numerics.differences import arc_length, natural_spline
from symline.transforms.outline import extent_at
from symline.transforms.straightening import Straightening, spread_nodes

#: How far a curve is carried on straight at both ends to find the outline, in units of L.
BEYOND = 0.1
#: Softened outline from which on a curve is on the back: behind its frayed rim, in which pixels come and go.
ON_BACK = 0.95
#: Steps from one node to the next in which the outline is looked for.
FINE = 8


def fit_extent(curve: Straightening, pair: Pair, spacing: float) -> Straightening:
    """Begin and end a curve on the outline, and spread its nodes evenly between.

    The result tells of the course of the curve alone. Where its nodes were, which of them were outside, and in which steps it was found
    makes no difference; without this, the end of a line that is found one step further up is felt in the middle of the back.

    Parameters
    ----------
    curve
        Its course is that of the spline through its nodes.
    pair
        The back on the working grid.
    spacing
        Of the new nodes, about, in units of L.
    """
    last = len(curve.nodes) - 1
    beyond = BEYOND / curve.spacing
    at = np.linspace(-beyond, last + beyond, int((last + 2 * beyond) * FINE) + 1)
    points = natural_spline(curve.nodes, at)
    first, end = _span(at, extent_at(pair, points) - ON_BACK) or (0, last)
    arc = arc_length(points)
    top, bottom = np.interp((first, end), at, arc)
    nodes = np.interp(spread_nodes(top, bottom, spacing), arc, at)
    return Straightening(natural_spline(curve.nodes, nodes), np.interp(nodes, np.arange(last + 1), curve.pair_angle))


def _span(at: FloatArray, height: FloatArray) -> tuple[float, float] | None:
    """Where a function of `at` first rises above 0, and where it falls below for good; None if it never rises. Shapes (n,)."""
    above = np.flatnonzero(height > 0)
    if not len(above):
        return None
    first, last = above[0], above[-1]
    rises, falls = slice(max(first - 1, 0), first + 1), slice(last, last + 2)
    return float(np.interp(0, height[rises], at[rises])), float(np.interp(0, -height[falls], at[falls]))
