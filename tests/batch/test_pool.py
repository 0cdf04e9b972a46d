"""The process pool, with real processes that come to harm."""

from __future__ import annotations

import json
import multiprocessing
import os
import platform
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from symline.batch.events import Died, Ended, Postponed, Pulse, Started
from symline.batch.pool import Limits, run_in_pool
from tests.batch import mishaps
from tests.batch.mishaps import act, double
from tests.batch.processes import are_gone, children, is_alive, start, wait_until

ONCE, TWO = Limits(jobs=1, retries=0), Limits(jobs=2)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals kill these workers")
linux = pytest.mark.skipif(sys.platform != "linux", reason="needs a system that keeps to limits of memory")


def run(jobs: Sequence[tuple[Any, ...]], limits: Limits = TWO) -> list[Any]:
    """All events but the pulses."""
    told, last = [], time.monotonic()
    with closing(run_in_pool(act, jobs, limits)) as events:
        for event in events:
            if not isinstance(event, Pulse):
                told.append(event)
                last = time.monotonic()
            # however slow the machine is, something happens
            assert time.monotonic() < last + 120, "it hangs"
    return told


def do(*job: Any, limits: Limits = ONCE) -> Any:
    """The end of a job that is the only one."""
    started, end = run([job], limits)
    assert started == Started(0)
    return end


def workers() -> list[psutil.Process]:
    """Those at work for this process. It is their grandparent; its children are but the servers that start and clean up."""
    return [process for process in children() if is_alive(process) and process not in psutil.Process().children()]


def results(events: list[Any]) -> dict[int, Any]:
    return {event.index: event.result for event in events if isinstance(event, Ended)}


def test_no_jobs_need_no_workers():
    assert run([]) == []


def test_every_job_starts_and_ends():
    events = run([(double, number) for number in range(5)], Limits(jobs=3))
    assert results(events) == {0: 0, 1: 2, 2: 4, 3: 6, 4: 8}
    for index in range(5):
        assert [type(event) for event in events if event.index == index] == [Started, Ended]


def test_events_come_in_the_order_in_which_jobs_end():
    events = run([(double, 0, 1.0), (double, 1), (double, 2)])
    assert list(results(events)) == [1, 2, 0]
    assert 1 <= next(event for event in events if isinstance(event, Ended) and event.index == 0).seconds < 60


def test_a_pulse_comes_while_nothing_happens():
    events = list(run_in_pool(act, [(double, 0, 1.0)], ONCE))
    assert {type(event) for event in events[1:-1]} == {Pulse}
    assert len(events) > 3


def test_no_more_jobs_are_taken_than_there_are_workers():
    class Watched(list[Any]):
        taken = 0

        def __getitem__(self, index: Any) -> Any:
            self.taken += 1
            return super().__getitem__(index)

    jobs = Watched((double, number) for number in range(30))
    ended = 0
    for event in run_in_pool(act, jobs, TWO):
        assert jobs.taken <= ended + 2 * TWO.jobs
        ended += isinstance(event, Ended)
    assert ended == jobs.taken == 30


@pytest.mark.parametrize(
    ("job", "seen"),
    [
        ((mishaps.leave, 3), "its worker ended itself with exit code 3; it was tried twice; check that the file is whole"),
        ((mishaps.read_address_zero,), r"its worker was killed by signal 11 \(SIGSEGV\); it was tried twice; check that"),
        (
            (mishaps.send_myself, signal.SIGKILL),
            r"its worker was killed by signal 9 \(SIGKILL\), perhaps because the machine ran out of memory; "
            "it was tried twice; give --memory-limit or fewer --jobs$",
        ),
    ],
)
def test_a_crash_costs_one_job(job, seen):
    events = run([(double, 0), job, *((double, number) for number in range(2, 8))])
    assert results(events) == {index: 2 * index for index in range(8) if index != 1}
    started, postponed, again, died = [event for event in events if event.index == 1]
    assert started == again == Started(1)
    assert isinstance(postponed, Postponed)
    assert isinstance(died, Died)
    assert postponed.reason == died.reason == "crashed"
    assert died.message.startswith(postponed.message)
    assert re.match(seen, died.message)


def test_every_job_may_crash():
    events = run([(mishaps.leave, 1)] * 3)
    assert Counter(type(event) for event in events) == {Started: 6, Postponed: 3, Died: 3}


@pytest.mark.parametrize("seconds", [0, 0.5])
def test_a_worker_may_be_killed_while_it_has_nothing_to_do(seconds):
    class Killing(list[Any]):
        def __getitem__(self, index: Any) -> Any:
            if index == 1 and not killed:
                killed.extend(workers())
                for worker in killed:
                    worker.kill()
                time.sleep(seconds)
            return super().__getitem__(index)

    killed: list[psutil.Process] = []
    events = run(Killing((double, number) for number in range(4)), Limits(jobs=1))
    assert len(killed) == 1
    assert results(events) == {0: 0, 1: 2, 2: 4, 3: 6}


@pytest.mark.slow
def test_workers_may_be_killed_at_any_time():
    is_over = threading.Event()

    def kill() -> None:
        chance = random.Random(0)
        while not is_over.wait(chance.uniform(0, 0.2)):
            with suppress(psutil.NoSuchProcess):
                for worker in workers()[:1]:
                    worker.kill()

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        events = run([(double, number, 0.001) for number in range(4000)], Limits(jobs=3, retries=100))
    finally:
        is_over.set()
        killer.join()
    assert results(events) == {number: 2 * number for number in range(4000)}


def test_without_retries_the_first_crash_counts():
    assert re.match("its worker ended itself with exit code 3; check", do(mishaps.leave, 3).message)


def test_retries_are_counted():
    events = run([(mishaps.leave, 3)], Limits(jobs=1, retries=2))
    assert [type(event) for event in events] == [Started, Postponed, Started, Postponed, Started, Died]
    assert "it was tried 3 times" in events[-1].message


def test_a_signal_without_a_name_has_a_number():
    assert re.match("its worker was killed by signal 36;", do(mishaps.send_myself, 36).message)


def test_a_job_that_leaves_by_an_exception_is_no_result():
    assert re.match("its worker ended itself with exit code 1;", do(mishaps.raise_system_exit).message)


def test_jobs_are_tried_again_alone(tmp_path):
    path = tmp_path / "log"
    fragile = [(mishaps.survive_the_second_time, path, word) for word in ("a", "b")]
    events = run([*fragile, *((mishaps.log, path, str(number), 0.3) for number in range(4))])
    assert results(events) == {0: "survived", 1: "survived"} | dict.fromkeys(range(2, 6))
    lines = path.read_text().splitlines()[-4:]
    assert sorted([lines[:2], lines[2:]]) == [["start a", "end a"], ["start b", "end b"]]


def test_a_job_past_its_time_is_stopped():
    events = run([(double, 0, 60), (double, 1), (double, 2)], Limits(jobs=2, timeout=1))
    assert results(events) == {1: 2, 2: 4}
    assert events[-1].reason == "timeout"
    assert events[-1].message == "there was no result after 1 s; it was tried twice; give a longer --timeout, or resample it first"
    assert 1 <= events[-1].seconds < 30


def test_a_job_that_hears_no_signal_is_stopped_all_the_same():
    events = run([(mishaps.hold_the_interpreter,), *((double, number) for number in range(1, 5))], Limits(jobs=2, timeout=0.5, retries=0))
    assert results(events) == {index: 2 * index for index in range(1, 5)}
    assert events[-1].reason == "timeout"


@linux
@pytest.mark.parametrize("job", [mishaps.take_memory, mishaps.take_memory_for_the_result])
def test_memory_beyond_the_limit_costs_one_job(job):
    events = run([(job, 300), (mishaps.take_memory, 180)], Limits(jobs=2, memory_mb=300))
    assert results(events) == {1: 180 * 2**20}
    assert [type(event) for event in events if event.index == 0] == [Started, Postponed, Started, Died]
    assert events[-1].reason == "out_of_memory"
    assert events[-1].message == "300 MB of memory are not enough; it was tried twice; give a larger --memory-limit, or resample it first"


@linux
def test_numerical_libraries_live_with_a_limit():
    assert do(mishaps.multiply_where_memory_is_short, limits=Limits(jobs=1, memory_mb=200, retries=0)).result == 300 * 300


@linux
def test_a_limit_below_what_a_worker_needs_is_told_as_such():
    assert do(mishaps.take_memory, 50, limits=Limits(jobs=1, memory_mb=1, retries=0)).message.startswith("1 MB of memory are not enough")


def test_memory_that_no_machine_has_costs_one_job():
    end = do(mishaps.take_memory, 2**40)
    assert end.reason == "out_of_memory"
    assert end.message == "there is not enough memory; give fewer --jobs, or resample it first"


def test_an_exception_is_told_and_not_tried_again():
    end = do(mishaps.raise_odd_error, limits=Limits(jobs=1, retries=3))
    assert (end.reason, end.message) == ("crashed", "defect: OddError: two lines; please report it with what -vv says")
    assert "raise_odd_error" in end.trace


@pytest.mark.parametrize("kind", ["function", "trapdoor", "module"])
def test_a_result_that_cannot_travel_is_a_defect(kind):
    end = do(mishaps.give, kind, limits=TWO)
    assert end.reason == "crashed"
    assert re.match("defect: .*(pickle|local object)", end.message)  # the words are Python's


def test_a_worker_outlives_exceptions():
    pids = results(run([(os.getpid,), (mishaps.raise_odd_error,), (mishaps.give, "trapdoor"), (os.getpid,)], ONCE))
    assert pids[0] == pids[3]


def test_workers_use_one_thread_and_leave_interrupts_to_the_parent(monkeypatch):
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "4")
    threads = do(mishaps.threads_of_libraries).result
    assert threads
    assert set(threads) == {1}
    assert do(mishaps.ignored, (signal.SIGINT, signal.SIGHUP)).result == [True, True]


def test_workers_import_nothing_heavy_by_themselves():
    code = """
        from tests.batch.test_pool import *
        print(do(mishaps.imported, ("numpy", "scipy", "skimage", "PIL", "click")).result)
    """
    told, err = start(code).communicate(timeout=60)  # a process of its own: the server of the workers may have been warmed up in this one
    assert told == "[]\n", err


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="needs a C library that can be told to keep memory")
def test_workers_keep_freed_memory_for_the_next_arrays():
    code = """
        from symline.batch.pool import warm_up
        from tests.batch.test_pool import *
        warm_up()
        print(do(mishaps.pages_taken_again).result)
    """
    told, err = start(code).communicate(timeout=60)
    assert int(told) < 500, err  # of 5,120


@pytest.mark.parametrize("job", [(double, 0, 60), (mishaps.hold_the_interpreter,)])
def test_who_leaves_early_leaves_no_workers(job):
    with closing(run_in_pool(act, [job] * 9, Limits(jobs=3))) as events:
        assert [next(events) for _ in range(3)] == [Started(0), Started(1), Started(2)]
        time.sleep(0.5)
        processes = workers()
    assert len(processes) == 3
    assert are_gone(processes)
    assert multiprocessing.active_children() == []


def test_where_no_more_workers_can_be_started_the_jobs_wait():
    code = """
        import resource
        from tests.batch.test_pool import *
        run([(double, 1)])  # with what is opened once
        resource.setrlimit(resource.RLIMIT_NOFILE, (psutil.Process().num_fds() + 20, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
        events = run([(double, number) for number in range(8)], Limits(jobs=8))
        assert Postponed in {type(event) for event in events}
        print(json.dumps(results(events)))
    """
    told, err = start(code).communicate(timeout=60)
    assert json.loads(told) == {str(number): 2 * number for number in range(8)}, err


PARENT = """
    import signal, sys
    from pathlib import Path
    from symline.batch.pool import Limits, run_in_pool
    from tests.batch.mishaps import act, write_for_ever

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a suite in the background of a shell ignores it
    try:
        list(run_in_pool(act, [(write_for_ever, Path(sys.argv[1]) / str(number)) for number in range(20)], Limits(jobs=3)))
    except KeyboardInterrupt:
        sys.exit(130)
"""


def write_with_three(folder: Path) -> tuple[subprocess.Popen[str], list[psutil.Process]]:
    """A parent whose three workers are all writing, and its descendants."""
    parent = start(PARENT, folder)
    wait_until(lambda: len(list(folder.iterdir())) == 3)
    processes = children(parent.pid)
    assert len(processes) >= 3
    return parent, processes


@pytest.mark.parametrize("to_all", [False, True])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_parent_leaves_neither_processes_nor_files(tmp_path, number, to_all):
    parent, processes = write_with_three(tmp_path)
    (os.killpg if to_all else os.kill)(parent.pid, number)
    out, err = parent.communicate(timeout=10)
    assert (parent.returncode, out, err) == (130, "", "")
    wait_until(lambda: are_gone(processes), 5)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_waits_for_the_start_of_a_worker(number):
    """A worker of which the parent has not heard yet would be left alone with what it needs to get ready, and tell a traceback."""
    code = f"""
        import os, signal, sys, time
        from multiprocessing import popen_forkserver
        from symline.batch.pool import Limits, run_in_pool, warm_up

        def launch(popen, process, launch=popen_forkserver.Popen._launch):
            launch(popen, process)
            os.kill(os.getpid(), {number:d})

        popen_forkserver.Popen._launch = launch
        signal.signal({number:d}, signal.default_int_handler)
        try:
            warm_up()
            list(run_in_pool(time.sleep, [60, 60], Limits(jobs=2)))
        except KeyboardInterrupt:
            sys.exit(130)
    """
    parent = start(code)
    out, err = parent.communicate(timeout=30)
    assert (parent.returncode, out, err) == (130, "", "")


def test_a_killed_parent_leaves_neither_processes_nor_files(tmp_path):
    parent, processes = write_with_three(tmp_path)
    parent.kill()
    parent.communicate(timeout=10)
    wait_until(lambda: are_gone(processes), 10)
    assert list(tmp_path.iterdir()) == []


def test_memory_does_not_grow_with_the_number_of_jobs():
    code = """
        from tests.batch.test_pool import *
        marks = {}
        with closing(run_in_pool(act, [(mishaps.used_mb,)] * 10_000, TWO)) as events:
            ended = (event for event in events if isinstance(event, Ended))
            for count, event in enumerate(ended, start=1):
                if count in (1_000, 10_000):
                    marks[count] = [mishaps.used_mb(), event.result]
        print(json.dumps(marks))
    """
    told, err = start(code).communicate(timeout=60)
    marks = json.loads(told)
    assert len(marks) == 2, err
    assert all(0 < late < early + 3 for early, late in zip(marks["1000"], marks["10000"], strict=True)), marks
    assert max(marks["10000"]) < 100
