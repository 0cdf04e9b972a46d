"""The measures as the page shows them: which there are, what they mean, and which stand in the table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from symline.files.report.reasons import in_words
from symline.files.report.summary import Summary
from symline.measures.catalogue import MEASURES, Measure

#: Each time the first that the batch has.
SYMMETRY = ("symmetry", "symmetry_levels_mean")
BAND = ("band_median_mm", "band_median_px")
#: In the table.
_MAIN = (
    SYMMETRY,
    BAND,
    ("lateral_deviation_max_mm", "lateral_deviation_max_px"),
    ("trunk_imbalance_mm", "trunk_imbalance_px"),
    ("tangent_angle_deg",),
    ("furrow_offset_max_mm", "furrow_offset_max_px"),
    ("asymmetric_area_fraction",),
)
_BANDS = tuple(
    Measure(f"band_{name}_{unit}", unit, f"{words} over the rows of the width of the line's 95 % band", "symline")
    for unit in ("px", "mm")
    for name, words in {"median": "median", "max": "largest"}.items()
)
_PARTS = {"Measures of certainty": _BANDS, **MEASURES}
#: Of what this version does not know.
_OTHERS = "Other measures"
_KNOWN = {measure.name: (measure, part) for part, measures in _PARTS.items() for measure in measures}
_UNITS = {"-": "", "deg": "°", "as the input": "input unit"}


class Column(NamedTuple):
    """A measure: its place in `Case.values`, its name in the files and in words, its unit, what it is, and the part it belongs to."""

    index: int
    name: str
    label: str
    unit: str
    definition: str
    part: str


def describe_columns(summary: Summary) -> list[Column]:
    """All measures that some case has, part by part."""
    parts = [*_PARTS, _OTHERS]
    columns = (_describe(index, name) for name, index in _present(summary).items())
    return sorted(columns, key=lambda column: parts.index(column.part))


def main_columns(summary: Summary, columns: Iterable[Column]) -> list[Column]:
    """Those of the columns that stand in the table."""
    by_index = {column.index: column for column in columns}
    return [by_index[index] for names in _MAIN if (index := find(summary, names)) is not None]


def find(summary: Summary, names: Iterable[str]) -> int | None:
    """Place in `Case.values` of the first of these measures that some case has."""
    present = _present(summary)
    return next((present[name] for name in names if name in present), None)


def _present(summary: Summary) -> Mapping[str, int]:
    return {name: index for index, name in enumerate(summary.measures) if any(case.values[index] is not None for case in summary.cases)}


def _describe(index: int, name: str) -> Column:
    measure, part = _KNOWN.get(name, (Measure(name, "", "", ""), _OTHERS))
    label = in_words(name.removesuffix(f"_{measure.unit}") if measure.unit else name)
    return Column(index, name, label, _UNITS.get(measure.unit, measure.unit), measure.definition, part)
