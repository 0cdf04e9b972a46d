"""What the program ends with, and which errors and results lead to it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import TYPE_CHECKING

import click

from symline.errors import ConfigError, OutputError

if TYPE_CHECKING:
    from symline.model.analysis import Status


class ExitCode(IntEnum):
    """What the shell is told."""

    DONE = 0
    FAILED = 1  # one input at least; all others are written
    NOT_STARTED = 2
    NEED_REVIEW = 3  # some results; only where somebody asked for this code
    INTERRUPTED = 130


def code_of_error(error: BaseException) -> ExitCode:
    """What the program ends with after an error that ended the command.

    What fails for one input of several is no such error: it is an outcome, which `code_of_results` counts.
    """
    match error:
        case click.UsageError() | ConfigError() | OutputError():
            return ExitCode.NOT_STARTED
        case click.Abort() | KeyboardInterrupt():
            return ExitCode.INTERRUPTED
    return ExitCode.FAILED


def code_of_results(statuses: Iterable[Status], *, strict: bool) -> ExitCode:
    """What the program ends with after work on inputs of these statuses; `strict` gives those that need review a code of their own."""
    # imported here: the command line must start fast
    from symline.model.analysis import Status

    found = set(statuses)
    if Status.FAILED in found:
        return ExitCode.FAILED
    return ExitCode.NEED_REVIEW if strict and Status.REVIEW in found else ExitCode.DONE
