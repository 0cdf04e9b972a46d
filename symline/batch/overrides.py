"""`symline.toml`: settings of a folder, which hold in the folders below it as well, as far as these have none of their own."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from symline.batch.job import Reading
from symline.batch.precedence import Tables
from symline.config import Config, load_tables
from symline.errors import ConfigError, suggest
from symline.files.background import parse_background
from symline.files.pixel_size import read_pixel_size

NAME = "symline.toml"
_READING = "reading"


@dataclass(frozen=True, slots=True)
class Settled:
    """What holds for the inputs of a folder.

    Parameters
    ----------
    config
        How to analyse them.
    reading
        How to read them; what is said of one input alone overrides it.
    files
        The files that had a say, outermost first, relative to the root, with `/`.
    """

    config: Config
    reading: Reading
    files: tuple[str, ...] = ()


class Overrides:
    """Settles what holds in the folders below a root. Each file is read once.

    Parameters
    ----------
    root
        The folder above which no file has a say.
    combine
        The tables of all files, outermost first -> the configuration; raises ConfigError.
    options
        Fields of `Reading` that the command line gives, which override what files say.
    """

    def __init__(self, root: Path, combine: Callable[[tuple[Tables, ...]], Config], options: Mapping[str, Any]) -> None:
        self._root, self._combine, self._options = root, combine, options
        self._load = cache(self._load_file)
        self._settle = cache(self._settle_files)
        # Hundreds of folders may say the same: their inputs share one object.
        self._share: Callable[[Any], Any] = cache(lambda value: value)

    @property
    def base(self) -> Settled:
        """What holds where no file has a say; raises as `settle` does."""
        return self._settle(())

    def settle(self, folder: PurePosixPath) -> Settled:
        """What holds in a folder, given relative to the root.

        Raises
        ------
        ConfigError
            A file cannot be read, or makes no sense together with those above it.
        """
        folders = (*reversed(folder.parents), folder)
        return self._settle(tuple(name for name in map(str, (each / NAME for each in folders)) if self._load(name) is not None))

    def _load_file(self, name: str) -> Tables | None:
        path = self._root / name
        if not os.path.lexists(path):
            return None
        if path.is_fifo():  # nobody may ever write to it, and nobody is asked for it, as for a pipe given with --config
            raise ConfigError(f"{name!r}: this is a pipe; a TOML file is needed; copy its content into a file")
        return load_tables(path, name)

    def _settle_files(self, names: tuple[str, ...]) -> Settled:
        # First without the innermost, so that an error is told of the file that it comes with.
        above = self._settle(names[:-1]) if names else None
        files = tuple(tables for tables in map(self._load, names) if tables is not None)
        try:
            for misplaced in sorted(_CHECKS.keys() & set().union(*files)):
                raise ConfigError(f"{misplaced} says how files are read; it belongs into the table [{_READING}]")
            config = self._combine(tuple({key: value for key, value in tables.items() if key != _READING} for tables in files))
            said = [_check_reading(tables.get(_READING, {})) for tables in files]
        except ConfigError as error:
            if above is None:
                raise
            raise ConfigError(f"{names[-1]!r}: {error}") from error
        merged = {key: value for table in (*said, self._options) for key, value in table.items()}
        return Settled(self._share(config), self._share(Reading(**merged)), names)


def _check_reading(table: Any) -> dict[str, Any]:
    """The table `[reading]`, with the values as `Reading` has them."""
    if not isinstance(table, Mapping):
        raise ConfigError(f"{_READING} is {table!r}; it must be a table, [{_READING}]")
    return {key: _check(key, value) for key, value in table.items()}


def _check(key: str, value: Any) -> Any:
    if key not in _CHECKS:
        raise ConfigError(f"[{_READING}]: the field {key!r} is unknown; {suggest(key, _CHECKS)}")
    try:
        return _CHECKS[key](value)
    except ConfigError as error:
        raise ConfigError(f"[{_READING}] {key}: {str(error).removeprefix(f'{key}: ')}") from error


def _check_background(value: Any) -> str | float:
    return parse_background(str(value) if isinstance(value, bool) else value)


def _check_count(low: int) -> Callable[[Any], int]:
    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < low:
            raise ConfigError(f"{value!r} is not known; a whole number of {low} or more is needed")
        return value

    return check


_CHECKS: Mapping[str, Callable[[Any], Any]] = {
    "spacing": read_pixel_size,
    "background": _check_background,
    "page": _check_count(0),
    "max_pixels": _check_count(1),
}
