"""A batch that is told to stop, or is killed, leaves nobody and nothing half done; the next one does the rest."""

from __future__ import annotations

import os
import random
import signal
import sys
import time

import pytest

from tests.batch.processes import wait_until
from tests.cli.conftest import finish
from tests.cli.mishaps.scene import NAMES, Scene, everything, require_consistency, rows

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals stop these batches")

#: What is going on -> the fates that bring it about, and the opening from which on it does.
MOMENTS = {
    "the first inputs": ({"a.npy": ["hang"], "b.npy": ["hang"]}, ("b.npy", 1)),
    "the last inputs": ({"e.npy": ["hang"], "f.npy": ["hang"]}, ("f.npy", 1)),
    "trying again": ({"c.npy": ["kill", "hang"]}, ("c.npy", 2)),
    "the summary": ({"summary.csv": ["hang", "live"]}, ("summary.csv", 1)),
    "the report": ({"page.html": ["hang"]}, ("page.html", 1)),
}
DONE = {"the first inputs": 0, "the last inputs": 4, "trying again": 5, "the summary": 6, "the report": 6}
BOTH = [(signal.SIGINT, True), (signal.SIGTERM, False)]


def interrupt(scene: Scene, moment: str, number: int, *, to_all: bool) -> None:
    fates, ready = MOMENTS[moment]
    process = scene.begin("--jobs", 2, fates=fates)
    scene.wait_for(*ready)
    began = time.monotonic()
    (os.killpg if to_all else os.kill)(process.pid, number)
    done = finish(process)
    assert done.code == 130, done.err
    assert time.monotonic() - began < 10
    assert done.lines[-1] == "interrupted; what was finished stays whole"
    assert moment == "the report" or any(line.startswith("6 inputs: ") for line in done.lines)
    assert "Traceback" not in done.err
    wait_until(lambda: not scene.processes(), 5)
    assert scene.temporary() == []
    assert require_consistency(scene) == DONE[moment]
    assert not DONE[moment] or len(rows(scene.out)) == DONE[moment]
    assert scene.complete()["skipped"] == DONE[moment]


@pytest.mark.parametrize(("moment", "number", "to_all"), [(moment, *BOTH[at % 2]) for at, moment in enumerate(MOMENTS)])
def test_an_interrupt_ends_all_and_keeps_what_is_done(scene, moment, number, to_all):
    interrupt(scene, moment, number, to_all=to_all)


@pytest.mark.slow
@pytest.mark.parametrize("to_all", [False, True], ids=["parent", "group"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("moment", MOMENTS)
def test_any_interrupt_ends_all_and_keeps_what_is_done(scene, moment, number, to_all):
    interrupt(scene, moment, number, to_all=to_all)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(16))
def test_an_interrupt_may_come_at_any_time(scene, seed):
    chance = random.Random(seed)
    number, to_all = chance.choice([(signal.SIGINT, False), (signal.SIGINT, True), (signal.SIGTERM, False), (signal.SIGTERM, True)])
    process = scene.begin("--jobs", 2, code="print('ready', flush=True)")
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(chance.uniform(0.2, 2.0))
    if process.poll() is None:
        (os.killpg if to_all else os.kill)(process.pid, number)
        time.sleep(chance.choice([0, 0.02, 0.2]))
        if process.poll() is None:  # an impatient person
            (os.killpg if to_all else os.kill)(process.pid, number)
    done = finish(process)
    assert done.code in (0, 130), done.err
    assert "Traceback" not in done.err
    wait_until(lambda: not scene.processes(), 5)
    if scene.out.exists():
        assert scene.temporary() == []
        require_consistency(scene)
    scene.complete()


@pytest.mark.parametrize("is_told", [False, True], ids=["disowned", "hung up"])
def test_the_terminal_may_go_away(scene, is_told):
    terminal, stderr = os.openpty()
    process = scene.begin(
        "--jobs",
        1,
        "-v",
        fates={"b.npy": ["hang" if is_told else "dawdle"]},
        # these tests may have been started with nohup, which is inherited
        code="import os, signal; signal.signal(signal.SIGHUP, signal.SIG_DFL); "
        f"os.dup2(os.open({os.ttyname(stderr)!r}, os.O_RDWR | os.O_NOCTTY), 2)",
    )
    scene.wait_for("b.npy")
    os.close(stderr)
    os.close(terminal)
    if is_told:
        process.send_signal(signal.SIGHUP)
    assert finish(process).code == (130 if is_told else 0)
    wait_until(lambda: not scene.processes(), 5)
    done = require_consistency(scene)
    assert is_told or done == len(NAMES)
    assert scene.complete()["skipped"] == done


def kill(scene: Scene, seconds: float) -> None:
    """Kill a batch after so long; nobody is left soon after, and what was finished is not lost."""
    process = scene.begin("--jobs", 2)
    time.sleep(seconds)
    process.kill()
    finish(process)
    wait_until(lambda: not scene.processes(), 10)


def count_done(scene: Scene) -> int:
    found = everything(scene.out) if scene.out.exists() else {}
    whole = {name: data for name, data in found.items() if not name.rpartition("/")[2].startswith(".")}
    assert all(data == scene.expected[name] for name, data in whole.items() if name != "summary.csv")
    return sum(name.endswith(".json") for name in whole)


def test_a_batch_that_is_killed_leaves_nobody_and_what_it_did(scene):
    process = scene.begin("--jobs", 2, fates={"e.npy": ["hang"], "f.npy": ["hang"]})
    scene.wait_for("f.npy")
    process.kill()
    finish(process)
    wait_until(lambda: not scene.processes(), 10)
    assert scene.temporary() == []
    assert count_done(scene) == 4
    assert scene.complete()["skipped"] == 4


@pytest.mark.slow
def test_a_batch_may_be_killed_again_and_again(scene):
    chance = random.Random(0)
    done = 0
    for _ in range(12):
        kill(scene, chance.uniform(0.3, 2.0))
        now = count_done(scene)
        assert now >= done
        done = now
        if done == len(NAMES):
            break
    for leftover in scene.temporary():
        print("left behind:", leftover)
        leftover.unlink()
    assert scene.complete()["skipped"] == done


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_a_batch_may_be_killed_at_any_time(scene, seed):
    kill(scene, random.Random(seed).uniform(0.3, 2.0))
    done = count_done(scene)
    for leftover in scene.temporary():
        print("left behind:", leftover)
        leftover.unlink()
    assert scene.complete()["skipped"] == done
