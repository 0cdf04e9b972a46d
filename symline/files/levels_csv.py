"""`S.levels.csv`: the symmetry of each level of the back, as a table, from top to bottom."""

from __future__ import annotations

import math

from symline.files.cells import by_unit, table
from symline.model.score import Level, Score

#: Digits after the point, by what a column holds; asymmetries and means are in the image's own unit.
DIGITS = {"level": 0, "symmetry": 4, "px": 4, "mm": 4}
COLUMNS = (
    "level",
    "top_row_px",
    "bottom_row_px",
    "top_row_mm",
    "bottom_row_mm",
    "symmetry",
    "asymmetry_rms",
    "signed_asymmetry",
    "left_mean",
    "right_mean",
    "width_px",
    "width_mm",
    "furrow_offset_px",
    "furrow_offset_mm",
    "sd_px",
)


def levels_csv(score: Score, spacing: tuple[float, float] | None) -> bytes:
    """Write the levels of a score as CSV, UTF-8, with a header line; what cannot be given is empty.

    Parameters
    ----------
    score
        The score of an image.
    spacing
        Pixel size (row, col) in mm, or None where it is unknown: then what is in mm is empty.
    """
    lines = [_values(level, spacing or (math.nan, math.nan)) for level in score.levels]
    cells = [by_unit([line[column] for line in lines], column, DIGITS) for column in COLUMNS]
    return table(COLUMNS, zip(*cells, strict=True))


def _values(level: Level, spacing: tuple[float, float]) -> dict[str, float]:
    row, col = spacing
    return {
        "level": level.number,
        "top_row_px": level.top_row,
        "bottom_row_px": level.bottom_row,
        "top_row_mm": level.top_row * row,
        "bottom_row_mm": level.bottom_row * row,
        "symmetry": level.symmetry,
        "asymmetry_rms": level.asymmetry_rms,
        "signed_asymmetry": level.signed_asymmetry,
        "left_mean": level.left_mean,
        "right_mean": level.right_mean,
        "width_px": level.width,
        "width_mm": level.width * col,
        "furrow_offset_px": level.furrow_offset,
        "furrow_offset_mm": level.furrow_offset * col,
        "sd_px": level.sd,
    }
