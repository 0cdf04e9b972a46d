"""`summary.csv`: a table of all inputs of a batch, a line each, made from their records alone."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from symline.errors import InputError
from symline.files.cells import csv_line
from symline.files.names import printable, restored
from symline.files.results import Record
from symline.measures.catalogue import known_measures
from symline.model.midline import BAND

#: The columns about the input itself; all others are measures.
ABOUT = ("id", "path", "output", "status", "reasons", "message", "sha256")
#: Column -> the deviation (px) whose 95 % band it tells the width of.
_BANDS = {"band_median": "sd_median_px", "band_max": "sd_max_px"}
COLUMNS = (*ABOUT, *(f"{name}_{unit}" for unit in ("px", "mm") for name in _BANDS), *known_measures())


def summary_line(about: Mapping[str, str], answer: Mapping[str, Any], record: Record | None = None) -> str:
    """Write the line of one input.

    Parameters
    ----------
    about
        Its id, path and output: the cells that are known before any work.
    answer
        Its status, reasons and message.
    record
        That of its result, if it has one; else the columns of measures are empty.
    """
    cells = {
        **about,
        "status": answer["status"],
        "reasons": ";".join(answer["reasons"]),
        "message": answer["message"] or "",
    }
    if record is not None:
        cells |= _measured(record)
    return csv_line([cells.get(column, "") for column in COLUMNS])


def summary_csv(lines: Iterable[str]) -> bytes:
    """Write the whole table, UTF-8, with a header line."""
    # file names may hold bytes that are no UTF-8
    return "".join((csv_line(COLUMNS), *lines)).encode("utf-8", errors="backslashreplace")


def read_lines(path: Path) -> dict[str, str]:
    """Read a summary: id -> line, in its order.

    Raises
    ------
    InputError
        It cannot be read, or is none that this version has written.
    """
    name = printable(str(path))
    try:
        header, *rows = csv.reader(io.StringIO(path.read_bytes().decode("utf-8"), newline=""), strict=True)
    except (OSError, ValueError, csv.Error) as error:
        raise InputError(f"{name}: it cannot be read ({error}); a summary of symline batch is needed; run the batch again") from error
    rows = [row for row in rows if row]
    if tuple(header) != COLUMNS or any(len(row) != len(COLUMNS) for row in rows):
        raise InputError(f"{name}: its columns are others than this version of symline writes; run the batch again")
    return {restored(row[0]): csv_line(row) for row in rows}


def _measured(record: Record) -> dict[str, str]:
    spacing = record["input"]["spacing_mm"]
    midline = record["midline"] or {}
    bands = {}
    for name, deviation in _BANDS.items():
        sd = midline.get(deviation)
        width = None if sd is None else 2 * BAND * sd
        bands[f"{name}_px"] = _cell(width)
        bands[f"{name}_mm"] = _cell(None if width is None or spacing is None else width * spacing[1])
    return {"sha256": record["input"]["sha256"] or ""} | bands | {name: _cell(value) for name, value in record["measures"].items()}


def _cell(value: float | None) -> str:
    """As in the record; empty where there is none."""
    return "" if value is None else repr(float(f"{value:.9g}"))
