"""What runs inside a worker process: getting ready, doing one job, and leaving."""

from __future__ import annotations

import atexit
import errno
import logging
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from symline.batch.catch import catch, tell_trace
from symline.batch.environment import limit_threads

#: Seconds that a worker has to remove its temporary files before it is ended the hard way.
_GRACE = 2.0

#: Not empty any more once this process leaves of itself.
_LEAVING: list[bool] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of a job: a result or an error, or neither when memory ran out.

    Parameters
    ----------
    result
        Pickled.
    error
        What the work raised, on one line.
    trace
        Where it was raised.
    seconds
        How long the work took.
    """

    result: bytes | None = None
    error: str = ""
    trace: str = ""
    seconds: float


def prepare(memory_mb: int | None) -> None:
    """Get a new worker ready, before anything heavy is imported: one thread for numerical libraries, a limit of memory, a way to leave.

    Linux refuses memory beyond the limit, and a `MemoryError` is raised; on other systems there is no limit.
    """
    limit_threads()
    logging.disable()  # a worker that is ended while it gets ready would leave a traceback on the terminal
    threading.Thread(target=_follow_parent, daemon=True).start()
    if memory_mb is not None and sys.platform == "linux":
        _limit_memory(memory_mb)
    if sys.platform != "win32":
        # As with interrupts, a terminal tells everybody that it is gone: it is the parent that decides.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGTERM,))  # the parent held it back while it started this process
    # From Python 3.13 on a worker runs what is left to do at its exit as any process does, and would tell with a traceback that it was cut
    # short. What is registered last runs first; a builtin method, since any line of Python may be cut short itself.
    atexit.register(_LEAVING.append, True)


def _limit_memory(mb: int) -> None:
    """Limit the resident memory of this process, by way of what Linux can limit: the data that it may ever touch."""
    import resource

    import numpy as np
    from scipy.linalg.blas import dgemm

    # OpenBLAS ends the process, or tries for ever, where it cannot have its buffers. It gets them once, with the first large product.
    ones = np.ones((300, 300))
    dgemm(1.0, ones @ ones, ones)
    _, resident, *_, data, _ = map(int, Path("/proc/self/statm").read_text().split())
    limit = mb * 2**20 + (data - resident) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def perform(request: bytes) -> Answer:
    """Do one job: `request` is the pickled work and what to do it on.

    Both are unpickled here, and the result is pickled here, so that what fails at that costs this job and not the worker.
    """
    try:
        return _perform(request)
    except SystemExit:
        os._exit(1)  # whatever waits for the answer, there is none


def _perform(request: bytes) -> Answer:
    start = time.perf_counter()
    answer = catch(_answer, request)
    seconds = time.perf_counter() - start
    match answer:
        case bytes():
            return Answer(result=answer, seconds=seconds)
        case MemoryError() | OSError(errno=errno.ENOMEM):  # the latter from the system, when a folder is listed for an import
            return Answer(seconds=seconds)
    return Answer(error=" ".join(f"{type(answer).__name__}: {answer}".split()), trace=tell_trace(answer), seconds=seconds)


def _answer(request: bytes) -> bytes:
    work, job = pickle.loads(request)
    answer = pickle.dumps(work(job))
    pickle.loads(answer)  # tried here, so that the parent can rely on it
    return answer


def _leave(_number: int, _frame: FrameType | None) -> None:
    """Leave through all `finally` blocks, which remove temporary files."""
    if _LEAVING:
        return
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second one would cut them short
    raise SystemExit(1)


def _follow_parent() -> None:
    """Leave when the parent process is gone, however it went: nobody else would tell."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    parent.join()
    if sys.platform != "win32":
        # to the thread that works, since only there it wakes up what sleeps
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)
        time.sleep(_GRACE)
    os._exit(1)
