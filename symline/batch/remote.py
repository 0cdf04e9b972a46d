"""What runs on the workers of a cluster: a look around before the work starts, and one job at a time."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from symline.batch.versions import versions
from symline.batch.worker import Answer, perform
from symline.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a worker sees.

    Parameters
    ----------
    versions
        As in `symline.batch.versions`.
    unseen
        Of the paths it was asked for, those that are not there.
    unwritable
        Of the folders it was asked for, those that it may not write to.
    """

    versions: Mapping[str, str]
    unseen: Sequence[Path]
    unwritable: Sequence[Path]


def look(paths: Sequence[Path], folders: Sequence[Path]) -> View:
    """Look whether files can be read and folders written to from here."""
    import threadpoolctl  # noqa: F401 - what a job needs, and where it is missing this tells

    return View(
        versions=versions(),
        unseen=[path for path in paths if not os.access(path, os.R_OK)],
        unwritable=[folder for folder in folders if not os.access(folder, os.W_OK | os.X_OK)],
    )


def require_same(found: Mapping[str, str], needed: Mapping[str, str], where: str) -> None:
    """Refuse a worker whose results would not have the same bytes.

    Raises
    ------
    ConfigError
        A version differs.
    """
    for name, version in needed.items():
        if found.get(name) != version:
            raise ConfigError(
                f"{where}: {name} {found.get(name, 'is missing')} is there, and {version} here; the same version is needed "
                f"for the same results; install {name}=={version} there"
            )


def perform_there(request: bytes, needed: Mapping[str, str], topic: str, index: int) -> Answer:
    """Do one job and tell its client that it has begun.

    Parameters
    ----------
    request
        See `symline.batch.worker.perform`.
    needed
        Versions: a worker may have joined the cluster since all were looked at.
    topic, index
        Under which the client listens, and what to tell it.
    """
    from distributed import get_worker
    from threadpoolctl import threadpool_limits

    worker = get_worker()
    require_same(versions(), needed, f"worker {worker.address}")
    worker.log_event(topic, index)
    with _single, threadpool_limits(limits=1, user_api="openmp"):  # of OpenMP, each thread has its own number
        return perform(request)


class _SingleThread:
    """Keeps numerical libraries to one thread for as long as any job runs: their sums depend on the number.

    The number is one for the whole process, where other jobs may begin and end meanwhile. So the first one sets it, and the last
    gives back what others who use the cluster had.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs = 0
        # threadpoolctl lets one thread alone change the number until it takes that back; jobs come in several.
        self._hand = ThreadPoolExecutor(1)
        self._limits = ExitStack()

    def __enter__(self) -> None:
        with self._lock:
            if not self._jobs:
                self._hand.submit(self._limit).result()
            self._jobs += 1

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self._lock:
            self._jobs -= 1
            if not self._jobs:
                self._hand.submit(self._limits.close).result()

    def _limit(self) -> None:
        # A limit holds for libraries that are there already; these bring all that a job needs.
        import scipy.linalg  # noqa: F401
        from threadpoolctl import threadpool_info, threadpool_limits

        import symline.pipeline  # noqa: F401

        self._limits.enter_context(threadpool_limits(limits=1))
        if any(library["num_threads"] != 1 for library in threadpool_info()):
            self._limits.close()
            raise ConfigError(
                "a worker cannot keep numerical libraries to one thread, since something else there sets their number; "
                "one is needed for the same results; start the workers with OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 MKL_NUM_THREADS=1"
            )


_single = _SingleThread()
