"""What a runner tells while it works, whether its workers are local processes or those of a cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

R = TypeVar("R")
#: Longest time, in seconds, without an event.
PULSE = 0.25
#: What a worker died of.
Reason = Literal["timeout", "out_of_memory", "crashed"]


@dataclass(frozen=True, slots=True)
class Started:
    """A worker begins a job."""

    index: int


@dataclass(frozen=True, slots=True)
class Ended(Generic[R]):
    """A job is done."""

    index: int
    result: R
    seconds: float


@dataclass(frozen=True, slots=True)
class Postponed:
    """A job cost its worker and will be tried again."""

    index: int
    reason: Reason
    message: str


@dataclass(frozen=True, slots=True)
class Died:
    """A job has no result.

    Parameters
    ----------
    message
        What was seen and what to try, to be written after the name of the input.
    trace
        Where in the program, if it was an exception.
    """

    index: int
    reason: Reason
    message: str
    seconds: float
    trace: str = ""


@dataclass(frozen=True, slots=True)
class Pulse:
    """Nothing happened for a moment."""


#: What a runner may tell about jobs with results of one kind.
Event = Started | Ended[R] | Postponed | Died | Pulse
