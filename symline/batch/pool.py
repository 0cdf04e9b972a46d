"""Local worker processes: many jobs at a time, none of which can take the others down with it."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import forkserver, resource_tracker
from multiprocessing.util import get_temp_dir
from typing import TYPE_CHECKING, Any, TypeVar

from symline.batch.attempts import Lost, News, read_answer, retry_lost
from symline.batch.environment import keep_memory, limit_threads
from symline.batch.events import PULSE, Ended, Event, Pulse, Reason, Started
from symline.batch.worker import Answer, perform, prepare

if TYPE_CHECKING:
    from concurrent.futures import Future

    from pebble import ProcessPool

_METHOD = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
#: Bytes in the name of a folder up to which the address of a socket in one below it has room, and a folder where others go.
_LONGEST_FOLDER, _SHORT_FOLDER = 70, "/tmp"
#: Modules that all work needs, and two that each worker would else import when it first uses them.
_NEEDED = ("symline.batch.work", "symline.pipeline", "symline.files.read", "pebble", "scipy.ndimage")
_REPORT = "check that the file is whole, and report it together with the file"
_ROOM = "this says nothing of the file; give fewer --jobs, or see what /dev/shm, ulimit -n and ulimit -u allow"

J = TypeVar("J")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much the work may take: processes, time, memory, attempts.

    Parameters
    ----------
    jobs
        How many at a time, each in a process of its own.
    timeout
        Seconds for each job; None for no limit.
    memory_mb
        MB of resident memory for each process, on Linux; other systems do not keep to it. None for no limit.
    retries
        How often a job is tried again.
    """

    jobs: int
    timeout: float | None = None
    memory_mb: int | None = None
    retries: int = 1


def warm_up() -> None:
    """Start the server that forks the workers, where the system has one; it imports what all need while the caller goes on planning."""
    if _METHOD != "forkserver":
        return
    limit_threads()
    keep_memory()
    _keep_addresses_short()
    multiprocessing.set_forkserver_preload(["__main__", *_NEEDED])
    with _starting():
        forkserver.ensure_running()


def run_in_pool(work: Callable[[J], R], jobs: Sequence[J], limits: Limits) -> Generator[Event[R], None, None]:
    """Do all jobs in worker processes, and tell what happens as it happens.

    Nothing that a job does to its worker ends the iteration. A job that takes its worker down or exceeds a limit is tried again
    when all others are done, with nothing else running: it may have been the others that left it too little.
    An exception in the work is a defect, and would only come again.

    To leave the iteration early, close it (`contextlib.closing`): the workers are gone within 5 seconds.

    Parameters
    ----------
    work
        A function at the top of a module, where worker processes find it.
    jobs
        What it is called with, one at a time. They travel pickled, as the results do.
    """

    def attempt(waiting: Sequence[int], alone: bool) -> Generator[News, None, None]:
        requests = ((index, pickle.dumps((work, jobs[index]))) for index in waiting)
        return _run(requests, [_Slot(limits) for _ in range(1 if alone else min(limits.jobs, len(waiting)))])

    return retry_lost(attempt, len(jobs), limits.retries)


def _run(requests: Iterator[tuple[int, bytes]], slots: Sequence[_Slot]) -> Generator[News, None, None]:
    """Do each request once; no more of them are taken from the iterator than there are slots to work on them."""
    from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

    idle = list(slots)
    busy: dict[Future[Answer], _Slot] = {}
    news: list[News] = []
    try:
        while True:
            # Before the news are told: whoever hears them may take a while.
            while idle and (request := next(requests, None)):
                slot = idle.pop()
                with _starting():
                    busy[slot.begin(*request)] = slot
                news.append(Started(request[0]))
            yield from news or (Pulse(),)
            if not busy:
                return
            wait(busy, PULSE, FIRST_COMPLETED)
            ended = [future for future, slot in busy.items() if slot.has_ended]
            news = [busy[future].end() for future in ended]
            idle += [busy.pop(future) for future in ended]
    finally:
        with ThreadPoolExecutor(len(slots)) as stoppers:  # at the same time: one that does not listen takes seconds
            list(stoppers.map(_Slot.stop, slots))


class _NoWorkerError(Exception):
    """The system lets no process be started, for the reason given."""


class _Slot:
    """Works on one job at a time: a pool of a single worker, and another one as soon as that worker has died.

    The workers of a larger pool would share a pipe and its lock, and one that is killed while it holds the lock stops all others.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._pool = _make_pool(limits)

    def begin(self, index: int, request: bytes) -> Future[Answer]:
        """Hand a job to the worker; the future of the answer."""
        from concurrent.futures import Future

        self._index, self._start = index, time.monotonic()
        try:
            self._future: Future[Answer] = self._pool.schedule(perform, args=(request,), timeout=self._limits.timeout)
        except (OSError, EOFError, RuntimeError) as error:  # none can be started, or the worker died while it had nothing to do
            self._future = Future()
            self._future.set_exception(error if isinstance(error, RuntimeError) else _NoWorkerError(str(error) or "it was refused"))
        return self._future

    @property
    def has_ended(self) -> bool:
        """Whether there is an answer, or no hope of one: a worker that dies while it gets a job leaves its pool dead and silent."""
        return self._future.done() or not self._pool.active

    def end(self) -> Ended[Any] | Lost:
        """Tell what came of the job."""
        seconds = time.monotonic() - self._start
        error = self._future.exception() if self._future.done() else BrokenPipeError()
        if error is not None:
            self.stop()
            self._pool = _make_pool(self._limits)
            return Lost(self._index, *_explain(error, self._limits), seconds)
        return read_answer(self._future.result(), self._index, _explain_shortage(self._limits))

    def stop(self) -> None:
        """End the worker, which removes its temporary files."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()


def _make_pool(limits: Limits) -> ProcessPool:
    """A pool that starts its worker with the first job. The parent has threads, so that a mere copy of it (fork) may hang."""
    from pebble import ProcessPool

    _keep_addresses_short()
    context = multiprocessing.get_context(_METHOD)
    return ProcessPool(max_workers=1, initializer=prepare, initargs=(limits.memory_mb,), context=context)


def _keep_addresses_short() -> None:
    """Let the sockets of processes go elsewhere where the folder for temporary files has too long a name for them, as in job arrays."""
    usual = tempfile.gettempdir()
    if len(os.fsencode(usual)) <= _LONGEST_FOLDER or not os.access(_SHORT_FOLDER, os.W_OK | os.X_OK):
        return
    tempfile.tempdir = _SHORT_FOLDER
    try:
        get_temp_dir()  # stays what it is from the first call on
    finally:
        tempfile.tempdir = usual


@contextmanager
def _starting() -> Iterator[None]:
    """Let nobody interrupt the start of processes half-way, of which nobody would know, nor slip them modules of the current folder.

    They inherit the former, so that interrupts are left to the parent; what ends them, workers let through once they are ready. The
    server that forks them never does: it ends with the parent.
    """
    with _safe_path(), _interrupts_held_back():
        yield


@contextmanager
def _safe_path() -> Iterator[None]:
    """Let processes that start, which Python does with `-c`, not look for modules in the current folder: it may be one of data."""
    before = os.environ.get("PYTHONSAFEPATH")
    os.environ["PYTHONSAFEPATH"] = "1"
    try:
        yield
    finally:
        if before is None:
            os.environ.pop("PYTHONSAFEPATH", None)
        else:
            os.environ["PYTHONSAFEPATH"] = before


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGHUP,))
    try:
        resource_tracker.ensure_running()  # its start would let the others through again
        signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _explain(error: BaseException, limits: Limits) -> tuple[Reason, str, str]:
    """What the end of a worker means, as far as it can be seen from outside, and what to try."""
    if isinstance(error, TimeoutError):
        return "timeout", f"there was no result after {limits.timeout:g} s", "give a longer --timeout, or resample it first"
    if isinstance(error, _NoWorkerError):
        return "crashed", f"no worker process could be started ({error})", _ROOM
    code = getattr(error, "exitcode", None)
    if code is None:  # it died before the pool read that it had taken the job
        return "crashed", "its worker was gone before it could say why", _REPORT
    if code >= 0:
        return "crashed", f"its worker ended itself with exit code {code}", _REPORT
    seen = f"its worker was killed by {_signal_name(-code)}"
    if "SIGKILL" in seen:
        return "crashed", f"{seen}, perhaps because the machine ran out of memory", "give --memory-limit or fewer --jobs"
    return "crashed", seen, _REPORT


def _explain_shortage(limits: Limits) -> tuple[str, str]:
    if limits.memory_mb is None:
        return "there is not enough memory", "give fewer --jobs, or resample it first"
    return f"{limits.memory_mb} MB of memory are not enough", "give a larger --memory-limit, or resample it first"


def _signal_name(number: int) -> str:
    try:
        return f"signal {number} ({signal.Signals(number).name})"
    except ValueError:  # most real-time signals have no name
        return f"signal {number}"
