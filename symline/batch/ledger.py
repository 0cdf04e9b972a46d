"""What has come of a batch so far."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from symline.batch.events import Died, Ended, Event, Postponed, Started
from symline.batch.job import Deed, Job, Outcome
from symline.batch.work import fail
from symline.files.names import display_name
from symline.model.analysis import Status

#: What an input counts as that has a result from an earlier run.
_EARLIER = {Deed.SKIPPED: "skipped", Deed.KEPT: "edited"}
KINDS = (*(status.value for status in Status), *_EARLIER.values())


class Ledger:
    """The inputs of a batch, which of them run, and the outcomes of those that are done.

    Attributes
    ----------
    jobs
        All, in the order of the inputs.
    outcomes, seconds
        Index of a job that is done -> its outcome, and how long it took.
    running
        Index of a job that a worker is at -> when it began, on the monotonic clock.
    counts
        Kind, of `KINDS` -> how many are done; each counts once.
    """

    def __init__(self, jobs: Sequence[Job]) -> None:
        self.jobs = jobs
        self.outcomes: dict[int, Outcome] = {}
        self.seconds: dict[int, float] = {}
        self.running: dict[int, float] = {}
        self.counts: Counter[str] = Counter()
        self._postponed: set[int] = set()

    def enter(self, event: Event[Outcome]) -> Outcome | None:
        """Take in what a runner tells; the outcome, if a job is done with it."""
        match event:
            case Started(index):
                self.running[index] = time.monotonic()
            case Postponed(index):
                self.running.pop(index, None)
                self._postponed.add(index)
            case Ended(index, outcome, seconds):
                if index in self._postponed and outcome.deed is Deed.SKIPPED:
                    # its worker died when all was written, but nobody was told yet
                    outcome = replace(outcome, deed=Deed.WRITTEN)
                return self._close(index, outcome, seconds)
            case Died(index, reason, message, seconds, trace):
                job = self.jobs[index]
                return self._close(index, fail(job, reason, f"{display_name(job.path)}: {message}", trace), seconds)
        return None

    @property
    def is_complete(self) -> bool:
        """Whether all jobs are done."""
        return len(self.outcomes) == len(self.jobs)

    def in_order(self) -> list[tuple[Job, Outcome]]:
        """The jobs that are done, in the order of the inputs."""
        return [(self.jobs[index], self.outcomes[index]) for index in sorted(self.outcomes)]

    def _close(self, index: int, outcome: Outcome, seconds: float) -> Outcome:
        self.running.pop(index, None)
        self.outcomes[index] = outcome
        self.seconds[index] = seconds
        self.counts[_EARLIER.get(outcome.deed, outcome.status.value)] += 1
        return outcome
