"""`S.midline.csv`: the midline as a table, one line for each image row."""

from __future__ import annotations

import math

from symline.model.image import FloatArray
from symline.model.midline import Midline

#: Column -> digits after the point. Fixed, so that the same line gives the same bytes.
COLUMNS = {
    "row_px": 0,
    "col_px": 4,
    "row_mm": 4,
    "col_mm": 4,
    "arc_mm": 4,
    "tangent_deg": 4,
    "curvature_per_mm": 8,
    "pair_angle_deg": 4,
    "symmetry": 4,
    "sd_px": 4,
    "low_px": 4,
    "high_px": 4,
    "furrow_col_px": 4,
}


def midline_csv(midline: Midline) -> bytes:
    """Write a midline as CSV, UTF-8, with a header line; what cannot be given is empty."""
    columns = _columns(midline)
    empty = [""] * len(midline.rows)
    cells = [[_cell(value, digits) for value in columns[name].tolist()] if name in columns else empty for name, digits in COLUMNS.items()]
    lines = [",".join(COLUMNS), *(",".join(line) for line in zip(*cells, strict=True))]
    return ("\n".join(lines) + "\n").encode()


def _columns(midline: Midline) -> dict[str, FloatArray]:
    """The columns that can be given, by name."""
    columns = {
        "row_px": midline.rows,
        "col_px": midline.cols,
        "tangent_deg": midline.tangent * (180 / math.pi),
        "pair_angle_deg": midline.pair_angle * (180 / math.pi),
        "symmetry": midline.symmetry,
        "sd_px": midline.sd,
        "low_px": midline.low,
        "high_px": midline.high,
    }
    if midline.spacing is None:
        return columns
    row, col = midline.spacing
    return columns | {
        "row_mm": midline.rows * row,
        "col_mm": midline.cols * col,
        "arc_mm": midline.arc,
        "curvature_per_mm": midline.curvature,
    }


def _cell(value: float, digits: int) -> str:
    if not math.isfinite(value):
        return ""
    text = f"{value:.{digits}f}"
    return text[1:] if text.startswith("-") and not text.strip("-0.") else text  # never "-0.0000"
