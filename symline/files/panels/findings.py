"""What a score found, in words and numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from symline.files.drawing.page import GAP, PAGE, Panel
from symline.files.drawing.round_numbers import format_number, round_down
from symline.files.drawing.table import draw_table
from symline.model.score import Patch, Score

#: Width of each of the three tables.
WIDTH = (PAGE.inner - 2 * GAP) // 3


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a table of measures.

    Parameters
    ----------
    words
        What is measured.
    measure
        Its name; ``{}`` stands for the unit of lengths.
    form
        How its number is written.
    sides
        What to add where the number is negative, and where it is positive.
    factor
        What it is multiplied by first.
    """

    words: str
    measure: str
    form: str
    sides: tuple[str, str] | None = None
    factor: float = 1.0


SIDES = ("to the left", "to the right")
SYMMETRY = (
    Entry("Symmetry of the whole back (1 at best)", "symmetry", "{:.2f}"),
    Entry("Asymmetry, root mean square", "asymmetry_rms", "{:.3g}"),
    Entry("What noise alone would give", "asymmetry_noise", "{:.2g}"),
    Entry("Asymmetry index (0 at best)", "asymmetry_index", "{:.3f}"),
    Entry("Share of the back that is asymmetric", "asymmetric_area_fraction", "{:.1f} %", factor=100),
    Entry("Due to how the body stands (pose)", "pose_rms", "{:.3g}"),
    Entry("Due to the bend of the midline (posture)", "posture_rms", "{:.3g}"),
    Entry("Left after both (shape)", "shape_rms", "{:.3g}"),
)
LINE = (
    Entry("Length of the midline", "length_{}", "{:.0f} {}"),
    Entry("Largest deviation from its chord", "lateral_deviation_max_{}", "{:.1f} {}", SIDES),
    Entry("Deviation, root mean square", "lateral_deviation_rms_{}", "{:.1f} {}"),
    Entry("Top end, beside the bottom end", "trunk_imbalance_{}", "{:.1f} {}", SIDES),
    Entry("Tilt of the chord", "trunk_imbalance_deg", "{:.1f}°", ("top to the left", "top to the right")),
    Entry("Largest change of tangent (no Cobb angle)", "tangent_angle_deg", "{:.1f}°"),
    Entry("Largest offset of the furrow", "furrow_offset_max_{}", "{:.1f} {}", SIDES),
    Entry("Offset, root mean square", "furrow_offset_rms_{}", "{:.1f} {}"),
)
NOT_KNOWN = "not known"
PATCHES = (
    "Regions that differ from their mirror regions by more than {:.2g}. Each is named on the side where the values stand out from their "
    "surroundings; its mirror region has the opposite colour."
)
NO_PATCHES = "Nowhere do the two sides differ by more than {:.2g} over an area worth naming."
CAPTIONS = {
    "Symmetry": "In the unit of the input, unless it says otherwise. What noise alone would give cannot be told from perfect symmetry.",
    "The midline": "Left and right are those of the image. Chord: the straight line between the two ends of the midline.",
}


def finding_panels(score: Score, measures: Mapping[str, float | None], unit: str) -> list[Panel]:
    """Tables of the patches, of the symmetry, and of the midline.

    Parameters
    ----------
    score
        What was found.
    measures
        All measures of the analysis, those of the score among them.
    unit
        What lengths are in, ``mm`` or ``px``.
    """
    return [
        _patch_panel(score, unit),
        _measure_panel("Symmetry", SYMMETRY, score, measures, unit),
        _measure_panel("The midline", LINE, score, measures, unit),
    ]


def summarise(score: Score, measures: Mapping[str, float | None]) -> str:
    """The main finding in two or three sentences."""
    symmetry, share = measures.get("symmetry"), measures.get("asymmetric_area_fraction")
    whole = "" if symmetry is None else f"Symmetry of the whole back: {symmetry:.2f} (1: a perfect mirror image; 0: nothing in common). "
    if not score.patches:
        return f"{whole}No patch of asymmetry was found."
    first, count = score.patches[0], len(score.patches)
    part = "Part" if share is None else f"{100 * share:.1f} %"
    # more may have been found than are described
    total = int(measures.get("patch_count") or count)
    patches = "one patch" if total == 1 else f"{total} patches" + f", the {count} largest" * (total > count)
    largest = "The patch" if count == 1 else "The largest, number 1,"
    level = "" if first.level is None else f", at level {first.level}"
    return (
        f"{whole}{part} of the back differs markedly from its mirror image: {patches}, outlined, and the regions across from them. "
        f"{largest} is on the {first.side}{level}, where values are {_direction(first)} than on the other side."
    )


def _patch_panel(score: Score, unit: str) -> Panel:
    if not score.patches:
        return Panel("Patches of asymmetry", draw_table([["none"]], "l", WIDTH), NO_PATCHES.format(score.threshold))
    # peaks are told apart, and stand below each other, with digits that a thirtieth of the largest needs
    step = round_down(max(abs(patch.peak) for patch in score.patches) / 30 or 1.0)
    head = ["", "side", "level", f"area, square {unit}", "peak", "it is"]
    rows = [[*_describe(patch, unit, step)] for patch in score.patches]
    return Panel("Patches of asymmetry", draw_table([head, *rows], "rlrrrl", WIDTH, has_head=True), PATCHES.format(score.threshold))


def _describe(patch: Patch, unit: str, step: float) -> Sequence[str]:
    area = patch.area_mm2 if unit == "mm" and patch.area_mm2 is not None else patch.area_px
    level = "-" if patch.level is None else str(patch.level)
    peak = "+" * (patch.peak > 0) + format_number(patch.peak, step)
    return str(patch.number), patch.side, level, f"{area:.0f}", peak, _direction(patch)


def _direction(patch: Patch) -> str:
    return "higher" if patch.peak > 0 else "lower"


def _measure_panel(title: str, entries: Sequence[Entry], score: Score, measures: Mapping[str, float | None], unit: str) -> Panel:
    """The words and the number of each measure that was asked for, and why some are not known."""
    named = {entry.measure.format(unit): entry for entry in entries}
    lines = [[entry.words, _write(entry, measures[name], unit)] for name, entry in named.items() if name in measures]
    reasons = dict.fromkeys(score.missing[name] for name in named if name in score.missing)
    why = f" {NOT_KNOWN.capitalize()}: {'; '.join(reasons)}." if reasons else ""
    return Panel(title, draw_table(lines, "ll", WIDTH), CAPTIONS[title] + why)


def _write(entry: Entry, value: float | None, unit: str) -> str:
    if value is None:
        return NOT_KNOWN
    value *= entry.factor
    if entry.sides is None:
        return entry.form.format(value, unit)
    size = entry.form.format(abs(value), unit)
    # what is written as 0 is on no side
    return f"{size} {entry.sides[value > 0]}" if any(digit in size for digit in "123456789") else size
