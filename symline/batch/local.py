"""A run on this machine: what earlier runs have done is found first, in threads; worker processes do the rest."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Generator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from math import inf
from queue import Empty, SimpleQueue
from threading import Thread

from symline.batch.events import PULSE, Ended, Event, Pulse
from symline.batch.job import Job, Outcome
from symline.batch.pool import Limits, run_in_pool
from symline.batch.work import look, work

#: Inputs that a thread looks at before it tells.
_AT_ONCE = 16


def run_locally(jobs: Sequence[Job], limits: Limits) -> Generator[Event[Outcome], None, None]:
    """Do all jobs, and tell what happens as it happens: first of those that are done already, then as `run_in_pool` does the others."""
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
    """Look at the inputs that have a record. Whatever goes wrong at that, the work on the input will show.

    In threads: most of the time goes into digests, which run side by side, and where all is done no process needs to be started.
    """
    # os.path.exists, unlike that of a Path, takes what cannot be looked at for none
    there = [index for index, job in enumerate(jobs) if job.resumes and os.path.exists(job.record)]  # noqa: PTH110
    shares = deque(there[start : start + _AT_ONCE] for start in range(0, len(there), _AT_ONCE))
    left = len(shares)
    looked: SimpleQueue[tuple[list[int], list[Outcome | None], float]] = SimpleQueue()
    for _ in range(min(limits.jobs, left)):
        # a daemon, since nobody shall wait for one whose file does not answer
        Thread(target=_look_at, args=(jobs, shares, looked), daemon=True).start()
    try:
        waited = 0.0
        while left and waited < (limits.timeout or inf):
            try:
                share, outcomes, seconds = looked.get(timeout=PULSE)
            except Empty:
                waited += PULSE
                yield Pulse()
                continue
            left, waited = left - 1, 0.0
            for index, outcome in zip(share, outcomes, strict=True):
                if outcome is not None:
                    yield Ended(index, outcome, seconds / len(share))
    finally:
        shares.clear()


def _look_at(jobs: Sequence[Job], shares: deque[list[int]], looked: SimpleQueue[tuple[list[int], list[Outcome | None], float]]) -> None:
    """Take shares until there are none."""
    with suppress(IndexError):
        while True:
            share = shares.popleft()
            start = time.monotonic()
            outcomes = look([jobs[index] for index in share])
            looked.put((share, outcomes, time.monotonic() - start))
