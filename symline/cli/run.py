"""From a request to an exit code: the one loop behind all commands that work on given images."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from symline.batch.check import check
from symline.batch.job import Deed, Job, Outcome, Product, Reading
from symline.batch.work import work
from symline.cli.console import VERBOSE, Console
from symline.config import Config
from symline.files.names import display_name
from symline.files.reasons import list_in_words
from symline.files.write import prepare_folder
from symline.model.analysis import Status

DONE, SOME_FAILED, SOME_NEED_REVIEW = 0, 1, 3


def make(
    product: Product, images: Sequence[Path], config: Config, reading: Mapping[str, Any], *, output: Path, midline: Path | None = None
) -> list[Job]:
    """The jobs of a command that makes one product of each image, in one folder."""
    how = Reading(**reading)
    return [Job(path=path, target=output / path.stem, products=(product,), config=config, reading=how, midline=midline) for path in images]


def process(jobs: Sequence[Job], *, overwrite: bool, strict: bool, console: Console) -> int:
    """Work on all inputs in the order given, saying what came of each.

    Returns
    -------
    int
        The exit code.
    """
    check(jobs, overwrite=overwrite)
    folder = jobs[0].target.parent
    prepare_folder(folder)
    outcomes = []
    with console.progress(len(jobs)) as advance:
        for job in jobs:
            console.say(f"{display_name(job.path)}: reading {job.path}", VERBOSE)
            outcome = work(job)
            tell(outcome, console)
            outcomes.append(outcome)
            advance()
    written = sum(outcome.deed is Deed.WRITTEN for outcome in outcomes)
    if written:
        console.say(f"results of {written} of {len(outcomes)} inputs are in {folder}")
    return exit_code((outcome.status for outcome in outcomes), strict=strict)


def tell(outcome: Outcome, console: Console) -> None:
    """One line on an input; messages of what stopped the work name it already."""
    name = display_name(outcome.path)
    if outcome.deed is Deed.NOTHING:
        console.complain(outcome.message, outcome.trace)
    elif outcome.status is Status.FAILED:
        console.complain(f"{name}: failed: {outcome.message or list_in_words(outcome.reasons)}")
    elif outcome.status is Status.REVIEW:
        console.say(f"{name}: review: {list_in_words(outcome.reasons)}")
    else:
        console.say(f"{name}: {outcome.status}")


def exit_code(statuses: Iterable[Status], *, strict: bool) -> int:
    """What the program ends with after work on inputs of these statuses."""
    found = set(statuses)
    if Status.FAILED in found:
        return SOME_FAILED
    return SOME_NEED_REVIEW if strict and Status.REVIEW in found else DONE
