"""Measures of the line: its length, its deviation from the chord, its direction and its curves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from symline.measures.extrema import lasting_extrema, refine_extremum
from symline.measures.line_shape import FEWEST_ROWS, LineShape, rows_between
from symline.model.image import FloatArray
from symline.model.midline import Midline
from symline.model.score import Apex, Curve

#: Why a measure in mm is missing.
NO_SPACING = "the pixel spacing is unknown"
#: Measures of lengths, each in px and in mm.
_LENGTHS = ("chord_length", "lateral_deviation_max", "lateral_deviation_rms", "trunk_imbalance")
#: Share by which numbers may differ that are the same.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class LineMeasures:
    """What the line alone tells.

    Parameters
    ----------
    apices
        Where it is farthest from its chord, top to bottom.
    curves
        The curves between its inflection points, top to bottom.
    measures
        Name (unit in the name) -> number, or None where it cannot be had; `symline.measures.catalogue` defines them.
    missing
        Name of a measure that is None -> why, in words.
    """

    apices: tuple[Apex, ...]
    curves: tuple[Curve, ...]
    measures: Mapping[str, float | None]
    missing: Mapping[str, str]


def measure_line(midline: Midline, top_row: float | None = None, bottom_row: float | None = None) -> LineMeasures:
    """Measure a midline.

    Parameters
    ----------
    midline
        The line. Where its spacing is unknown, pixels are taken to be square.
    top_row, bottom_row
        Between which rows, px; default: from end to end.
    """
    shape = LineShape.of(midline, top_row, bottom_row)
    if shape is None:
        measures: dict[str, float | None] = dict.fromkeys(_names())
        top = midline.rows[0] if top_row is None else top_row
        bottom = midline.rows[-1] if bottom_row is None else bottom_row
        why = f"hardly any of the line lies between the rows {top:g} and {bottom:g}"
        return LineMeasures(apices=(), curves=(), measures=measures, missing=dict.fromkeys(measures, why))
    curves = _find_curves(shape)
    measures = {
        "trunk_imbalance_deg": float(np.rad2deg(np.arctan2(-shape.chord[1], shape.chord[0]))),
        "tangent_angle_deg": max((curve.angle_deg for curve in curves), default=0.0),
        **_in_both_units(shape, is_known=midline.spacing is not None),
        **measure_length(midline, top_row, bottom_row),
    }
    missing = {name: NO_SPACING for name, value in measures.items() if value is None}
    return LineMeasures(apices=_find_apices(shape, midline.spacing), curves=curves, measures=measures, missing=missing)


def measure_length(midline: Midline, top_row: float | None = None, bottom_row: float | None = None) -> dict[str, float | None]:
    """Length of a midline along its points, in px and in mm, or None; parameters as for `measure_line`."""
    points = midline.points[rows_between(midline, top_row, bottom_row)]
    if len(points) < FEWEST_ROWS:
        return {"length_px": None, "length_mm": None}
    steps = np.diff(points, axis=0)
    return {
        "length_px": float(np.hypot(*steps.T).sum()),
        "length_mm": float(np.hypot(*(steps * midline.spacing).T).sum()) if midline.spacing else None,
    }


def _names() -> list[str]:
    lengths = [f"{name}_{unit}" for name in ("length", *_LENGTHS) for unit in ("px", "mm")]
    return [*lengths, "curvature_max_per_px", "curvature_max_per_mm", "trunk_imbalance_deg", "tangent_angle_deg"]


def _in_both_units(shape: LineShape, *, is_known: bool) -> dict[str, float | None]:
    """The measures of lengths: in px as if pixels were square, and in mm where their size is known."""
    row, col = shape.scale
    # x/col, y/row: every derivative by y gains a row
    derivatives = shape.slope * row / col, shape.bend * row**2 / col
    in_px = LineShape(shape.rows, shape.x / col, shape.course / col, *derivatives, (1.0, 1.0), shape.doubt / col)
    found: dict[str, float | None] = {f"{name}_px": value for name, value in _lengths(in_px).items()}
    found |= {f"{name}_mm": value if is_known else None for name, value in _lengths(shape).items()}
    found["curvature_max_per_px"] = _largest(in_px.curvature)
    found["curvature_max_per_mm"] = _largest(shape.curvature) if is_known else None
    return found


def _lengths(shape: LineShape) -> dict[str, float]:
    deviation = shape.deviation
    values = (
        float(np.hypot(*shape.chord)),
        _largest(deviation),
        float(np.sqrt(np.mean(deviation**2))),
        -shape.chord[1],
    )
    return dict(zip(_LENGTHS, values, strict=True))


def _largest(values: FloatArray) -> float:
    """The value farthest from 0, with its sign; of those as far but for rounding, which differs by unit and machine, the first."""
    size = np.abs(values)
    return float(values[np.argmax(size >= (1 - _ROUNDING) * size.max())])


def _find_apices(shape: LineShape, spacing: tuple[float, float] | None) -> tuple[Apex, ...]:
    deviation, arc = shape.deviation, shape.arc
    course = shape.course_between(0, len(shape.rows) - 1)

    def height(first: int, last: int) -> float:
        return float(abs(course[last] - course[first]))

    found = []
    for index in lasting_extrema(course, height, shape.doubt)[1:-1]:
        amplitude = float(deviation[index])
        place = refine_extremum(course, index)
        found.append(
            Apex(
                row=float(shape.rows[0] + place),
                percent=float(100 * np.interp(place, np.arange(len(arc)), arc) / arc[-1]),
                side=_side(amplitude),
                amplitude_px=amplitude / shape.scale[1],
                amplitude_mm=amplitude if spacing else None,
            )
        )
    return tuple(found)


def _find_curves(shape: LineShape) -> tuple[Curve, ...]:
    tangent = shape.tangent

    def depth(first: int, last: int) -> float:
        return float(np.abs(shape.course_between(first, last)).max())

    ends = lasting_extrema(tangent, depth, shape.doubt)
    return tuple(_curve(shape, tangent, first, last) for first, last in pairwise(ends))


def _curve(shape: LineShape, tangent: FloatArray, first: int, last: int) -> Curve:
    upper, lower = tangent[first], tangent[last]
    half_way = tangent[first : last + 1] - (upper + lower) / 2
    passes = int(np.flatnonzero(half_way[:-1] * half_way[1:] <= 0)[0])
    step = half_way[passes + 1] - half_way[passes]
    return Curve(
        upper_row=float(shape.rows[0] + refine_extremum(tangent, first)),
        lower_row=float(shape.rows[0] + refine_extremum(tangent, last)),
        apex_row=float(shape.rows[first] + passes - (half_way[passes] / step if step else 0.0)),
        # a line that first moves right and then left bulges to the right
        side=_side(float(upper - lower)),
        angle_deg=float(np.rad2deg(abs(upper - lower))),
    )


def _side(value: float) -> str:
    return "right" if value > 0 else "left"
