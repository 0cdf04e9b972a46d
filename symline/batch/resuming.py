"""A local run that goes on where earlier ones stopped: what is done already is found first, many inputs at a time."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import replace

from symline.batch.events import Ended, Event, Pulse
from symline.batch.job import Job, Outcome
from symline.batch.pool import Limits, run_in_pool
from symline.batch.work import look, work

#: Inputs that a worker looks at before it tells: handing out each on its own takes longer than looking.
_AT_ONCE = 16


def run_resuming(jobs: Sequence[Job], limits: Limits) -> Generator[Event[Outcome], None, None]:
    """Do all jobs in worker processes, as `run_in_pool` does; those that are done already are told of first."""
    left = dict.fromkeys(range(len(jobs)))
    with closing(_find_done(jobs, limits)) as events:
        for event in events:
            if isinstance(event, Ended):
                del left[event.index]
            yield event
    rest = list(left)
    with closing(run_in_pool(work, [jobs[index] for index in rest], limits)) as others:
        for other in others:
            yield other if isinstance(other, Pulse) else replace(other, index=rest[other.index])


def _find_done(jobs: Sequence[Job], limits: Limits) -> Generator[Ended[Outcome] | Pulse, None, None]:
    """Look at the inputs that have a record. Whatever goes wrong at that, the work on the input will show."""
    there = [index for index, job in enumerate(jobs) if job.resumes and job.record.exists()]
    shares = [there[start : start + _AT_ONCE] for start in range(0, len(there), _AT_ONCE)]
    patience = limits.timeout and limits.timeout * _AT_ONCE
    with closing(
        run_in_pool(look, [[jobs[index] for index in share] for share in shares], replace(limits, timeout=patience, retries=0))
    ) as events:
        for event in events:
            if isinstance(event, Ended):
                for index, outcome in zip(shares[event.index], event.result, strict=True):
                    if outcome is not None:
                        yield Ended(index, outcome, event.seconds / len(event.result))
            elif isinstance(event, Pulse):
                yield event
