"""From a request to an exit code: the one loop behind all commands that work on given images."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from symline.batch.check import check
from symline.batch.request import Outcome, Request
from symline.batch.work import work
from symline.cli.console import VERBOSE, Console
from symline.files.names import display_name
from symline.model.analysis import Status

DONE, SOME_FAILED, SOME_NEED_REVIEW = 0, 1, 3


def process(paths: Sequence[Path], request: Request, *, strict: bool, console: Console) -> int:
    """Work on all inputs in the order given, saying what came of each.

    Returns
    -------
    int
        The exit code.
    """
    check(paths, request)
    outcomes = []
    with console.progress(len(paths)) as advance:
        for path in paths:
            console.say(f"{display_name(path)}: reading {path}", VERBOSE)
            outcome = work(path, request)
            _tell(outcome, console)
            outcomes.append(outcome)
            advance()
    written = sum(outcome.error is None for outcome in outcomes)
    if written:
        console.say(f"results of {written} of {len(outcomes)} inputs are in {request.folder}")
    return _exit_code(outcomes, strict=strict)


def _tell(outcome: Outcome, console: Console) -> None:
    """One line on an input; messages of errors name it already."""
    name = display_name(outcome.path)
    if outcome.error is not None:
        console.complain(f"{outcome.error}", outcome.error)
    elif outcome.status is Status.FAILED:
        console.complain(f"{name}: failed: {outcome.message or _in_words(outcome.reasons)}")
    elif outcome.status is Status.REVIEW:
        console.say(f"{name}: review: {_in_words(outcome.reasons)}")
    else:
        console.say(f"{name}: {outcome.status}")


def _in_words(reasons: Iterable[str]) -> str:
    return ", ".join(reason.replace("_", " ") for reason in reasons)


def _exit_code(outcomes: Iterable[Outcome], *, strict: bool) -> int:
    statuses = {outcome.status for outcome in outcomes}
    if Status.FAILED in statuses:
        return SOME_FAILED
    return SOME_NEED_REVIEW if strict and Status.REVIEW in statuses else DONE
