"""From a request to an exit code: the one loop behind all commands that work on given images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import click

from symline.batch.check import check
from symline.batch.job import Deed, Job, Outcome, Product, Reading
from symline.batch.precedence import combine
from symline.batch.work import work
from symline.cli.configure import choose_chain, collect_settings, read_config_file, require_one_image
from symline.cli.console import VERBOSE, Console
from symline.cli.exit_codes import ExitCode, code_of_results
from symline.cli.progress import show_count
from symline.files.names import display_name
from symline.files.reasons import list_in_words
from symline.files.write import prepare_folder
from symline.model.analysis import Status


def run(product: Product, given: Mapping[str, Any], console: Console) -> ExitCode:
    """Make one product of each image of a command line, in one folder.

    Parameters
    ----------
    given
        Option -> value, of `symline.cli.options`; what a command has no option for is not there.
    """
    images, line = given["images"], given.get("midline")
    require_one_image(line, images)
    config = combine([read_config_file(given)], choose_chain(given, has_line=line is not None), collect_settings(given))
    if given["dump_config"]:
        click.echo(config.to_toml(), nl=False)
        return ExitCode.DONE
    reading = Reading(**{each.name: given[each.name] for each in fields(Reading)})
    jobs = [
        Job(path=path, target=given["output"] / path.stem, products=(product,), config=config, reading=reading, midline=line)
        for path in images
    ]
    return _process(jobs, overwrite=given["overwrite"], strict=given["strict"], console=console)


def _process(jobs: Sequence[Job], *, overwrite: bool, strict: bool, console: Console) -> ExitCode:
    """Work on all inputs in the order given, saying what came of each."""
    check(jobs, overwrite=overwrite)
    folder = jobs[0].target.parent
    prepare_folder(folder)
    outcomes = []
    with show_count(len(jobs), console) as advance:
        for job in jobs:
            console.say(f"{display_name(job.path)}: reading {job.path}", VERBOSE)
            outcome = work(job)
            _tell(outcome, console)
            outcomes.append(outcome)
            advance()
    written = sum(outcome.deed is Deed.WRITTEN for outcome in outcomes)
    if written:
        console.say(f"results of {written} of {len(outcomes)} inputs are in {folder}")
    return code_of_results((outcome.status for outcome in outcomes), strict=strict)


def _tell(outcome: Outcome, console: Console) -> None:
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
