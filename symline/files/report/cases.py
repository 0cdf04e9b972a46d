"""The cases that a page shows: the lines of `summary.csv`, whichever version of symline wrote it."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from symline.errors import InputError
from symline.files.names import display_name, printable, restored
from symline.files.opening import open_input
from symline.files.summary_csv import ABOUT
from symline.model.analysis import Status

#: Worst first.
STATUSES = tuple(status.value for status in reversed(Status))
_NEEDED = ("id", "path", "output", "status")
_AGAIN = "run symline batch again"


class Case(NamedTuple):
    """A line of the summary.

    `output` is the folder and stem of the results, relative to the folder of the summary; `values` are those of `Summary.measures`.
    """

    id: str
    path: str
    output: str
    status: str
    reasons: tuple[str, ...]
    message: str
    sha256: str
    values: tuple[float | None, ...]


class Summary(NamedTuple):
    """The names of the measures, and the cases in the order of the file."""

    measures: tuple[str, ...]
    cases: list[Case]


def read_summary(path: Path) -> Summary:
    """Read a summary; every column that is not about the input itself is a measure.

    Raises
    ------
    InputError
        It cannot be read, a column that is needed is missing, or a line does not make sense.
    """
    name = display_name(path)
    with open_input(path, "summary.csv") as stream:
        # names that are no UTF-8 come back as the file system has them
        lines = csv.reader(restored(line.decode("utf-8", "surrogateescape")) for line in stream)
        try:
            header = _read_header(lines, name)
            measures = tuple(column for column in header if column not in ABOUT)
            return Summary(measures, [_read_case(header, cells, measures) for cells in lines if cells])
        except (csv.Error, ValueError) as error:
            raise InputError(f"{name}: line {lines.line_num}: {printable(str(error))}; {_AGAIN}") from error


def _read_header(lines: Iterator[list[str]], name: str) -> list[str]:
    header = [column.removeprefix("\ufeff") for column in next(lines, [])]
    missing = [column for column in _NEEDED if column not in header]
    if missing:
        raise InputError(f"{name}: it has no column {missing[0]}; a summary that symline batch wrote is needed; {_AGAIN}")
    return header


def _read_case(header: Sequence[str], line: Sequence[str], measures: Iterable[str]) -> Case:
    """One line; what is wrong with it is a ValueError that says so."""
    if len(line) != len(header):
        raise ValueError(f"it has {len(line)} cells; {len(header)} are needed, as in the header")
    cells = dict(zip(header, line, strict=True))
    if cells["status"] not in STATUSES:
        raise ValueError(f"the status is {cells['status']!r}; {', '.join(STATUSES)} are known")
    output = PurePosixPath(cells["output"])
    if output.is_absolute() or ".." in output.parts or "\0" in cells["output"]:  # small pictures are written under this name
        raise ValueError(f"the output {cells['output']!r} is no path inside the folder")
    return Case(
        id=cells["id"],
        path=cells["path"],
        output=cells["output"],
        status=cells["status"],
        reasons=tuple(printable(code) for code in cells.get("reasons", "").split(";") if code),
        message=cells.get("message", ""),
        sha256=cells.get("sha256", ""),
        values=tuple(_number(cells[name]) for name in measures),
    )


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
