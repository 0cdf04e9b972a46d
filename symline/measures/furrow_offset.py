"""Measures of how far the furrow or ridge of the spine runs aside of the midline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from symline.measures.line import NO_SPACING
from symline.measures.line_shape import rows_between
from symline.model.midline import Midline

#: Share of the line along which the furrow has to be visible before its offset is measured.
LEAST_VISIBLE = 1 / 3
_NAMES = ("furrow_offset_max", "furrow_offset_rms", "furrow_apex_row")


class FurrowMeasures(NamedTuple):
    """Name (unit in the name) -> number, or None where it cannot be had; and why, in words."""

    measures: Mapping[str, float | None]
    missing: Mapping[str, str]


def measure_furrow(midline: Midline, top_row: float | None = None, bottom_row: float | None = None) -> FurrowMeasures:
    """Measure the column of the furrow less that of the midline, positive to the right.

    Parameters
    ----------
    midline
        With its furrow.
    top_row, bottom_row
        Between which rows, px; default: from end to end.
    """
    part = rows_between(midline, top_row, bottom_row)
    rows, offset = midline.rows[part], (midline.furrow - midline.cols)[part]
    seen = np.isfinite(offset)
    visible = float(seen.mean()) if seen.size else 0.0
    in_px: dict[str, float | None] = {f"{name}_px": None for name in _NAMES}
    in_mm: dict[str, float | None] = {f"{name}_mm": None for name in _NAMES}
    if visible < LEAST_VISIBLE:
        why = f"a furrow or ridge is visible along {visible:.0%} of the line; a third is needed"
        return FurrowMeasures(in_px | in_mm, dict.fromkeys(in_px | in_mm, why))
    rows, offset = rows[seen], offset[seen]
    farthest = int(np.argmax(np.abs(offset)))
    values = (float(offset[farthest]), float(np.sqrt(np.mean(offset**2))), float(rows[farthest]))
    in_px = dict(zip(in_px, values, strict=True))
    if midline.spacing is None:
        return FurrowMeasures(in_px | in_mm, dict.fromkeys(in_mm, NO_SPACING))
    row, col = midline.spacing
    in_mm = dict(zip(in_mm, (value * size for value, size in zip(values, (col, col, row), strict=True)), strict=True))
    return FurrowMeasures(in_px | in_mm, {})
