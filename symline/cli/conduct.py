"""A batch from its first input to its exit code: let the runner work, tell how it goes, and write down what came of it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

from symline.batch.claim import claim
from symline.batch.events import Died, Ended, Event, Postponed
from symline.batch.job import PICTURE, Deed, Job, Outcome
from symline.batch.journal import Undertaking, compose_journal
from symline.batch.ledger import Ledger
from symline.batch.log import Log, open_log
from symline.batch.own_files import find_parts, part_names
from symline.batch.resume import describe_job, find_result
from symline.cli.console import VERBOSE, Console
from symline.cli.exit_codes import ExitCode, code_of_results
from symline.cli.progress import count, show_progress
from symline.errors import InputError, SymlineError
from symline.files.json_file import to_json
from symline.files.names import REPORT, SUMMARY, display_name, printable
from symline.files.reasons import list_in_words
from symline.files.report.page import is_fresh, write_report
from symline.files.summary_csv import read_lines, summary_csv
from symline.files.write import prepare_folder, sweep, write_files
from symline.model.analysis import Status

#: Failures that are named at the end; the summary has all.
_SHOWN = 10
#: What `--dry-run` says.
_FUTURE = {Deed.NOTHING: "run", Deed.SKIPPED: "skip", Deed.KEPT: "keep"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a batch is run.

    Parameters
    ----------
    out
        The output folder.
    shard
        Number (from 1) and count of the shards, if this is one of several.
    fail_fast
        Whether the first input that fails ends it.
    strict
        Whether results that need review have an exit code of their own.
    log
        File for the log for machines.
    """

    out: Path
    shard: tuple[int, int] | None = None
    fail_fast: bool = False
    strict: bool = False
    log: Path | None = None


def conduct(
    ledger: Ledger, events: Generator[Event[Outcome], None, None], undertaking: Undertaking, manner: Manner, console: Console
) -> ExitCode:
    """Take what a runner tells until it ends, then write summary, journal and report.

    Raises
    ------
    OutputError
        The folders cannot be used; nothing was done.
    KeyboardInterrupt
        Somebody wants it to stop. What was finished is written down all the same.
    """
    prepare_folder(manner.out)
    with claim(manner.out, shared=manner.shard is not None):
        _prepare_folders(ledger.jobs, manner.out, console)
        with open_log(manner.log, console.complain) as log:
            _withdraw(manner)
            try:
                try:
                    _follow(ledger, events, manner, log, console)
                finally:  # before anybody is told: messages may go to a terminal that takes no more
                    is_told = _write_down_if_any(ledger, undertaking, manner, console)
            except KeyboardInterrupt:
                log.say("interrupted", **ledger.counts)
                _conclude(ledger, console)
                raise
        is_told = is_told and _try(lambda: _report(ledger, manner, console), console)
    _conclude(ledger, console)
    if is_told and manner.shard is None:
        console.say(f"report: {manner.out / REPORT}")
    if not is_told:
        return ExitCode.FAILED
    return code_of_results((outcome.status for outcome in ledger.outcomes.values()), strict=manner.strict)


def preview(jobs: Iterable[Job]) -> ExitCode:
    """Say on standard output what would be done with each input: a word, its path, and what its outputs are called."""
    for job in jobs:
        click.echo(f"{_foresee(job)}\t{printable(job.shown)}\t{printable(str(job.target))}.*")
    return ExitCode.DONE


def _foresee(job: Job) -> str:
    try:
        asked = describe_job(job)
        return _FUTURE[find_result(job, asked)[0] if job.resumes else Deed.NOTHING]
    except SymlineError:
        return "fail"


def _prepare_folders(jobs: Iterable[Job], out: Path, console: Console) -> None:
    """Make all folders that are written to, and remove what a run that was killed left half-written in them.

    Where one cannot be made, the inputs whose results belong there will fail, and the others go on.
    """
    folders = {job.target.parent for job in jobs} | {job.member.thumbnail.parent for job in jobs if job.member}
    for folder in sorted(folders):
        if not os.path.isdir(folder):  # noqa: PTH112 - unlike that of a Path, this takes what cannot be looked at for none
            _try(partial(prepare_folder, folder), console)
    sweep(folders | {out})


def _withdraw(manner: Manner) -> None:
    """Remove what shards wrote of themselves before this one began again, or all inputs in one run: nobody shall merge it with the new."""
    write_files({}, stale=find_parts(manner.out) if manner.shard is None else [manner.out / part_names(manner.shard)[1]])


def _follow(ledger: Ledger, events: Generator[Event[Outcome], None, None], manner: Manner, log: Log, console: Console) -> None:
    with closing(events), show_progress(ledger, console) as show:
        log.say("begin", inputs=len(ledger.jobs), output=str(manner.out))
        for event in events:
            outcome = ledger.enter(event)
            log.tell(event, ledger)
            _tell(event, ledger, console)
            show()
            if outcome is not None and outcome.status is Status.FAILED and manner.fail_fast:
                break
        log.say("end", **ledger.counts)


def _tell(event: Event[Outcome], ledger: Ledger, console: Console) -> None:
    match event:
        case Postponed(index, _, message):
            console.say(f"{printable(ledger.jobs[index].shown)}: {message}; it will be tried again at the end", VERBOSE)
        case Ended(index) | Died(index):
            _tell_outcome(ledger.jobs[index], ledger.outcomes[index], console)


def _tell_outcome(job: Job, outcome: Outcome, console: Console) -> None:
    """One line on an input that failed or was kept, since somebody has to do something; on the others only if asked for."""
    name = printable(job.shown)
    if outcome.deed is Deed.KEPT:
        tell = console.complain if outcome.status is Status.FAILED else console.say
        why = f" ({_why(outcome)})" if outcome.status is Status.FAILED else ""
        tell(f"{name}: the midline was edited by hand and is kept{why}; nothing was done; give --overwrite to replace it")
    elif outcome.status is Status.FAILED:
        console.complain(f"{name}: failed{' as before' if outcome.deed is Deed.SKIPPED else ''}: {_why(outcome)}", outcome.trace)
    elif outcome.deed is Deed.SKIPPED:
        console.say(f"{name}: skipped, done already ({outcome.status})", VERBOSE)
    else:
        console.say(f"{name}: {outcome.status}{': ' if outcome.reasons else ''}{list_in_words(outcome.reasons)}", VERBOSE)


def _write_down_if_any(ledger: Ledger, undertaking: Undertaking, manner: Manner, console: Console) -> bool:
    """Write down what was done, if anything; whether that could be done."""
    if not ledger.outcomes and not ledger.is_complete:
        return True
    return _try(lambda: _write_down_always(ledger, undertaking, manner), console)


def _write_down_always(ledger: Ledger, undertaking: Undertaking, manner: Manner) -> None:
    """Also if somebody wants it to stop at just that moment."""
    try:
        _write_down(ledger, undertaking, manner)
    except KeyboardInterrupt:
        _write_down(ledger, undertaking, manner)
        raise


def _write_down(ledger: Ledger, undertaking: Undertaking, manner: Manner) -> None:
    """Write summary and journal. Of inputs that were not reached, the summary keeps the lines it has."""
    summary, journal = (manner.out / name for name in part_names(manner.shard))
    lines = [outcome.line for _, outcome in ledger.in_order()]
    if not ledger.is_complete:
        with suppress(InputError):
            earlier = read_lines(summary)
            lines = [_line(job, ledger.outcomes.get(index), earlier) for index, job in enumerate(ledger.jobs)]
    table = summary_csv(lines)
    # left alone where nothing has changed: the report need not be made again then
    news = {} if _holds(summary, table) else {summary: table}
    write_files(news | {journal: to_json(compose_journal(undertaking, ledger))})


def _holds(path: Path, contents: bytes) -> bool:
    try:
        return path.read_bytes() == contents
    except OSError:
        return False


def _line(job: Job, outcome: Outcome | None, earlier: Mapping[str, str]) -> str:
    return outcome.line if outcome else earlier.get(job.member.id if job.member else "", "")


def _try(step: Callable[[], object], console: Console) -> bool:
    """Whether it could be done. Without room for what tells of the results, they are there all the same."""
    try:
        step()
    except SymlineError as error:
        console.complain(str(error), error)
        return False
    return True


def _report(ledger: Ledger, manner: Manner, console: Console) -> None:
    """Make the report, except of a shard, which is but a part, and where it is there and nothing has changed."""
    if manner.shard is not None:
        console.say(f"this was shard {manner.shard[0]} of {manner.shard[1]}; when all are done: symline merge {manner.out}")
        return
    summary, page = manner.out / SUMMARY, manner.out / REPORT
    has_changed = any(outcome.deed is Deed.WRITTEN for outcome in ledger.outcomes.values())
    if has_changed or not is_fresh(page, summary) or any(_lacks_thumbnail(*each) for each in ledger.in_order()):
        write_report(manner.out)


def _lacks_thumbnail(job: Job, outcome: Outcome) -> bool:
    if job.member is None or outcome.deed is Deed.NOTHING or _is_there(job.member.thumbnail):
        return False
    return any(_is_there(target) for ending, target in job.targets.items() if ending.endswith(PICTURE))


def _is_there(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except OSError:  # what cannot be looked at is not there
        return False


def _conclude(ledger: Ledger, console: Console) -> None:
    left = len(ledger.jobs) - len(ledger.outcomes)
    done = ledger.in_order()
    console.say(f"{len(ledger.jobs)} inputs: {count(ledger)}{_tell_earlier(done)}" + (f"; {left} not reached" if left else ""))
    failures = [(job, outcome) for job, outcome in done if outcome.status is Status.FAILED]
    for job, outcome in failures[:_SHOWN]:
        console.say(f"  failed  {printable(job.shown)}: {_why(outcome)}")
    if len(failures) > _SHOWN:
        console.say(f"  and {len(failures) - _SHOWN} more")


def _tell_earlier(done: Iterable[tuple[Job, Outcome]]) -> str:
    """What results of earlier runs need, which the exit code is about as well."""
    earlier = Counter(outcome.status for _, outcome in done if outcome.deed in (Deed.SKIPPED, Deed.KEPT))
    told = [f"{earlier[status]} {status}" for status in (Status.REVIEW, Status.FAILED) if earlier[status]]
    return f" (of earlier results {', '.join(told)})" if told else ""


def _why(outcome: Outcome) -> str:
    """Without the name of the file, which messages of what stopped the work begin with."""
    return (outcome.message or list_in_words(outcome.reasons)).removeprefix(f"{display_name(outcome.path)}: ")
