"""`S.midline.csv`: the midline as a table, one line for each image row."""

from __future__ import annotations

import codecs
import math
from pathlib import Path

from symline.files.cells import fixed, table
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
    row, col = midline.spacing or (math.nan, math.nan)
    in_mm = 1.0 if midline.spacing else math.nan
    columns = {
        "row_px": midline.rows,
        "col_px": midline.cols,
        "row_mm": midline.rows * row,
        "col_mm": midline.cols * col,
        "arc_mm": midline.arc * in_mm,
        "tangent_deg": midline.tangent * (180 / math.pi),
        "curvature_per_mm": midline.curvature * in_mm,
        "pair_angle_deg": midline.pair_angle * (180 / math.pi),
        "symmetry": midline.symmetry,
        "sd_px": midline.sd,
        "low_px": midline.low,
        "high_px": midline.high,
        "furrow_col_px": midline.furrow,
    }
    return table(COLUMNS, zip(*(fixed(columns[name].tolist(), digits) for name, digits in COLUMNS.items()), strict=True))


def is_own_table(path: Path) -> bool:
    """Whether a file begins as symline begins its tables, or breaks off where they begin.

    Raises
    ------
    OSError
        It cannot be read.
    """
    header = table(COLUMNS, ())
    with path.open("rb") as stream:
        return header.startswith(stream.read(len(header)))


def is_whole_table(path: Path, size: int = 0) -> bool:
    """Whether a file is text that was not cut off, whatever else was done to it: programs write tables in more ways than one.

    Parameters
    ----------
    size
        Bytes that were written there; a file of as many is not cut off.
    """
    try:
        data = path.read_bytes()
    except OSError:
        return False
    is_wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = data.decode("utf-16" if is_wide else "utf-8-sig", errors="replace")
    if not text.strip() or "\0" in text:
        return False
    first, last = text.splitlines()[0], text.splitlines()[-1]
    delimiter = max(",;\t", key=first.count)
    return text.endswith(("\n", "\r")) or len(data) >= size or (first != last and first.count(delimiter) == last.count(delimiter))
