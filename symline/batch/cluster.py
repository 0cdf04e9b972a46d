"""Many jobs on the workers of a Dask cluster that somebody else has started and goes on to use."""

from __future__ import annotations

import asyncio
import itertools
import pickle
import secrets
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, TypeVar

from symline.batch.attempts import Lost, News, read_answer, retry_lost
from symline.batch.catch import catch, tell_trace
from symline.batch.cluster_access import connect, one_line, require_alike
from symline.batch.events import PULSE, Ended, Event, Pulse, Started
from symline.batch.job import Job
from symline.batch.remote import perform_there
from symline.batch.versions import versions
from symline.batch.worker import Answer
from symline.errors import ClusterError, ConfigError
from symline.files.names import printable

if TYPE_CHECKING:  # it takes longer to import than all else that the parent process needs
    from distributed import Client, Future

#: Seconds between two looks at how many workers there are.
_GLANCE = 2.0
#: Seconds without any worker after which the work is given up: where workers wait in a queue, they take a while to come back.
_PATIENCE = 600.0
#: What is seen when memory ran out, and what to try.
_SHORTAGE = ("its worker ran out of memory", "let workers have more of it, or fewer threads, or resample it first")
#: Jobs that the cluster is given for each thread of its workers, so that none has to wait for the next.
_AHEAD = 2

R = TypeVar("R")


def run_on_cluster(work: Callable[[Job], R], jobs: Sequence[Job], address: str, retries: int = 1) -> Generator[Event[R], None, None]:
    """Do all jobs on the workers of a cluster, and tell what happens as it happens.

    A worker that is lost costs nothing but time: its jobs run elsewhere. A job that loses one worker after the other is tried
    again when all others are done, with nothing else running.

    To leave the iteration early, close it (`contextlib.closing`): jobs that have not begun are taken back within 5 seconds. On
    workers nobody can stop those that have; their results are written all the same.

    Parameters
    ----------
    work
        A function at the top of a module that the workers have too.
    address
        Of the scheduler.
    retries
        How often a job is tried again.

    Raises
    ------
    ConfigError
        The cluster cannot be reached, or its workers would not make the same results: they have other versions, or other files.
    ClusterError
        The cluster is gone. The results that were told of are there.
    """
    if not jobs:
        return
    with connect(address) as client:
        require_alike(client, address, jobs)
        tasks = _Tasks(client, address)

        def attempt(waiting: Sequence[int], alone: bool) -> Generator[News, None, None]:
            return tasks.run(((index, pickle.dumps((work, jobs[index].absolute()))) for index in waiting), alone=alone)

        yield from retry_lost(attempt, len(jobs), retries)


class _Tasks:
    """What the cluster has been given to do, and what it tells about it."""

    def __init__(self, client: Client, address: str) -> None:
        self._client, self._address = client, printable(address)
        self._name = f"symline-{secrets.token_hex(16)}"  # nobody else on this cluster shall hit upon it
        self._numbers = itertools.count()
        self._begun: dict[int, float] = {}
        self._news: SimpleQueue[News | ClusterError] = SimpleQueue()
        self._threads = sum(client.nthreads().values())
        self._seen = time.monotonic()
        client.subscribe_topic(self._name, self._hear)
        client.loop.add_callback(self._watch)

    def run(self, requests: Iterator[tuple[int, bytes]], *, alone: bool) -> Generator[News, None, None]:
        """Do each request once; no more of them are taken from the iterator than the workers can soon begin with."""
        while True:
            while len(self._begun) < (1 if alone else _AHEAD * max(1, self._threads)) and (request := next(requests, None)):
                self._send(*request)
            if not self._begun:
                return
            yield self._next()

    def _send(self, index: int, request: bytes) -> None:
        self._require_client()
        self._begun[index] = time.monotonic()
        key = (self._name, next(self._numbers))
        future = self._client.submit(perform_there, request, versions(), self._name, index, key=key, pure=False)
        self._client.loop.add_callback(self._follow, index, future)

    def _next(self) -> News:
        try:
            news = self._news.get(timeout=PULSE)
        except Empty:
            self._require_client()
            self._require_workers()
            return Pulse()
        if isinstance(news, ClusterError):
            raise news
        if isinstance(news, Ended | Lost):
            del self._begun[news.index]
        elif isinstance(news, Started):
            if news.index not in self._begun:  # it was overtaken by its result
                return Pulse()
            self._begun[news.index] = time.monotonic()
        return news

    def _require_client(self) -> None:
        if self._client.status != "running":
            raise self._give_up("the connection to the scheduler was lost; see whether it still runs")

    def _require_workers(self) -> None:
        if time.monotonic() - self._seen > _PATIENCE:
            raise self._give_up(f"the scheduler has had no workers for {_PATIENCE:.0f} s; start some")

    def _give_up(self, why: str) -> ClusterError:
        return ClusterError(f"{self._address}: {why}; what was finished stays, and the same command goes on from there")

    # What follows runs in the thread of the client.

    def _hear(self, message: tuple[float, int]) -> None:
        _, index = message
        self._news.put(Started(index))

    async def _follow(self, index: int, future: Future[Answer]) -> None:
        answer = asyncio.ensure_future(future)
        await asyncio.wait((answer,))
        news = catch(lambda: read_answer(answer.result(), index, _SHORTAGE))
        self._news.put(self._explain(news, index) if isinstance(news, Exception) else news)

    def _explain(self, error: Exception, index: int) -> Lost | ClusterError:
        from distributed import CancelledError, KilledWorker

        seconds = time.monotonic() - self._begun[index]
        match error:
            case KilledWorker(allowed_failures=others):
                seen = f"its worker was lost, {others + 1} time{'s' if others else ''}"
                return Lost(index, "crashed", seen, "look into the logs of the workers for why", seconds)
            case CancelledError():
                return self._give_up(f"the cluster dropped the work ({getattr(error, 'reason', 'cancelled')}); see whether it still runs")
            case ConfigError():  # a worker that is not like here has joined
                return self._give_up(str(error))
        return Lost.by_defect(index, f"{type(error).__name__}: {one_line(error)}", seconds, tell_trace(error))

    async def _watch(self) -> None:
        """Keep count of the workers; a scheduler that does not answer has none to offer."""
        while self._client.status in ("running", "connecting"):
            with suppress(OSError):
                self._threads = sum((await self._client.scheduler.ncores()).values())
                if self._threads:
                    self._seen = time.monotonic()
            await asyncio.sleep(_GLANCE)
