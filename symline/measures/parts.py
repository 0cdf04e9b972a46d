"""Parts of the back along the midline: equal levels, and thirds near and far from it."""

from __future__ import annotations

import numpy as np

from symline.measures.two_sides import TwoSides
from symline.model.image import BoolArray, FloatArray
from symline.model.midline import Midline
from symline.model.score import Level
from symline.numerics.masked_correlation import masked_correlation
from symline.transforms.straightening import Straightening

#: Thickness of the levels at which the width of the back is taken, in units of L.
THIN = 0.0125
#: A part with fewer pairs than this is not measured.
FEWEST = 10
THIRDS = ("upper", "middle", "lower")


def measure_part(sides: TwoSides, part: BoolArray) -> dict[str, float]:
    """Compare the pairs of which one partner at least lies in a part of the back.

    Returns
    -------
    dict
        Symmetry; and in the unit of the input asymmetry_rms, signed_asymmetry, left_mean and right_mean. NaN with hardly any pair.
    """
    pair, part = sides.pair, part & sides.known & np.isfinite(sides.t)
    if np.count_nonzero(part) < FEWEST:
        return dict.fromkeys(("symmetry", "asymmetry_rms", "signed_asymmetry", "left_mean", "right_mean"), np.nan)
    value, difference, squared, t = (each[part].astype(np.float64) for each in (sides.values, sides.asymmetry, sides.squared, sides.t))
    signed = float(np.where(t < 0, difference, -difference).mean())
    both = float((2 * value - difference).mean())
    return {
        "symmetry": masked_correlation(pair.fixed[part], sides.moving[part], sides.weights[part]),
        "asymmetry_rms": pair.scale * float(np.sqrt(squared.mean())),
        "signed_asymmetry": pair.scale * signed,
        "left_mean": pair.centre + pair.scale * (both + signed) / 2,
        "right_mean": pair.centre + pair.scale * (both - signed) / 2,
    }


def measure_levels_table(sides: TwoSides, midline: Midline, curve: Straightening, count: int) -> tuple[Level, ...]:
    """Measure equal levels along the midline, top to bottom."""
    number, edges = sides.span.number(sides.s, count), sides.span.edges(count)
    rows = sides.pair.to_image(curve.place(np.stack([edges, np.zeros_like(edges)], axis=-1)))[:, 0]
    width = _widths(sides, count)[1].reshape(count, -1)
    offset = midline.furrow - midline.cols
    levels = []
    for index in range(count):
        along = (midline.rows >= rows[index]) & (midline.rows <= rows[index + 1])
        level = Level(
            number=index + 1,
            top_row=float(rows[index]),
            bottom_row=float(rows[index + 1]),
            width=_mean(width[index]),
            furrow_offset=_mean(offset[along]),
            sd=_mean(midline.sd[along]),
            **measure_part(sides, number == index),
        )
        levels.append(level)
    return tuple(levels)


def measure_regions(sides: TwoSides) -> dict[str, float]:
    """Symmetry and signed asymmetry of each third, near the midline and far from it; NaN where there is hardly any pair.

    A pair is near where it is less than half as wide as that of the outermost partners of its level.
    """
    third = sides.span.number(sides.s, len(THIRDS))
    s, width = _widths(sides, len(THIRDS))
    widest = np.interp(np.nan_to_num(sides.s), s, np.nan_to_num(width)) / (sides.pair.resolution * sides.pair.step[1])
    is_near = np.abs(sides.t) < widest / 4
    found: dict[str, float] = {}
    for index, name in enumerate(THIRDS):
        for where, is_there in (("near", is_near), ("far", ~is_near)):
            part = measure_part(sides, (third == index) & is_there)
            found |= {f"{measure}_{name}_{where}": part[measure] for measure in ("symmetry", "signed_asymmetry")}
    return found


def _widths(sides: TwoSides, parts: int) -> tuple[FloatArray, FloatArray]:
    """Middles of thin levels, s in units of L, and the distance of the outermost partners in each, px across; NaN where there are none.

    Each of so many equal parts of the line holds equally many, so that none lies in two.
    """
    count = parts * max(1, round((sides.span.last - sides.span.first) / THIN / parts))
    number = np.where(sides.known, sides.span.number(sides.s, count), -1)
    inside, edges = number >= 0, sides.span.edges(count)
    widest = np.full(count, -np.inf)
    np.maximum.at(widest, number[inside], 2 * np.abs(sides.t[inside]))
    widest[~np.isfinite(widest)] = np.nan
    return (edges[:-1] + edges[1:]) / 2, widest * sides.pair.resolution * sides.pair.step[1]


def _mean(values: FloatArray) -> float:
    values = values[np.isfinite(values)]
    return float(values.mean()) if values.size else np.nan
