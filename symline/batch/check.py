"""What is refused before any work starts, because it would lose somebody's files."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

from symline.batch.request import RECORD, Request
from symline.errors import ConfigError, OutputError
from symline.files.names import display_name, printable
from symline.files.results import load_record
from symline.files.write import prepare_folder

_SHOWN = 3


def check(paths: Sequence[Path], request: Request) -> None:
    """Refuse a call as a whole where its outputs would replace one another, an input, or earlier results; then make the folder.

    Raises
    ------
    ConfigError
        Two inputs would write the same files, or an output would replace an input.
    OutputError
        Results exist already and may not be overwritten, or the folder cannot be written to.
    """
    _refuse_clashes(paths)
    _refuse_inputs_as_targets(paths, request)
    if not request.overwrite:
        _refuse_existing(paths, request)
    prepare_folder(request.folder)


def _refuse_clashes(paths: Sequence[Path]) -> None:
    for _, group in groupby(sorted(paths, key=_identity), key=_identity):
        same = list(group)
        if len(same) > 1:
            raise ConfigError(
                f"{printable(str(same[0]))} and {printable(str(same[1]))} would write the same files, {printable(same[0].stem)}.*; "
                "different names are needed; rename one or give them in two calls with different --output"
            )


def _identity(path: Path) -> str:
    """What the outputs are called, as file systems compare it."""
    return path.stem.casefold() if sys.platform in ("darwin", "win32") else path.stem


def _refuse_inputs_as_targets(paths: Sequence[Path], request: Request) -> None:
    given = [*paths, *(path for path in (request.reading.mask, request.midline) if path is not None)]
    folder = os.path.realpath(request.folder)
    targets = {os.path.join(folder, target.name) for path in paths for target in request.targets(path).values()}  # noqa: PTH118
    for path in given:
        if not targets.isdisjoint((os.path.realpath(path), os.path.join(os.path.realpath(path.parent), path.name))):  # noqa: PTH118
            raise ConfigError(
                f"{printable(str(path))} is an input, and an output would replace it; choose another folder with --output, "
                "or give the images only"
            )


def _refuse_existing(paths: Iterable[Path], request: Request) -> None:
    existing = [target for path in paths for target in _existing(path, request)]
    if not existing:
        return
    names = ", ".join(display_name(target) for target in existing[:_SHOWN])
    more = f" and {len(existing) - _SHOWN} more" if len(existing) > _SHOWN else ""
    exist = "1 output exists" if len(existing) == 1 else f"{len(existing)} outputs exist"
    raise OutputError(
        f"output folder {printable(str(request.folder))}: {exist} already ({names}{more}); "
        "nothing was done; give --overwrite to replace, or another folder with --output"
    )


def _existing(path: Path, request: Request) -> list[Path]:
    """The outputs there are; a record of other commands does not count, since this one only adds its section to it."""
    targets = request.targets(path)
    record = targets.pop(RECORD)
    existing = [target for target in targets.values() if os.path.lexists(target)]
    if os.path.lexists(record) and (load_record(record) or {request.product.section: True}).get(request.product.section):
        existing.append(record)
    return existing
