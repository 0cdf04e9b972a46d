"""A line that somebody gives, from a table: an earlier `S.midline.csv`, or one made by hand or by another program."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

import numpy as np

from symline.errors import InputError
from symline.files.names import display_name, printable
from symline.files.opening import open_input
from symline.model.image import FloatArray
from symline.model.line import Line

#: What a line needs that somebody gives, and what it may have.
_NEEDED, _ANGLE = ("row_px", "col_px"), "pair_angle_deg"
_BAND, _IN_MM = ("low_px", "high_px"), ("row_mm", "col_mm")
#: How far, as a share, the sizes of a pixel may differ that the points of a table tell: they are written with four digits after the point.
_SAME_SIZE = 1e-3
_TRY = "give a S.midline.csv of symline midline, or a table with the columns row_px,col_px"


def read_line(path: Path) -> Line:
    """Read a line from a table.

    Parameters
    ----------
    path
        Comma-separated, UTF-8, with a header line. The columns `row_px` and `col_px` are needed; `pair_angle_deg` is used where every row
        has it, `low_px` and `high_px` where a row has both, `row_mm` and `col_mm` where they tell one size of a pixel; others are
        ignored. The rows may come in any order.

    Raises
    ------
    InputError
        The file cannot be read, is no such table, or its points are no line.
    """
    name = display_name(path)
    table = _read_table(path, name)
    if len(table) < 2:
        raise InputError(f"{name}: the table has {len(table)} row{'' if len(table) == 1 else 's'}; a line needs two points or more; {_TRY}")
    points = np.array([[_number(cells, column, name, at) for column in _NEEDED] for at, cells in table])
    order = np.argsort(points[:, 0], kind="stable")
    points = points[order]
    again = points[1:, 0][np.diff(points[:, 0]) == 0]
    if again.size:
        raise InputError(f"{name}: row_px {again[0]:g} is there more than once; a line has one point in each row; remove all but one")
    table = [table[index] for index in order]
    angles = _read_angles(table, name)
    try:
        return Line(points, angles, _read_band(table), _read_spacing(table, points))
    except InputError as error:
        raise InputError(f"{name}: {str(error).removeprefix('line: ')}") from error


def _read_angles(table: list[tuple[int, dict[str, str]]], name: str) -> FloatArray | None:
    """Pair angles, radians, if every row has one."""
    if not all((cells.get(_ANGLE) or "").strip() for _, cells in table):
        return None
    return np.deg2rad([_number(cells, _ANGLE, name, at) for at, cells in table])


def _read_band(table: list[tuple[int, dict[str, str]]]) -> FloatArray | None:
    """Edges of the band, NaN in rows that have none; None where no row has one."""
    edges = np.array([[_number_or_nan(cells, column) for column in _BAND] for _, cells in table])
    return edges if np.isfinite(edges).all(axis=1).any() else None


def _read_spacing(table: list[tuple[int, dict[str, str]]], points: FloatArray) -> tuple[float, float] | None:
    """Size of a pixel (row, col) in mm, if the points in mm tell one."""
    in_mm = np.array([[_number_or_nan(cells, column) for column in _IN_MM] for _, cells in table])
    sizes = []
    for px, mm in zip(points.T, in_mm.T, strict=True):
        farthest = int(np.argmax(np.abs(px)))
        size = float(mm[farthest] / px[farthest]) if px[farthest] else math.nan
        if not (0 < size < math.inf and np.allclose(mm, px * size, rtol=_SAME_SIZE, atol=_SAME_SIZE * size)):
            return None
        # the last digits are those of rounding
        sizes.append(float(f"{size:.6g}"))
    return sizes[0], sizes[1]


def _read_table(path: Path, name: str) -> list[tuple[int, dict[str, str]]]:
    """Number in the file and cells of each line below the header."""
    with open_input(path, "*.csv") as stream:
        data = stream.read()
    try:
        # programs that write tables put a mark of the byte order in front
        reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), restval="", skipinitialspace=True, strict=True)
        header = [column.strip() for column in reader.fieldnames or ()]
        _require_columns(header, name)
        reader.fieldnames = header
        return [(reader.line_num, cells) for cells in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{name}: this is not a table ({error}); comma-separated text in UTF-8 is needed; {_TRY}") from error


def _require_columns(header: list[str], name: str) -> None:
    missing = [column for column in _NEEDED if column not in header]
    if missing:
        found = printable(", ".join(header))
        found = found if len(found) < 80 else found[:80] + "…"
        what = f"the columns found are {found}" if found else "the file is empty"
        raise InputError(f"{name}: {' and '.join(missing)} not found ({what}); the first line must name both; {_TRY}")
    twice = [column for column in (*_NEEDED, _ANGLE) if header.count(column) > 1]
    if twice:
        raise InputError(f"{name}: the column {twice[0]} is there more than once; one is needed; remove the others")


def _number_or_nan(cells: dict[str, str], column: str) -> float:
    try:
        return float(cells.get(column) or "nan")
    except ValueError:
        return math.nan


def _number(cells: dict[str, str], column: str, name: str, at: int) -> float:
    text = (cells[column] or "").strip()
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        shown = printable(repr(text[:40])) if text else "empty"
        raise InputError(f"{name}: line {at}: {column} is {shown}; a finite number is needed; correct it or remove the line")
    return value
