"""Every measure there is: its name, unit, definition and source. The one place where they are defined in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Measure:
    """A number that tells something about a back.

    Parameters
    ----------
    name
        As in the results; ends in the unit, except where it has none, or that of the input.
    unit
        In words.
    definition
        What it is.
    source
        Where the definition comes from.
    """

    name: str
    unit: str
    definition: str
    source: str


#: What has to be said wherever a tangent angle is.
NO_COBB_ANGLE = (
    "A tangent angle is no Cobb angle: on 30 real backs with a line drawn by hand it went with the Cobb angle (r = 0.76), "
    "but was 11 degrees too small on average."
)
_DIERS = "DIERS definitions, doi 10.1186/s12995-018-0217-6"
_IMBALANCE = "doi 10.1186/s13013-017-0134-y, table 1"
_OWN = "symline"
_CURVATURE = (
    "largest curvature of the line, smoothed over a twentieth of its rows on either side, with its sign: "
    "positive = it turns right going down"
)
_UNIT = "as the input"


def _in_px_and_mm(name: str, definition: str, source: str) -> tuple[Measure, ...]:
    return tuple(Measure(f"{name}_{unit}", unit, definition, source) for unit in ("px", "mm"))


def _of_regions(name: str, unit: str, definition: str) -> tuple[Measure, ...]:
    places = {
        "near": "near the midline: less than half as far as the outermost partners of the level",
        "far": "far from the midline: more than half as far as the outermost partners of the level",
    }
    thirds = ("upper", "middle", "lower")
    return tuple(
        Measure(f"{name}_{third}_{where}", unit, f"{definition}, {third} third, {place}", _OWN)
        for third in thirds
        for where, place in places.items()
    )


_LINE = (
    *_in_px_and_mm("length", "arc length of the midline", _OWN),
    *_in_px_and_mm("chord_length", "distance of its two ends", _OWN),
    *_in_px_and_mm(
        "lateral_deviation_max", "largest d(y) = column of the line - that of its chord, with its sign: positive = right", _DIERS
    ),
    *_in_px_and_mm("lateral_deviation_rms", "root mean square of d(y)", _DIERS),
    *_in_px_and_mm(
        "trunk_imbalance", "column of the upper end - that of the lower end, positive = the upper end lies to the right", _IMBALANCE
    ),
    Measure("trunk_imbalance_deg", "deg", "angle of the chord to the vertical, positive = the upper end lies to the right", _IMBALANCE),
    Measure(
        "tangent_angle_deg",
        "deg",
        "largest difference of the angles of the tangent, atan(dx/dy), at two neighbouring inflection points of the line, smoothed over "
        "a twentieth of its rows on either side; 0 where no bend stands out; no Cobb angle",
        "Bonanni 2017, Int J Spine Surg 11(3):22",
    ),
    Measure("curvature_max_per_px", "1/px", _CURVATURE, _OWN),
    Measure("curvature_max_per_mm", "1/mm", _CURVATURE, _OWN),
    *_in_px_and_mm(
        "furrow_offset_max", "largest distance from the midline to the furrow or ridge of the spine in a row, positive = right", _OWN
    ),
    *_in_px_and_mm("furrow_offset_rms", "root mean square of that distance, where the furrow or ridge is visible", _OWN),
    *_in_px_and_mm("furrow_apex_row", "row in which that distance is largest, from the top of the image", _OWN),
)
_SYMMETRY = (
    Measure(
        "symmetry",
        "-",
        "correlation of the image with its mirror image, where both are on the back, as the stages see them: at most 150 px to the "
        "square root of the back's area, values farther than 4 robust standard deviations from the median drawn in; -1 to 1",
        "Padfield 2012, masked correlation",
    ),
    Measure(
        "symmetry_levels_mean", "-", "mean over the rows of the midline of the correlation of the two sides around each row; -1 to 1", _OWN
    ),
    *_of_regions("symmetry", "-", "correlation of left and right"),
    Measure("asymmetry_rms", _UNIT, "root mean square of value - mirrored value", _OWN),
    Measure("asymmetry_mean_abs", _UNIT, "mean of |value - mirrored value|", _OWN),
    Measure("asymmetry_p95", _UNIT, "95th percentile of |value - mirrored value|", _OWN),
    Measure("asymmetry_index", "-", "sum of |left - right| / sum of (|left| + |right|), of values less their median; 0 to 1", _OWN),
    Measure(
        "asymmetry_noise",
        _UNIT,
        "root mean square asymmetry that noise makes on its own, estimated from what smoothing takes away from the asymmetry",
        _OWN,
    ),
    Measure("signed_asymmetry", _UNIT, "mean of left - right", _OWN),
    *_of_regions("signed_asymmetry", _UNIT, "mean of left - right"),
    Measure(
        "asymmetric_area_fraction",
        "-",
        "share of the back, of both sides together, in connected regions whose smoothed |asymmetry| exceeds asymmetry_threshold; 0 to 1",
        _OWN,
    ),
    Measure(
        "asymmetry_threshold",
        _UNIT,
        "the threshold: as given, else the largest of twice the median of the smoothed |asymmetry|, three times what noise makes of it, "
        "and a fifth of the robust deviation of the values",
        _OWN,
    ),
    Measure(
        "patch_count",
        "-",
        "number of connected regions beyond the threshold, a region and its mirror region counted once; at least 0.1 % of the "
        "back, or a quarter of that where the asymmetry exceeds the threshold two and a half times over",
        _OWN,
    ),
)
_CAUSES = (
    Measure("pose_angle_deg", "deg", "angle of the straight axis to the vertical, positive = it moves right going down", _OWN),
    *_in_px_and_mm("pose_offset", "column of the straight axis - that of the middle of the back's extent, both at mid-height", _OWN),
    Measure(
        "pose_rms",
        _UNIT,
        "root mean square asymmetry that the straight axis takes away from that about the vertical: how the back stands",
        _OWN,
    ),
    Measure("posture_rms", _UNIT, "what bending the axis to the midline takes away besides: how it bends", _OWN),
    Measure("elastic_rms", _UNIT, "what the rest of the mirror map takes away besides: shifts along the skin", _OWN),
    Measure(
        "shape_rms",
        _UNIT,
        "what remains after light smoothing, less noise: the shape itself; about 0 for a tilted or bent back that is symmetric",
        _OWN,
    ),
    *_in_px_and_mm(
        "inverse_consistency_median",
        "median of the distance from a pixel to its mirror partner's partner; px are square ones, of the same area",
        _OWN,
    ),
    *_in_px_and_mm("inverse_consistency_p95", "95th percentile of that distance", _OWN),
)
#: Title -> measures; every name there is, in the order in which they are listed.
MEASURES: Final[Mapping[str, tuple[Measure, ...]]] = {
    "Measures of the line": _LINE,
    "Measures of symmetry": _SYMMETRY,
    "Measures of what explains it, and of the mirror map": _CAUSES,
}


def known_measures() -> list[str]:
    """The names of all measures."""
    return [measure.name for part in MEASURES.values() for measure in part]
