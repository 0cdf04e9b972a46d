"""A smooth curve through scattered points, some of which are wrong."""

from __future__ import annotations

import numpy as np

from symline.model.image import FloatArray
from symline.numerics.differences import first_difference, second_difference
from symline.numerics.robust import PER_MEDIAN

#: Rounds of reweighting, and the offset, in robust deviations, at which a point's vote begins to fade.
ROUNDS, FADE = 12, 2.5
#: Share of the price of bending, for each squared length of the smoothing, that a slope costs: where there are no points, a curve
#: runs on nearly straight, and levels out after a while.
SLOPE = 0.02


def robust_curve(levels: FloatArray, at: FloatArray, values: FloatArray, weights: FloatArray, smoothing: float, least: float) -> FloatArray:
    """Penalised least squares with votes that fade (Geman-McClure): a smoothing spline on even levels.

    Scipy's smoothing spline wants each abscissa once, and runs away where it has to go on without points; this one does neither.

    Parameters
    ----------
    levels
        Where the curve is wanted, evenly spaced, shape (n,), n >= 3.
    at, values, weights
        The points, shape (m,), m >= 1.
    smoothing
        Length over which the curve is stiff, in the unit of `levels`.
    least
        Offsets below this are nobody's fault: the smallest robust deviation, in the unit of `values`.

    Returns
    -------
    array
        Values of the curve at the levels, shape (n,).
    """
    count, step = len(levels), float(levels[1] - levels[0])
    read = _interpolation(levels, at)
    first, second = first_difference(count, step), second_difference(count, step)
    price = step * (smoothing**4 * second.T @ second + SLOPE * smoothing**2 * first.T @ first)
    share = weights * (levels[-1] - levels[0]) / weights.sum()
    # an offset and a slope from all points first: the typical slope between points far apart cannot be led astray by a few
    curve = _straight(at, values, levels)
    for _ in range(ROUNDS):
        offset = np.abs(values - read @ curve)
        deviation = max(FADE * PER_MEDIAN * _weighted_median(offset, weights), least)
        vote = share / (1 + (offset / deviation) ** 2) ** 2
        curve = np.linalg.solve(read.T @ (vote[:, None] * read) + price + 1e-12 * np.eye(count), read.T @ (vote * values))
    return curve


def _interpolation(levels: FloatArray, at: FloatArray) -> FloatArray:
    """Matrix (m, n) that reads a curve given at levels between them."""
    index = np.clip((at - levels[0]) / (levels[1] - levels[0]), 0, len(levels) - 1)
    left = np.minimum(index.astype(int), len(levels) - 2)
    matrix = np.zeros((len(at), len(levels)))
    rows = np.arange(len(at))
    matrix[rows, left], matrix[rows, left + 1] = 1 - (index - left), index - left
    return matrix


def _straight(at: FloatArray, values: FloatArray, levels: FloatArray) -> FloatArray:
    """The straight line of median slope and offset (Theil 1950, Sen 1968, doi 10.1080/01621459.1968.10480934)."""
    order = np.argsort(at, kind="stable")
    apart = len(at) // 2
    low, high = order[: len(at) - apart], order[apart:]
    runs = at[high] - at[low]
    is_apart = runs > 0.1 * (at.max() - at.min())
    slope = float(np.median((values[high] - values[low])[is_apart] / runs[is_apart])) if apart and is_apart.any() else 0.0
    return np.asarray(np.median(values - slope * at) + slope * levels)


def _weighted_median(values: FloatArray, weights: FloatArray) -> float:
    order = np.argsort(values, kind="stable")
    share = np.cumsum(weights[order])
    return float(values[order[np.searchsorted(share, 0.5 * share[-1])]])
