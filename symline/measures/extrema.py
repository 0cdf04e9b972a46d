"""The extrema of a sequence that matter: those between which it goes far enough."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from symline.model.image import FloatArray


def lasting_extrema(values: FloatArray, size: Callable[[int, int], float], least: float) -> list[int]:
    """Find the local extrema that are left when pieces that are too small are taken away, the smallest first.

    Parameters
    ----------
    values
        Shape (n,), n >= 2.
    size
        How large the piece between two extrema is, given their indices.
    least
        Pieces smaller than this go: the pieces around them become one, between the farthest of their ends; at the ends of the sequence
        the outer end goes, and how large the next piece is counts from there: next to a straight end it may be short.

    Returns
    -------
    list
        Indices of the extrema, the ends of the sequence among them where they last; minima and maxima in turn. Empty where no piece is
        large enough.
    """
    extrema = _extrema(values)
    while len(extrema) > 1:
        sizes = [size(*ends) for ends in pairwise([0, *extrema[1:-1], len(values) - 1])]
        smallest = int(np.argmin(sizes))
        if sizes[smallest] >= least:
            return extrema
        if smallest == 0:
            del extrema[0]
        elif smallest == len(sizes) - 1:
            del extrema[-1]
        else:
            around = slice(smallest - 1, smallest + 3)
            extrema[around] = _join(values, extrema[around])
    return []


def _join(values: FloatArray, ends: list[int]) -> list[int]:
    """The two ends of the piece that three become: on a level stretch the outer ones may be rounding errors beside the real ones."""
    before, one, other, after = ends
    low, high = (min, max) if values[one] > values[other] else (max, min)
    first, last = low(before, other, key=values.item), high(one, after, key=values.item)
    return [first, last] if first < last else [before, after]


def _extrema(values: FloatArray) -> list[int]:
    """The ends, and where the sequence turns round; of a level stretch the middle."""
    steps = np.sign(np.diff(values))
    moving = np.flatnonzero(steps)
    turns = np.flatnonzero(np.diff(steps[moving]))
    inner = (moving[turns] + 1 + moving[turns + 1]) // 2
    return [0, *(int(index) for index in inner), len(values) - 1]


def refine_extremum(values: FloatArray, index: int) -> float:
    """Position of an extremum between the samples: the vertex of the parabola through it and its neighbours."""
    if not 0 < index < len(values) - 1:
        return float(index)
    before, here, after = values[index - 1 : index + 2]
    bend = before - 2 * here + after
    return float(index + np.clip((before - after) / (2 * bend), -0.5, 0.5)) if bend else float(index)
