"""What a batch has seen of its inputs' bytes: those of a file that nobody has touched since need not be read again every night."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import astuple, dataclass
from pathlib import Path

from symline.files.opening import open_input

#: Nanoseconds in which a file may change twice and not show it, on the coarsest of disks.
_TICK = 2 * 10**9


@dataclass(frozen=True, slots=True)
class State:
    """What shows that a file was touched: its size, when anything about it was changed last, and its number, as its disk has them.

    The time of its content would not do, since anybody can set it. The number tells files apart that were written at the same time,
    where the folders that they are in have changed their names.
    """

    bytes: int
    changed_ns: int
    inode: int


@dataclass(frozen=True, slots=True)
class Seen:
    """The digest of a file's bytes, and how it was when they were read; no state where that would tell nothing later."""

    sha256: str
    state: State | None


def see(path: Path, earlier: Seen | None = None) -> Seen:
    """The digest of an input's bytes, which are read unless it is as it was seen earlier.

    Raises
    ------
    InputError
        It cannot be read.
    """
    with open_input(path) as stream:
        state = _state(os.fstat(stream.fileno()))
        if earlier is not None and state is not None and earlier.state == state:
            return earlier
        return Seen(hashlib.file_digest(stream, "sha256").hexdigest(), state)  # type: ignore[arg-type]


def state_before(path: Path) -> State | None:
    """How an input is that somebody is about to read: whatever changes it from now on will show."""
    try:
        return _state(path.stat())
    except (OSError, ValueError):  # the reader will tell
        return None


def _state(status: os.stat_result) -> State | None:
    """None for a file that has just been changed, and could be again without a trace."""
    if sys.platform == "win32":  # which tells when it was created
        return None
    changed = status.st_ctime_ns
    return State(status.st_size, changed, status.st_ino) if time.time_ns() - changed > _TICK else None


def to_lines(seen: Mapping[str, Seen | None]) -> dict[str, str]:
    """For a journal: path as people know it -> digest and state, of the inputs that can be told to be untouched later."""
    return {path: " ".join(map(str, (each.sha256, *astuple(each.state)))) for path, each in seen.items() if each and each.state}


def load_seen(journals: Iterable[Path]) -> dict[str, Seen]:
    """What earlier batches have seen: path as people know it -> the input there. What cannot be read, or was never there, is no loss."""
    found: dict[str, Seen] = {}
    for journal in journals:
        with suppress(OSError, ValueError, RecursionError, LookupError, TypeError, AttributeError):
            for path, line in json.loads(journal.read_bytes())["seen"].items():
                sha256, *state = line.split()
                found[path] = Seen(sha256, State(*map(int, state)))
    return found
