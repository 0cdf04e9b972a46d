"""The log for machines: one JSON object a line, written as things happen."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from io import RawIOBase
from pathlib import Path
from typing import Any

from symline.batch.events import Died, Ended, Event, Postponed, Started
from symline.batch.job import Job, Outcome
from symline.batch.ledger import Ledger
from symline.errors import OutputError
from symline.files.names import printable


class Log:
    """Where a batch tells what happens; without a stream, nowhere.

    After the first line that cannot be written there are no others.
    """

    def __init__(self, stream: RawIOBase | None = None, complain: Callable[[str], None] = lambda _: None) -> None:
        self._stream, self._complain = stream, complain

    def say(self, event: str, **fields: Any) -> None:
        """Write one line."""
        if self._stream is not None:
            line = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **fields}
            try:
                _write(self._stream, f"{json.dumps(line)}\n".encode())
            except OSError as error:
                self._stream = None
                self._complain(f"log: it cannot be written any further ({error.strerror}); the work goes on; free some space")

    def tell(self, event: Event[Outcome], ledger: Ledger) -> None:
        """Write what a runner told, once the ledger has taken it in."""
        match event:
            case Started(index):
                self.say("started", **_name(ledger.jobs[index]))
            case Postponed(index, reason, message):
                self.say("postponed", **_name(ledger.jobs[index]), reason=reason, message=message)
            case Ended(index) | Died(index):
                self._tell_outcome(index, ledger)

    def _tell_outcome(self, index: int, ledger: Ledger) -> None:
        outcome = ledger.outcomes[index]
        self.say(
            "done",
            **_name(ledger.jobs[index]),
            status=outcome.status,
            deed=outcome.deed,
            reasons=outcome.reasons,
            message=outcome.message,
            seconds=round(ledger.seconds[index], 3),
        )


@contextmanager
def open_log(path: Path | None, complain: Callable[[str], None]) -> Iterator[Log]:
    """Open a log; lines are added to those of earlier runs. If it cannot be written any further later on, the work goes on without it.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    if path is None:
        yield Log()
        return
    try:
        # without a buffer: whoever follows the file wants to see each line at once, and a crash must not lose it
        stream = path.open("ab", buffering=0)
    except OSError as error:
        raise OutputError(
            f"log {printable(str(path))}: it cannot be written ({error.strerror}); give another file with --log-json"
        ) from error
    with stream:
        with suppress(OSError):  # the first line will find out what is wrong
            if _is_cut_off(path):
                _write(stream, b"\n")
        yield Log(stream, complain)


def _write(stream: RawIOBase, data: bytes) -> None:
    while data:  # a disk that is nearly full takes a part, and refuses the rest
        written = stream.write(data)
        if not written:
            raise BlockingIOError(errno.EAGAIN, "nobody reads it")
        data = data[written:]


def _is_cut_off(path: Path) -> bool:
    """Whether an earlier run could not write all of its last line."""
    if not path.is_file() or not path.stat().st_size:
        return False
    with path.open("rb") as stream:
        stream.seek(-1, os.SEEK_END)
        return stream.read(1) != b"\n"


def _name(job: Job) -> dict[str, str]:
    return ({"id": job.member.id} if job.member else {}) | {"path": job.shown}
