"""The command line: finds the command, runs it, and says what went wrong."""

from __future__ import annotations

import errno
import gc
import math
import os
import signal
import sys
import time
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from types import FrameType, TracebackType
from typing import NoReturn

import click

from symline.batch.environment import limit_threads
from symline.cli import options
from symline.cli.console import DEBUG, Console
from symline.cli.exit_codes import ExitCode, code_of_error
from symline.errors import REPORT_DEFECT, SymlineError

#: Why what goes to standard output may not get there. Files that are written by name have errors of their own.
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

#: Name -> module; each holds a command of its name. They import what they need when they run.
COMMANDS = {
    "midline": "symline.cli.midline",
    "register": "symline.cli.register",
    "score": "symline.cli.score",
    "batch": "symline.cli.batch",
    "merge": "symline.cli.merge",
    "report": "symline.cli.report",
    "compare": "symline.cli.compare",
    "stages": "symline.cli.stages",
    "measures": "symline.cli.measures",
    "schema": "symline.cli.schema",
}


class LazyGroup(click.Group):
    """A group that imports only the command that is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """List the names of the commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(COMMANDS[cmd_name]), cmd_name)
        return command


@click.command(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Example:
  symline midline back.npy -o out""",
)
@options.version
def symline() -> None:
    """Find the line of mirror symmetry of a human back in curvature images."""


def main() -> NoReturn:
    """Run as a program."""
    _open_what_is_closed()
    console = Console()
    limit_threads()  # before they are imported
    sys.excepthook = partial(_explain_defect, console)
    interrupts = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    interrupt = _Interrupt()
    for number in interrupts:
        if signal.getsignal(number) != signal.SIG_IGN:  # as in the background of a shell, or with nohup
            signal.signal(number, interrupt)
    code = run(None, console)
    for number in interrupts:
        signal.signal(number, signal.SIG_IGN)  # Python would end by the signal, with another code
    _drop_what_cannot_be_written()
    gc.freeze()  # else the interpreter, as it ends, looks through all that the libraries hold: a tenth of a second
    sys.exit(code)


def run(arguments: Sequence[str] | None, console: Console) -> int:
    """Run a command line (default: the program's own) and return its exit code."""
    try:
        return symline.main(arguments, prog_name="symline", standalone_mode=False, obj=console) or 0
    except (SymlineError, click.ClickException, click.Abort, KeyboardInterrupt) as error:
        _explain(error, console)
        return code_of_error(error)
    except OSError as error:
        if isinstance(error.__context__, KeyboardInterrupt):  # click ends the line where ^C is shown, on a terminal that is gone
            return code_of_error(error.__context__)
        if error.errno in _NO_ROOM:
            console.complain(f"standard output: it cannot be written ({error.strerror}); free some space or send it elsewhere", error)
        elif _is_folder_gone():
            console.complain("the current folder has been removed; one that exists is needed; change to one with cd", error)
        else:
            raise
        return ExitCode.FAILED


def _explain(error: BaseException, console: Console) -> None:
    """Say what went wrong."""
    match error:
        case click.exceptions.NoArgsIsHelpError():
            error.show()
        case click.UsageError():
            command = error.ctx.command_path if error.ctx else "symline"
            console.complain(f"{command}: {error.format_message()} Try '{command} --help'.", error)
        case click.Abort() | KeyboardInterrupt():
            console.complain("interrupted; what was finished stays whole")
        case _:
            console.complain(str(error), error)


def _is_folder_gone() -> bool:
    try:
        Path.cwd()
    except FileNotFoundError:
        return True
    return False


def _open_what_is_closed() -> None:
    """Lead standard streams that were closed from the start nowhere: the next file, here or in a worker, would be opened in their place."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = open(os.devnull, mode)  # noqa: PTH123, SIM115 - as long as the program runs
            os.set_inheritable(stream.fileno(), True)
            setattr(sys, name, stream)


def _drop_what_cannot_be_written() -> None:
    """Forget what is left for a full disk or a terminal that is gone: the interpreter would try once more, and end with another code."""
    for name in ("stdout", "stderr"):
        try:
            getattr(sys, name).flush()
        except OSError:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: PTH123, SIM115 - as long as the program runs


class _Interrupt:
    """Raises KeyboardInterrupt, but not again within the seconds that it may take to leave in good order: people are impatient."""

    _LEAVING = 5.0

    def __init__(self) -> None:
        self._asked = -math.inf

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if now - self._asked >= self._LEAVING:
            self._asked = now
            raise KeyboardInterrupt


def _explain_defect(console: Console, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Keep the traceback of a defect in symline for those who asked for tracebacks."""
    if console.verbosity >= DEBUG:
        sys.__excepthook__(kind, error, trace)
    else:
        console.complain(f"symline: defect: {kind.__name__}: {error}; {REPORT_DEFECT}")
