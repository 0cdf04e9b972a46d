"""The table in a manifest: which columns it has, and the cells of each line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from symline.errors import ConfigError, InputError
from symline.files.names import display_name, first_names, printable
from symline.files.opening import open_input

COLUMNS = ("path", "id", "spacing", "mask", "page")
#: To overlook one of these would change the results.
_WEIGHTY = tuple(column for column in COLUMNS if column != "id")
#: Similarity, 1 for the same, from which the name of a column is taken for a slip of the pen.
_SIMILAR = 0.8
_HEADER = "the first line names the columns: path, and id, spacing, mask, page as needed"

#: Number in the file, and the cells of known columns that are not empty.
Row = tuple[int, Mapping[str, str]]


def read_table(path: Path) -> tuple[list[Row], list[str]]:
    """Read comma-separated text, UTF-8, with a header line; blank lines do not count.

    Returns
    -------
    tuple
        The rows, and the names of columns that are not known.

    Raises
    ------
    ConfigError
        It cannot be read, is no such table, or its header is not understood.
    """
    name = display_name(path)
    lines = [(at, cells) for at, cells in _parse(_read_text(path, name), name) if any(map(str.strip, cells))]
    header = [cell.strip() for cell in lines[0][1]] if lines else []
    columns = [column.casefold() for column in header]
    _check_header(columns, name)
    rows: list[Row] = [(at, _match(columns, cells, f"{name}: line {at}")) for at, cells in lines[1:]]
    return rows, [column for column in header if column and column.casefold() not in COLUMNS]


def _read_text(path: Path, name: str) -> str:
    try:
        with open_input(path, "*.csv") as stream:
            # programs that write tables put a mark of the byte order in front
            text = stream.read().decode("utf-8-sig")
    except InputError as error:
        raise ConfigError(str(error)) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{name}: this is not text in UTF-8 ({error}); a table is needed; export it as CSV UTF-8") from error
    if "\0" in text:
        raise ConfigError(f"{name}: this is not text in UTF-8 (it holds zeros); a table is needed; export it as CSV UTF-8")
    return text


def _parse(text: str, name: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), skipinitialspace=True, strict=True)
    try:
        return [(reader.line_num, cells) for cells in reader]
    except csv.Error as error:
        raise ConfigError(f"{name}: line {reader.line_num}: this is no line of a table ({error}); check its quotes") from error


def _check_header(columns: Sequence[str], name: str) -> None:
    for other in ("\t", ";"):
        if len(columns) == 1 and "path" in columns[0].split(other) and other in columns[0]:
            raise ConfigError(f"{name}: the columns are separated by {other!r}; commas are needed; export it as comma-separated")
    twice = [column for column in COLUMNS if columns.count(column) > 1]
    if twice:
        raise ConfigError(f"{name}: the column {twice[0]} is there more than once; one is needed; remove the others")
    for column in columns:
        if column not in COLUMNS and (meant := _guess(column, [each for each in _WEIGHTY if each not in columns])):
            raise ConfigError(
                f"{name}: the column {printable(column)!r} is unknown; did you mean {meant}? give it that name, or one that is less like it"
            )
    if "path" not in columns:
        found = f"the columns found are {first_names(columns, 10)}" if columns else "the file is empty"
        raise ConfigError(f"{name}: the column path is not found ({found}); {_HEADER}; add them")


def _guess(column: str, missing: Sequence[str]) -> str | None:
    """The known column that one like `masks` or `spacing (mm)` is meant to be. One like `age` is its own."""
    word = re.match(r"[a-z]*", column)
    if word and word[0] in missing:
        return word[0]
    return next(iter(get_close_matches(column, [each for each in missing if each[0] == column[:1]], n=1, cutoff=_SIMILAR)), None)


def _match(columns: Sequence[str], cells: list[str], where: str) -> dict[str, str]:
    while len(cells) > len(columns) and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) > len(columns):
        raise ConfigError(
            f'{where}: there are {len(cells)} cells, and {len(columns)} columns; a cell with a comma needs quotes, such as "1.3,0.9"'
        )
    known = {column: cell for column, cell in zip(columns, cells, strict=False) if column in COLUMNS and cell.strip()}
    # names of files may end in spaces
    return {column: cell if column in ("path", "mask") else cell.strip() for column, cell in known.items()}
