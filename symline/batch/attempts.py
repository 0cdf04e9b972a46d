"""Jobs that cost their worker are tried again, each alone: it may have been the others that left it too little."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from symline.batch.events import Died, Ended, Event, Postponed, Pulse, Reason, Started
from symline.batch.worker import Report


@dataclass(frozen=True, slots=True)
class Loss:
    """A job without a result: what was seen, and what to try."""

    index: int
    reason: Reason
    seen: str
    advice: str
    seconds: float
    trace: str = ""

    @classmethod
    def by_defect(cls, index: int, error: str, seconds: float, trace: str) -> Loss:
        """That of a job whose work raised something."""
        return cls(index, "crashed", f"defect: {error}", "please report it with what -vv says", seconds, trace)

    def conclude(self, attempts: int) -> Died:
        """Give up after so many attempts."""
        tried = "" if attempts == 1 else f"it was tried {'twice' if attempts == 2 else f'{attempts} times'}; "
        return Died(self.index, self.reason, f"{self.seen}; {tried}{self.advice}", self.seconds, self.trace)


def read_report(report: Report, index: int, shortage: tuple[str, str]) -> Ended[Any] | Loss:
    """Tell what came of a job from what its worker reports; `shortage` is what is seen, and what to try, when memory ran out."""
    if report.result is not None:
        return Ended(index, pickle.loads(report.result), report.seconds)
    if report.error:
        return Loss.by_defect(index, report.error, report.seconds, report.trace)
    return Loss(index, "out_of_memory", *shortage, report.seconds)


News = Started | Ended[Any] | Loss | Pulse
#: Does jobs once, given by their indices, one at a time if the second argument says so.
Attempt = Callable[[Sequence[int], bool], Generator[News, None, None]]


def insist(attempt: Attempt, count: int, retries: int) -> Generator[Event[Any], None, None]:
    """Do all jobs, and those that are lost again when all others are done, with nothing else running.

    An exception in the work is a defect, and would only come again.
    """
    waiting: Sequence[int] = range(count)
    attempts = 0
    while waiting:
        lost = []
        alone = attempts > 0
        attempts += 1
        with closing(attempt(waiting, alone)) as news:
            for each in news:
                if not isinstance(each, Loss):
                    yield each
                elif each.trace or attempts > retries:
                    yield each.conclude(attempts)
                else:
                    lost.append(each.index)
                    yield Postponed(each.index, each.reason, each.seen)
        waiting = lost
