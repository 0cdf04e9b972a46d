"""Dask clusters of real processes on this machine, and what jobs do on them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

from symline.batch.job import Job
from tests.batch.processes import ROOT, wait_until

#: Runs `dask` without the module that is named first.
_WITHOUT = "import sys; sys.modules[sys.argv.pop(1)] = None; from dask.__main__ import main; sys.argv[0] = 'dask'; main()"


class Cluster:
    """A scheduler, and workers that can be added and killed. Its processes are each in a group of its own, nannies with their workers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "scheduler.json"
        self._processes: list[subprocess.Popen[bytes]] = []
        # should the tests be killed, all ends by itself
        self.scheduler = self._start("scheduler", "--port", "0", "--scheduler-file", str(self._file), "--idle-timeout", "180")

    @property
    def address(self) -> str:
        wait_until(lambda: self._file.exists() and self._file.read_text().endswith("}"))
        return str(json.loads(self._file.read_text())["address"])

    def add_worker(self, *options: str, without: str = "", **environment: str) -> subprocess.Popen[bytes]:
        place = ("--scheduler-file", str(self._file), "--local-directory", str(self._folder), "--death-timeout", "30")
        return self._start("worker", *place, "--nworkers", "1", "--nthreads", "2", *options, without=without, **environment)

    def _start(self, *arguments: str, without: str = "", **environment: str) -> subprocess.Popen[bytes]:
        program = ["-c", _WITHOUT, without] if without else ["-m", "dask"]
        with (self._folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *program, *arguments, "--host", "127.0.0.1", "--no-dashboard"],
                cwd=self._folder,
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
                start_new_session=True,
            )
        self._processes.append(process)
        return process

    @property
    def workers(self) -> list[subprocess.Popen[bytes]]:
        return self._processes[1:]

    def ask(self, question: Callable[..., Any], *arguments: Any) -> Any:
        """Call a function with the scheduler as `dask_scheduler`."""
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            return client.run_on_scheduler(question, *arguments)

    def wait_for_workers(self, count: int) -> None:
        """Wait until there are at least so many."""
        from distributed import Client

        with Client(self.address, timeout=30, set_as_default=False) as client:
            client.wait_for_workers(count, timeout=30)

    def pids(self, worker: subprocess.Popen[bytes]) -> set[str]:
        """Of a worker, its nanny and whatever else they have started."""
        return {str(process.pid) for process in psutil.Process(worker.pid).children(recursive=True)} | {str(worker.pid)}

    def stop(self) -> None:
        for process in self._processes:
            kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and its children in a moment, so that none starts another."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def cluster_in(folder: Path, workers: int, *options: str, **environment: str) -> Iterator[Cluster]:
    """A cluster whose workers have two threads each, and that is gone after the block."""
    cluster = Cluster(folder)
    try:
        for _ in range(workers):
            cluster.add_worker(*options, **environment)
        cluster.wait_for_workers(workers)
        yield cluster
    finally:
        cluster.stop()


def behave(job: Job) -> object:
    """Do what the name of the input says, such as `sleep-0.1-c.npy`."""
    kind, _, rest = job.path.stem.partition("-")
    match kind:
        case "leave":
            os._exit(1)
        case "raise":
            raise ValueError(f"two\nlines about {rest}")
        case "hog":
            raise MemoryError
        case "trap":
            return lambda: 0
        case "sleep":
            job.target.with_suffix(".pid").write_text(str(os.getpid()))
            time.sleep(float(rest.partition("-")[0]))
        case "threads":
            return threads_of_libraries()
    return job.path.name


def count_tasks(dask_scheduler: Any) -> int:
    return len(dask_scheduler.tasks)


def has_worker(name: str, dask_scheduler: Any) -> bool:
    return any((worker.name, worker.status.name) == (name, "running") for worker in dask_scheduler.workers.values())


def allow_failures(number: int, dask_scheduler: Any) -> None:
    """Set how many workers a job may lose and still be given to another."""
    dask_scheduler.allowed_failures = number


def prepare_libraries() -> list[int]:
    """Load what a job would load, and a library that counts threads in another way."""
    import scipy.linalg  # noqa: F401
    import sklearn.utils  # noqa: F401

    import symline.pipeline  # noqa: F401

    return threads_of_libraries()


def threads_of_libraries() -> list[int]:
    import threadpoolctl

    return [library["num_threads"] for library in threadpoolctl.threadpool_info()]
