"""The measures as the page shows them: which there are, what they mean, and which stand in the table."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass

from symline.files.names import printable
from symline.files.reasons import in_words
from symline.files.report.cases import Summary
from symline.measures.catalogue import MEASURES, Measure

#: Of these the first that most cases have: without a spacing there is nothing in mm.
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
#: Digits after the point, by the last word of the name; by the unit for others.
_DIGITS = {"count": 0, "px": 1, "mm": 1, "deg": 1}
_DIGITS_OF_SHARES = 3


@dataclass(frozen=True, slots=True)
class Column:
    """A measure: its place in `Case.values`, its name in the files and in words, its unit, what it is, and the part it belongs to.

    `digits` are those after the point, None where nobody knows how large the values are.
    """

    index: int
    name: str
    label: str
    unit: str
    definition: str
    part: str
    digits: int | None

    def text(self, value: float | None) -> str | None:
        """A value for people, who find the whole number in the table; None where there is none."""
        if value is None:
            return None
        if self.digits is None:
            text = f"{float(f'{value:.4g}'):g}"
        elif 0 < abs(value) < 10**-self.digits:
            text = f"{value:.2g}"
        else:
            text = f"{value or 0.0:.{self.digits}f}"
        # thousands of cases share these short texts, which would take most of the memory otherwise
        return sys.intern(text)


def describe_columns(summary: Summary) -> list[Column]:
    """All measures that some case has, part by part."""
    titles = [*_PARTS, _OTHERS]
    columns = (_describe(index, name) for index, name in enumerate(summary.measures) if _count(summary, index))
    return sorted(columns, key=lambda column: titles.index(column.part))


def main_columns(summary: Summary, columns: Iterable[Column]) -> list[Column]:
    """Those of the columns that stand in the table."""
    by_index = {column.index: column for column in columns}
    return [by_index[index] for names in _MAIN if (index := choose(summary, names)) is not None]


def choose(summary: Summary, names: Iterable[str]) -> int | None:
    """Place in `Case.values` of the first of these measures that is there for about as many cases as another; None where there is none."""
    indices = [summary.measures.index(name) for name in names if name in summary.measures]
    counts = {index: _count(summary, index) for index in indices}
    enough = max(counts.values(), default=0) / 2
    return next((index for index, count in counts.items() if count and count >= enough), None)


def _count(summary: Summary, index: int) -> int:
    return sum(case.values[index] is not None for case in summary.cases)


def _describe(index: int, name: str) -> Column:
    measure, part = _KNOWN.get(name, (Measure(printable(name), "", "", ""), _OTHERS))
    label = in_words(measure.name.removesuffix(f"_{measure.unit}"))
    digits = _DIGITS.get(name.rpartition("_")[2], _DIGITS_OF_SHARES if measure.unit == "-" else None)
    return Column(index, measure.name, label, _UNITS.get(measure.unit, measure.unit), measure.definition, part, digits)
