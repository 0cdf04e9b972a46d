"""Writing results so that a file is either the old one or the new one, never half of one."""

from __future__ import annotations

import errno
import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from symline.errors import OutputError
from symline.files.names import printable

_FULL = "the disk is full; free some space or choose another folder with --output"
_DENIED = "it may not be written (permission denied); change its permissions or choose another folder with --output"
_FILE_IN_PATH = "a file is in the way; a folder is needed; choose another with --output"
_REASONS = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: "the disk quota is used up; free some space or choose another folder with --output",
    errno.EFBIG: "the file would be larger than this disk or account allows; choose another folder with --output",
    errno.EACCES: _DENIED,
    errno.EPERM: _DENIED,
    errno.EROFS: "the disk is read-only; choose another folder with --output",
    errno.ENOENT: "its folder has vanished, or could not be made; run again",
    errno.ENOTDIR: _FILE_IN_PATH,
    errno.EEXIST: _FILE_IN_PATH,
    errno.EISDIR: "there is a folder of that name; remove it or choose another folder with --output",
    errno.ENAMETOOLONG: "the name is too long for this system; rename the input",
}
#: Seconds after which nobody is still at a temporary file.
_STALE = 3600
_TEMPORARY = re.compile(r"\.[0-9a-f]{16}\.tmp")
_NOTHING: Mapping[Path, None] = {}


def prepare_folder(folder: Path) -> None:
    """Create a folder, with its parents, and make sure that files can be written there.

    Raises
    ------
    OutputError
        It is a file, or cannot be created or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with trial_file(folder):
            pass
    except FileNotFoundError as error:
        raise OutputError(
            f"output folder {printable(str(folder))}: it cannot be created there; choose another one with --output"
        ) from error
    except OSError as error:
        raise OutputError(f"output folder {printable(str(folder))}: {_explain(error)}") from error


@contextmanager
def trial_file(folder: Path) -> Iterator[Path]:
    """Keep an empty file in a folder while the block runs, under a hidden name that nobody can guess: to know it is to see the folder."""
    trial = _temporary(folder)
    try:
        _write_through(trial, b"")
        yield trial
    finally:
        trial.unlink(missing_ok=True)


def require_folder(folder: Path) -> None:
    """Refuse to work for a folder that is not there: nothing that is computed could be kept.

    Raises
    ------
    OutputError
        It is gone.
    """
    try:
        os.stat(f"{folder}/.")  # noqa: PTH116 - of what is in it, and so of no file in its place
    except OSError as error:
        raise OutputError(f"output folder {printable(str(folder))}: {_explain(error)}") from error


def write_files(contents: Mapping[Path, bytes], stale: Iterable[Path] = (), meanwhile: Mapping[Path, bytes | None] = _NOTHING) -> None:
    """Write files that belong together, each as a whole.

    Every file is complete on the disk under a hidden temporary name before the first one gets its own name;
    they get it in the order given, so the one that speaks for the others goes last.

    Parameters
    ----------
    contents
        What each file shall hold. The folders must exist.
    stale
        Files of an earlier result that have no successor; they go just before the new files get their names.
    meanwhile
        What some files shall hold (None: they shall not be there) while the others get their names: however this ends,
        none of them speaks of files that it does not go with.

    Raises
    ------
    OutputError
        A file could not be written. Nothing is left of the temporary files.
    """
    old = list(stale)
    # what is not there anyway would only cost a wait for the disk
    meanwhile = {path: data for path, data in meanwhile.items() if data is not None or os.path.lexists(path)}
    steps = [(path, data, _temporary(path.parent)) for path, data in (*meanwhile.items(), *contents.items())]
    path = Path()
    try:
        for path, data, temporary in steps:  # noqa: B007 - what is told of an error names it
            if data is not None:
                _write_through(temporary, data)
        for path in (*meanwhile, *contents, *old):  # before any of them changes
            _refuse_folder(path)
        for path, data, temporary in steps[: len(meanwhile)]:
            _put_in_place(path, data, temporary)
        _sync_folders(meanwhile)
        for path in old:
            path.unlink(missing_ok=True)
        for path, data, temporary in steps[len(meanwhile) :]:
            _put_in_place(path, data, temporary)
    except OSError as error:
        raise OutputError(f"{printable(str(path))}: {_explain(error)}") from error
    finally:
        for *_, temporary in steps:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
    _sync_folders((*contents, *old))


def _put_in_place(path: Path, data: bytes | None, temporary: Path) -> None:
    if data is None:
        path.unlink(missing_ok=True)
    else:
        os.utime(temporary)  # so that the last file is not older than the moment the others were put in place
        temporary.replace(path)


def sweep(folders: Iterable[Path]) -> None:
    """Remove the temporary files that a process left when it was killed, once they are an hour old: others may be in use."""
    latest = time.time() - _STALE
    for folder in folders:
        with suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                if _TEMPORARY.fullmatch(entry.name) and entry.is_file(follow_symlinks=False) and entry.stat().st_mtime < latest:
                    Path(entry).unlink(missing_ok=True)


def _temporary(folder: Path) -> Path:
    """A hidden name that no other process uses, as short as can be since names have a limit."""
    return folder / f".{secrets.token_hex(8)}.tmp"


def _write_through(path: Path, data: bytes) -> None:
    """Write a new file as far as the disk; its permissions follow the umask, as those of any file do."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    with os.fdopen(descriptor, "wb", closefd=True) as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _refuse_folder(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))


def _sync_folders(paths: Iterable[Path]) -> None:
    """Make the new names of files last through a power cut, on systems that can."""
    for folder in {path.parent for path in paths}:
        with suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _explain(error: OSError) -> str:
    return _REASONS.get(error.errno or 0) or f"it cannot be written ({error.strerror or error}); check the disk"
