"""Opening an input file: the operating system's refusals in plain words, and no change while it is read."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from symline.errors import InputError
from symline.files.names import display_name, printable

#: Pixels of the largest image that is read unless somebody asks for more.
MAX_PIXELS = 400_000_000
_IMAGES = "*.npy"
_REASONS = {
    errno.ENOENT: "there is no such file; check the path",
    errno.ENOTDIR: "a part of its path is not a folder; check the path",
    errno.EACCES: "it may not be read (permission denied); change its permissions",
    errno.EPERM: "it may not be read (permission denied); change its permissions",
    errno.ELOOP: "its symbolic links lead in a circle; give the path of the file itself",
    errno.ENAMETOOLONG: "its path is too long for this system; move or rename it",
}


@contextmanager
def open_input(path: Path, example: str = _IMAGES) -> Iterator[BinaryIO]:
    """Open a regular file for reading.

    Parameters
    ----------
    path
        The file.
    example
        Files like the one that is needed: what to give instead of a folder.

    Raises
    ------
    InputError
        The file is missing, a folder, a device, unreadable, or was written to between opening and the end of the block;
        also when the memory runs out inside the block.
    """
    name = display_name(path)
    try:
        _require_file(_mode(path, name), name, example)  # to open a device may do something
        with open(path, "rb", opener=_open_at_once) as stream:
            _require_file(os.fstat(stream.fileno()).st_mode, name, example)  # it may have been replaced meanwhile
            before = _state(stream)
            yield stream
            if _state(stream) != before:
                raise InputError(f"{name}: the file changed while it was being read; wait until it is complete and try again")
    except OSError as error:
        raise InputError(f"{name}: {_explain(path, error)}") from error
    except MemoryError as error:
        raise InputError(f"{name}: there is not enough memory to read it; a smaller image is needed; resample it first") from error


def _mode(path: Path, name: str) -> int:
    try:
        return path.stat().st_mode
    except ValueError as error:  # a NUL character, which no file name can hold
        raise InputError(f"{name}: this is not a possible file name; check the path") from error


def _open_at_once(path: str, flags: int) -> int:
    """Without waiting for somebody at the other end, should it have become a pipe."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _require_file(mode: int, name: str, example: str) -> None:
    if stat.S_ISDIR(mode):
        whole = ", or the folder to symline batch" if example == _IMAGES else ""
        raise InputError(f"{name}: this is a folder; a file is needed; give the files in it, such as folder/{example}{whole}")
    if not stat.S_ISREG(mode):
        raise InputError(f"{name}: this is a device or a pipe; a file is needed; copy its content into a file")


def _state(stream: BinaryIO) -> tuple[int, int]:
    status = os.fstat(stream.fileno())
    return status.st_size, status.st_mtime_ns


def _explain(path: Path, error: OSError) -> str:
    reason = _REASONS.get(error.errno or 0)
    if reason is None:
        return f"it cannot be read ({error.strerror or error}); check the file and its disk"
    return f"{reason} ({printable(str(path))})"
