"""What is refused before any work starts, because it would lose somebody's files."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from symline.batch.job import RECORD, Job
from symline.batch.overrides import NAME as OVERRIDES_NAME
from symline.batch.own_files import is_own
from symline.errors import ConfigError, OutputError
from symline.files.names import first_names, printable
from symline.files.results import load_record


def check(jobs: Sequence[Job], *, overwrite: bool, others: Iterable[Path] = (), out: Path | None = None, log: Path | None = None) -> None:
    """Refuse a call as a whole where its outputs would replace one another, an input, or earlier results.

    Parameters
    ----------
    others
        Files that are inputs as well, and those of no job.
    out
        The output folder of a batch, which itself writes there.
    log
        A file that is added to.

    Raises
    ------
    ConfigError
        An input has no name to call its outputs by, two would write the same files, or an output would replace an input.
    OutputError
        Results exist already and may not be overwritten.
    """
    _real_folder.cache_clear()  # links, and the folder that this process is in, may be others by now
    _refuse_nameless(jobs)
    _refuse_clashes(jobs)
    given = {path for job in jobs for path in (job.path, job.reading.mask, job.midline) if path is not None} | set(others)
    is_output = _outputs(jobs, out)
    _refuse_inputs_as_targets(given, is_output)
    if log is not None:
        _refuse_as_log(log, given, is_output)
    if not overwrite:
        _refuse_existing(jobs)


def _refuse_nameless(jobs: Iterable[Job]) -> None:
    for job in jobs:
        if job.path.stem in ("", ".", ".."):
            raise ConfigError(
                f"{printable(str(job.path))}: there is no name in this to call the results by; a file such as back.npy is needed; "
                "rename the file, or give those in the folder"
            )


def _refuse_clashes(jobs: Sequence[Job]) -> None:
    for _, group in groupby(sorted(jobs, key=_identity), key=_identity):
        same = list(group)
        if len(same) > 1:
            first, second = same[:2]
            raise ConfigError(
                f"{printable(str(first.path))} and {printable(str(second.path))} would write the same files, "
                f"{printable(first.target.name)}.*; different names are needed; rename one, or make two calls with different --output"
            )


def _identity(job: Job) -> str:
    return _fold(_real(job.target))


def _fold(name: str) -> str:
    """A name as file systems compare it."""
    return name.casefold() if sys.platform in ("darwin", "win32") else name


def _outputs(jobs: Sequence[Job], out: Path | None) -> Callable[[Path], bool]:
    """What tells whether something is written to a file, or through a link of that name."""
    targets = {_identity(job) for job in jobs}
    endings = {ending for job in jobs for ending in job.endings}
    thumbnails = {_fold(_real(job.member.thumbnail)) for job in jobs if job.member}
    top = None if out is None else _fold(os.path.realpath(out))

    def is_written(name: str) -> bool:
        folder, _, last = name.rpartition(os.sep)
        if (folder == top and is_own(last)) or name in thumbnails:
            return True
        return any(name.endswith(each) and name.removesuffix(each) in targets for each in endings)

    return lambda path: any(is_written(_fold(name)) for name in (_real(path), _end(path)))


def _refuse_inputs_as_targets(given: Iterable[Path], is_output: Callable[[Path], bool]) -> None:
    for path in given:
        if is_output(path):
            raise ConfigError(
                f"{printable(str(path))} is an input, and an output would replace it; choose another folder with --output, "
                "or give the images only"
            )


def _refuse_as_log(log: Path, given: Iterable[Path], is_output: Callable[[Path], bool]) -> None:
    name = _fold(_end(log))
    is_input = any(_fold(_end(path)) == name for path in given)
    if is_input or is_output(log) or Path(name).name == OVERRIDES_NAME:
        what = "an input" if is_input else "an output" if is_output(log) else "where parameters for a folder belong"
        raise ConfigError(
            f"log {printable(str(log))}: this is {what}, and lines would be added to it; another file is needed; give one with --log-json"
        )


def _real(path: Path) -> str:
    """Where a name is, whatever it leads to."""
    # as text, which takes a fraction of the time: thousands are asked for
    folder, name = os.path.split(path)
    return os.path.join(_real_folder(folder), name)  # noqa: PTH118


def _end(path: Path) -> str:
    """Where a name leads to."""
    # os.path.islink, unlike the method of a Path, takes what cannot be looked at for none
    return os.path.realpath(path) if os.path.islink(path) else _real(path)  # noqa: PTH114


@lru_cache
def _real_folder(folder: str) -> str:
    return os.path.realpath(folder)


def _refuse_existing(jobs: Iterable[Job]) -> None:
    existing = [target for job in jobs for target in _existing(job)]
    if not existing:
        return
    exist = "1 output exists" if len(existing) == 1 else f"{len(existing)} outputs exist"
    raise OutputError(
        f"output folder {printable(str(existing[0].parent))}: {exist} already ({first_names([target.name for target in existing])}); "
        "nothing was done; give --overwrite to replace, or another folder with --output"
    )


def _existing(job: Job) -> list[Path]:
    """The outputs there are; a record of other commands does not count, since this one only adds its section to it."""
    targets = job.targets
    record = targets.pop(RECORD)
    existing = [target for target in targets.values() if os.path.lexists(target)]
    if os.path.lexists(record):
        earlier = load_record(record)
        if earlier is None or any(earlier[product.section] for product in job.products):
            existing.append(record)
    return existing
