"""The work on a Dask cluster, with a real scheduler and real workers, some of which come to harm."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("distributed")

from distributed import Client

from symline.batch import cluster as module
from symline.batch import cluster_access
from symline.batch.cluster import run_on_cluster
from symline.batch.events import Died, Ended, Postponed, Pulse, Started
from symline.batch.job import Job, Reading
from symline.batch.products import MIDLINE, SCORE
from symline.batch.versions import versions
from symline.cli import main
from symline.cli.console import Console
from symline.config import Config
from symline.errors import ClusterError, ConfigError
from symline.files.names import printable
from tests.batch.clusters import (
    Cluster,
    allow_failures,
    behave,
    cluster_in,
    count_tasks,
    has_worker,
    kill,
    prepare_libraries,
    threads_of_libraries,
)
from tests.batch.processes import ROOT, wait_until

linux = pytest.mark.skipif(sys.platform != "linux", reason="makes a path of its own for each process")

Make = Callable[..., list[Job]]
#: More threads than one, whose number results must not depend on.
THREADS = {"OPENBLAS_NUM_THREADS": "4", "OMP_NUM_THREADS": "4"}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two workers that are started again when they die."""
    with cluster_in(tmp_path_factory.mktemp("cluster"), 2, **THREADS) as made:
        yield made


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Jobs about inputs of these names, which need not hold anything."""

    def make(*names: str) -> list[Job]:
        (tmp_path / "out").mkdir(exist_ok=True)
        paths = [tmp_path / name for name in names]
        for path in paths:
            path.touch()
        return [_job(path, tmp_path / "out") for path in paths]

    return make


def _job(path: Path, out: Path) -> Job:
    return Job(path=path, target=out / path.stem, products=(MIDLINE, SCORE), config=Config(), reading=Reading())


def run(jobs: Sequence[Job], cluster: Cluster, do: Callable[[Job], Any] = behave, retries: int = 1) -> list[Any]:
    """All events but the pulses."""
    with closing(run_on_cluster(do, jobs, cluster.address, retries)) as events:
        return [event for event in events if not isinstance(event, Pulse)]


def results(events: list[Any]) -> dict[int, Any]:
    return {event.index: event.result for event in events if isinstance(event, Ended)}


def test_a_batch_makes_the_same_bytes_as_here_whatever_the_number_of_threads(cluster, tmp_path, monkeypatch):
    """Two inputs at a time in each worker, whose libraries would take more than one thread, and paths that begin in this folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("thin.npy", "symmetric.npy", "tilted.tif"):
        (tmp_path / "in" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "in" / name).symlink_to(ROOT / "sample_data" / name)
    (tmp_path / "in" / "bad.npy").write_text("no image")
    assert main.run(["batch", "in", "-o", "here", "--jobs", "2"], Console()) == 1
    assert main.run(["batch", "in", "-o", "there", "--dask", cluster.address], Console()) == 1
    assert (there := contents(tmp_path / "there")) == contents(tmp_path / "here")
    assert {"summary.csv", "thin.levels.csv", "report/thin.jpg"} < there.keys()
    # and there is nothing left to do
    assert main.run(["batch", "in", "-o", "there", "--dask", cluster.address], Console()) == 1
    assert json.loads((tmp_path / "there" / "batch.json").read_text())["counts"]["skipped"] == 3
    assert contents(tmp_path / "there") == there


def contents(folder: Path) -> dict[str, bytes]:
    """All files but those that tell when and how."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in ("batch.json", "report.html")
    }


def test_libraries_have_one_thread_while_a_job_runs_and_then_as_many_as_before(cluster, make):
    with Client(cluster.address, set_as_default=False) as client:
        before = client.run(prepare_libraries)
        events = run(make("threads-a.npy", "sleep-0.1.npy", "threads-b.npy", "threads-c.npy"), cluster)
        assert client.run(threads_of_libraries) == before
    assert {*chain.from_iterable(before.values())} != {1}
    assert {*results(events)[0], *results(events)[2], *results(events)[3]} == {1}


def test_no_jobs_need_no_cluster():
    assert list(run_on_cluster(behave, [], "tcp://127.0.0.1:1")) == []


def test_jobs_end_in_any_order_and_something_is_told_all_the_time(cluster, make):
    jobs = make("sleep-0.8.npy", *(f"quick-{number}.npy" for number in range(20)))
    with closing(run_on_cluster(behave, jobs, cluster.address)) as events:
        told = list(events)
    assert results(told) == {index: job.path.name for index, job in enumerate(jobs)}
    ended = [event.index for event in told if isinstance(event, Ended)]
    assert ended[-1] == 0
    assert told.index(Started(0)) < told.index(Started(20))
    assert Pulse() in told
    (seconds,) = (event.seconds for event in told if isinstance(event, Ended) and event.index == 0)
    assert seconds >= 0.8


def test_few_jobs_are_taken_ahead(cluster, make):
    class Watched(list):
        taken = 0

        def __getitem__(self, index):
            self.taken = max(self.taken, index + 1)
            return super().__getitem__(index)

    jobs = Watched(make(*(f"quick-{number}.npy" for number in range(60))))
    with closing(run_on_cluster(behave, jobs, cluster.address)) as events:
        ended = 0
        for event in events:
            ended += isinstance(event, Ended)
            assert jobs.taken <= ended + 2 * 4
    assert ended == 60
    # and the cluster has forgotten them
    wait_until(lambda: cluster.ask(count_tasks) == 0)


def test_what_a_job_raises_costs_that_job(cluster, make):
    events = run(make("raise-it.npy", "trap.npy", "hog.npy", "quick.npy"), cluster)
    died = {event.index: event for event in events if isinstance(event, Died)}
    assert results(events) == {3: "quick.npy"}
    assert died[0].reason == "crashed"
    assert died[0].message == "defect: ValueError: two lines about it; please report it with what -vv says"
    assert "in behave" in died[0].trace
    assert re.match("defect: .*(pickle|local object)", died[1].message)  # the words are Python's
    assert died[2].reason == "out_of_memory"
    assert died[2].message == (
        "its worker ran out of memory; it was tried twice; let workers have more of it, or fewer threads, or resample it first"
    )
    assert [event.index for event in events if isinstance(event, Postponed)] == [2]


def test_leaving_early_takes_back_what_has_not_begun(cluster, make):
    jobs = make(*(f"sleep-0.5-{number}.npy" for number in range(12)))
    with closing(run_on_cluster(behave, jobs, cluster.address)) as events:
        next(event for event in events if isinstance(event, Started))
    wait_until(lambda: cluster.ask(count_tasks) == 0, 5)
    assert results(run(make("quick.npy"), cluster)) == {0: "quick.npy"}


def test_a_worker_that_is_killed_costs_nothing(cluster, make):
    jobs = make(*(f"sleep-0.2-{number}.npy" for number in range(30)))
    victim = cluster.workers[0]
    pids = cluster.pids(victim)
    told = []
    with closing(run_on_cluster(behave, jobs, cluster.address)) as events:
        for event in events:
            told.append(event)
            if victim.poll() is None and any(pid_of(jobs[index]) in pids for index in running(told)) and len(results(told)) >= 4:
                kill(victim)
                cluster.add_worker(**THREADS)
    assert victim.poll() is not None
    assert results(told) == {index: job.path.name for index, job in enumerate(jobs)}
    assert max(Counter(event.index for event in told if isinstance(event, Started)).values()) == 2
    assert not any(isinstance(event, Postponed | Died) for event in told)


def running(events: list[Any]) -> set[int]:
    return {event.index for event in events if isinstance(event, Started)} - results(events).keys()


def pid_of(job: Job) -> str:
    path = job.target.with_suffix(".pid")
    return path.read_text() if path.exists() else ""


def test_a_job_that_kills_its_workers_costs_that_job(cluster, make):
    cluster.ask(allow_failures, 0)
    try:
        events = run(make("quick-1.npy", "leave.npy", "sleep-0.3.npy", "quick-2.npy"), cluster)
    finally:
        cluster.ask(allow_failures, 3)
    assert results(events).keys() == {0, 2, 3}
    (died,) = (event for event in events if isinstance(event, Died))
    assert (died.index, died.reason) == (1, "crashed")
    assert died.message == "its worker was lost, 1 time; it was tried twice; look into the logs of the workers for why"
    assert 1 in [event.index for event in events if isinstance(event, Postponed)]


def refusal(job: Job, address: str) -> str:
    with pytest.raises(ConfigError, match="; ") as caught, closing(run_on_cluster(behave, [job], address)) as events:
        list(events)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_the_package_for_clusters_may_be_missing(make, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert refusal(*make("a.npy"), "tcp://127.0.0.1:1").endswith("pip install 'symline[dask]'")


@pytest.mark.parametrize(
    "address", ["tcp://127.0.0.1:1", "127.0.0.1", "nonsense://here", "tls://127.0.0.1:1", "inproc://here", "", "two\nlines"]
)
def test_there_may_be_no_scheduler(make, monkeypatch, address):
    monkeypatch.setattr(cluster_access, "_ANSWER", 0.5)
    assert refusal(*make("a.npy"), address).startswith(f"{printable(address) or '--dask'}: no Dask scheduler answers")


def test_another_version_is_refused(cluster, make, monkeypatch):
    monkeypatch.setattr(cluster_access, "versions", lambda: {**versions(), "numpy": "1.99"})
    assert re.fullmatch(
        r"worker tcp://127.0.0.1:\d+: numpy .* is there, and 1.99 here; .*; install numpy==1.99 there",
        refusal(*make("a.npy"), cluster.address),
    )


def test_a_worker_with_another_version_that_joins_later_ends_the_work(cluster, make, monkeypatch):
    monkeypatch.setattr(module, "versions", lambda: {**versions(), "numpy": "1.99"})
    with pytest.raises(ClusterError, match=r"numpy .* is there, and 1.99 here; .*what was finished stays"):
        run(make("a.npy"), cluster)


@linux
def test_inputs_must_be_seen_by_all_workers(cluster, make):
    (job,) = make("a.npy")
    with job.path.open() as stream:
        # a path that leads to the file in this process only
        os.dup2(stream.fileno(), 99)
        message = refusal(replace(job, path=Path("/proc/self/fd/99")), cluster.address)
        os.close(99)
    assert re.match(r"worker tcp://127.0.0.1:\d+: it cannot read /proc/self/fd/99; .* at the same paths on all machines", message)


@linux
def test_outputs_must_be_seen_by_all_workers(cluster, make, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (job,) = make("a.npy")
    message = refusal(replace(job, target=Path("/proc/self/cwd/out/a")), cluster.address)
    assert re.match(
        r"worker tcp://127.0.0.1:\d+: it does not see what is in /proc/self/cwd/out; .* at the same paths on all machines", message
    )
    assert not any((tmp_path / "out").iterdir())


def test_an_input_that_is_missing_everywhere_is_no_reason_to_refuse(cluster, make):
    missing, present = make("a.npy", "b.npy")
    missing.path.unlink()
    assert results(run([missing, present], cluster)) == {0: "a.npy", 1: "b.npy"}


def test_symline_may_be_missing_there(cluster, make):
    # known by its name: others, which tests before this one have lost, may come back meanwhile
    stranger = cluster.add_worker("--no-nanny", "--name", "stranger", without="symline")
    try:
        wait_until(lambda: cluster.ask(has_worker, "stranger"))
        message = refusal(*make("a.npy"), cluster.address)
    finally:
        kill(stranger)
    wait_until(lambda: not cluster.ask(has_worker, "stranger"))
    assert re.match(r"worker tcp://127.0.0.1:\d+: symline cannot be used there \(.*\); .*; pip install 'symline\[dask\]==", message)


def test_the_cluster_may_go_away(tmp_path, make, monkeypatch):
    """First all of its workers, then the scheduler."""
    monkeypatch.setattr(module, "_PATIENCE", 1.0)
    monkeypatch.setattr(module, "_GLANCE", 0.1)
    jobs = make(*(f"sleep-0.1-{number}.npy" for number in range(40)))
    with cluster_in(tmp_path, 1, "--no-nanny") as cluster:
        (worker,) = cluster.workers
        with pytest.raises(ClusterError, match="no workers for 1 s; start some; what was finished stays"):
            run_and_kill(worker, jobs, cluster)
        monkeypatch.setattr(cluster_access, "_ANSWER", 0.5)
        assert "the scheduler has no workers" in refusal(jobs[0], cluster.address)
        monkeypatch.setattr(cluster_access, "_ANSWER", 15)
        cluster.add_worker("--no-nanny")
        with pytest.raises(ClusterError, match=r"the connection to the scheduler was lost|dropped the work"):
            run_and_kill(cluster.scheduler, jobs, cluster)


def run_and_kill(process: subprocess.Popen[bytes], jobs: Sequence[Job], cluster: Cluster) -> None:
    with closing(run_on_cluster(behave, jobs, cluster.address)) as events:
        for event in events:
            if isinstance(event, Ended) and process.poll() is None:
                kill(process)
