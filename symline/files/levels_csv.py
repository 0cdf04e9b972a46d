"""`S.levels.csv`: the symmetry of each level of the back, as a table, from top to bottom."""

from __future__ import annotations

import math
from collections.abc import Callable

from symline.files.cells import by_unit, table
from symline.model.score import Level, Score

#: Digits after the point, by what a column holds; asymmetries and means are in the image's own unit.
DIGITS = {"level": 0, "symmetry": 4, "px": 4, "mm": 4}
#: Column -> what it holds of a level, where a pixel has a size (row, col).
COLUMNS: dict[str, Callable[[Level, float, float], float]] = {
    "level": lambda level, _row, _col: level.number,
    "top_row_px": lambda level, _row, _col: level.top_row,
    "bottom_row_px": lambda level, _row, _col: level.bottom_row,
    "top_row_mm": lambda level, row, _col: level.top_row * row,
    "bottom_row_mm": lambda level, row, _col: level.bottom_row * row,
    "symmetry": lambda level, _row, _col: level.symmetry,
    "asymmetry_rms": lambda level, _row, _col: level.asymmetry_rms,
    "signed_asymmetry": lambda level, _row, _col: level.signed_asymmetry,
    "left_mean": lambda level, _row, _col: level.left_mean,
    "right_mean": lambda level, _row, _col: level.right_mean,
    "width_px": lambda level, _row, _col: level.width,
    "width_mm": lambda level, _row, col: level.width * col,
    "furrow_offset_px": lambda level, _row, _col: level.furrow_offset,
    "furrow_offset_mm": lambda level, _row, col: level.furrow_offset * col,
    "sd_px": lambda level, _row, _col: level.sd,
}


def levels_csv(score: Score, spacing: tuple[float, float] | None) -> bytes:
    """Write the levels of a score as CSV, UTF-8, with a header line; what cannot be given is empty.

    Parameters
    ----------
    score
        The score of an image.
    spacing
        Pixel size (row, col) in mm, or None where it is unknown: then what is in mm is empty.
    """
    row, col = spacing or (math.nan, math.nan)
    cells = [by_unit([of(level, row, col) for level in score.levels], name, DIGITS) for name, of in COLUMNS.items()]
    return table(COLUMNS, zip(*cells, strict=True))
