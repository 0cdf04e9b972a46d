"""Messages, and the traceback somebody asked for: what goes to stderr. `symline.cli.progress` draws beside them."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import click

from symline.files.names import printable

QUIET, NORMAL, VERBOSE, DEBUG = -1, 0, 1, 2


_write_plain = partial(click.echo, err=True)


class Console:
    """Where a command speaks to a person. One line a message, whatever file names hold."""

    def __init__(self) -> None:
        self.verbosity = NORMAL
        self._write: Callable[[str], None] = _write_plain

    def say(self, text: str, level: int = NORMAL) -> None:
        """Write one line, unless the person wants to hear less than `level`."""
        if self.verbosity >= level:
            self._utter(printable(text))

    def complain(self, text: str, cause: BaseException | str = "") -> None:
        """Write one line however quiet it shall be, and with `-vv` the traceback of the error behind it."""
        self.say(text, QUIET)
        if cause and self.verbosity >= DEBUG:
            self._utter((cause if isinstance(cause, str) else "".join(traceback.format_exception(cause))).rstrip())

    def _utter(self, text: str) -> None:
        try:
            self._write(text)
        except OSError:  # nobody hears it any more: the terminal is gone, or the disk that messages go to is full
            sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115 - what the other one could not write would come back at the end

    @contextmanager
    def through(self, write: Callable[[str], None]) -> Iterator[None]:
        """Let messages take another way while the block runs, so that they do not run into what is being drawn."""
        self._write = write
        try:
            yield
        finally:
            self._write = _write_plain
