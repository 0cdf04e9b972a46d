"""Second attempts: a job that cost its worker is tried again, alone, since it may have been the others that left it too little."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from symline.batch.events import Died, Ended, Event, Postponed, Pulse, Reason, Started
from symline.batch.worker import Answer
from symline.errors import REPORT_DEFECT


@dataclass(frozen=True, slots=True)
class Lost:
    """A job came to its end without a result: what was seen, and what somebody may try."""

    index: int
    reason: Reason
    seen: str
    advice: str
    seconds: float
    trace: str = ""

    @classmethod
    def by_defect(cls, index: int, error: str, seconds: float, trace: str) -> Lost:
        """A job whose work raised something, told on one line."""
        return cls(index, "crashed", f"defect: {error}", REPORT_DEFECT, seconds, trace)

    def conclude(self, attempts: int) -> Died:
        """The last word on the job, after so many attempts."""
        tried = "" if attempts == 1 else f"it was tried {'twice' if attempts == 2 else f'{attempts} times'}; "
        return Died(self.index, self.reason, f"{self.seen}; {tried}{self.advice}", self.seconds, self.trace)


def read_answer(answer: Answer, index: int, shortage: tuple[str, str]) -> Ended[Any] | Lost:
    """Tell what came of a job.

    Parameters
    ----------
    answer
        Of its worker.
    shortage
        What is seen, and what to try, where memory ran out.
    """
    if answer.result is not None:
        return Ended(index, pickle.loads(answer.result), answer.seconds)
    if answer.error:
        return Lost.by_defect(index, answer.error, answer.seconds, answer.trace)
    return Lost(index, "out_of_memory", *shortage, answer.seconds)


News = Started | Ended[Any] | Lost | Pulse
#: Does jobs once, given by their indices, one at a time if the second argument says so.
Attempt = Callable[[Sequence[int], bool], Generator[News, None, None]]


def retry_lost(attempt: Attempt, count: int, retries: int) -> Generator[Event[Any], None, None]:
    """Do all jobs; those that are lost are done again after all others, one at a time.

    An exception in the work is a defect, and would only come again.

    Parameters
    ----------
    attempt
        Does some of the jobs once.
    count
        Of all jobs.
    retries
        How often a job is tried again.
    """
    waiting: Sequence[int] = range(count)
    attempts = 0
    while waiting:
        lost = []
        alone = attempts > 0
        attempts += 1
        with closing(attempt(waiting, alone)) as news:
            for each in news:
                if not isinstance(each, Lost):
                    yield each
                elif each.trace or attempts > retries:
                    yield each.conclude(attempts)
                else:
                    lost.append(each.index)
                    yield Postponed(each.index, each.reason, each.seen)
        waiting = lost
