"""A table that lists the inputs of a batch, with what is special about each."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from symline.batch.entry import Entry, Inputs
from symline.batch.manifest_table import read_table
from symline.errors import ConfigError
from symline.files.names import display_name, first_names, printable
from symline.files.pixel_size import read_pixel_size

#: What one file system or other does not have in names.
_NOT_IN_NAMES = re.compile(r'[/\\<>:"|?*\x00-\x1f\x7f]')


@dataclass(frozen=True, slots=True)
class _Line:
    """A line, and the absolute path of its file: without dots, links not followed."""

    where: str
    cells: Mapping[str, str]
    file: Path


def read_manifest(path: Path) -> Inputs:
    """Read a manifest. Its paths are relative to its folder; nobody looks yet whether they exist.

    Outputs mirror the tree below that folder, or, if not all inputs lie in it, below the deepest folder that all lie in. Of a file
    that is listed more than once, the id distinguishes the outputs.

    Raises
    ------
    ConfigError
        It cannot be read or makes no sense; the message names the line.
    """
    name = display_name(path)
    rows, unknown = read_table(path)
    if not rows:
        raise ConfigError(f"{name}: no input is listed; a line for each is needed below the header; add some")
    folder = Path(os.path.abspath(path.parent))  # noqa: PTH100
    lines = [_Line(f"{name}: line {at}", cells, _locate(folder, cells, f"{name}: line {at}")) for at, cells in rows]
    root = _find_root(folder, [line.file.parent for line in lines])
    times = Counter(line.file for line in lines)
    entries = tuple(_enter(line, root, path.parent, is_alone=times[line.file] == 1) for line in lines)
    _require_unlike(entries, lines)
    notes = (f"{name}: not used: the columns {first_names(unknown, 10)}",) if unknown else ()
    return Inputs(entries=entries, root=root, notes=notes, listing=path)


def _locate(folder: Path, cells: Mapping[str, str], where: str) -> Path:
    if "path" not in cells:
        raise ConfigError(f"{where}: the path is empty; a file is needed; name one or remove the line")
    file = Path(os.path.abspath(folder / cells["path"]))  # noqa: PTH100
    if not file.name:
        raise ConfigError(f"{where}: the path is {cells['path']!r}; a file is needed; name one or remove the line")
    return file


def _find_root(folder: Path, parents: Sequence[Path]) -> Path:
    if all(parent.is_relative_to(folder) for parent in parents):
        return folder
    return Path(os.path.commonpath(parents))


def _enter(line: _Line, root: Path, folder: Path, *, is_alone: bool) -> Entry:
    cells = line.cells
    target = PurePosixPath(line.file.relative_to(root).as_posix()).with_suffix("")
    if not is_alone:
        target = target.with_name(f"{target.name}.{_require_name(cells.get('id', ''), line)}")
    return Entry(
        id=cells.get("id", str(target)),
        shown=cells["path"],
        path=folder / cells["path"],
        target=target,
        spacing=_read_spacing(cells["spacing"], line) if "spacing" in cells else None,
        mask=folder / cells["mask"] if "mask" in cells else None,
        page=_read_page(cells["page"], line) if "page" in cells else None,
    )


def _require_name(text: str, line: _Line) -> str:
    shown = printable(line.cells["path"])
    if not text:
        raise ConfigError(f"{line.where}: {shown} is listed more than once; each needs an id, which its results are named after; add ids")
    if _NOT_IN_NAMES.search(text):
        raise ConfigError(
            f"{line.where}: the id {text!r} cannot be part of the name of a file, and the results of {shown}, which is listed more than "
            "once, are named after it; letters, digits, - and _ are safe"
        )
    return text


def _read_spacing(text: str, line: _Line) -> tuple[float, float]:
    try:
        return read_pixel_size(text)
    except ConfigError as error:
        raise ConfigError(f"{line.where}: {error}") from error


def _read_page(text: str, line: _Line) -> int:
    # Programs that know one kind of number write 2.0.
    if not re.fullmatch(r"[0-9]{1,9}(\.0*)?", text):
        raise ConfigError(f"{line.where}: the page is {text!r}; a whole number of 0 or more is needed; 0 is the first")
    return int(text.partition(".")[0])


def _require_unlike(entries: Sequence[Entry], lines: Sequence[_Line]) -> None:
    """Refuse an id that two inputs have. Where both have it from their paths, their outputs are the same, which is refused later."""
    first: dict[str, _Line] = {}
    for entry, line in zip(entries, lines, strict=True):
        before = first.setdefault(entry.id, line)
        if before is not line and ("id" in line.cells or "id" in before.cells):
            at = before.where.rpartition(" ")[2]
            raise ConfigError(f"{line.where}: the id {entry.id!r} is that of line {at} as well; each needs one of its own; change one")
