"""A worker that dies or exceeds a limit costs one input."""

from __future__ import annotations

import shutil
import subprocess
import sys

import numpy as np
import pytest

from tests.cli.mishaps.scene import QUICK, everything, require_failure, rows

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals kill these workers")
linux = pytest.mark.skipif(sys.platform != "linux", reason="needs a system that keeps to limits of memory")


def test_an_input_whose_worker_is_killed_is_tried_again(scene):
    done = scene.run("--jobs", 2, "-v", fates={"c.npy": ["kill", "live"]})
    assert done.code == 0
    assert "p1/c.npy: its worker was killed by signal 9 (SIGKILL)" in done.err
    assert everything(scene.out) == scene.expected
    assert scene.complete()["skipped"] == 6


def test_an_input_that_kills_its_worker_each_time_fails_alone(scene):
    done = scene.run("--jobs", 2, fates={"c.npy": ["kill"]})
    assert done.code == 1
    assert len(list(scene.fates.glob("c.npy.*"))) == 2
    require_failure(scene, "p1/c.npy", "crashed", "SIGKILL")
    counts = scene.complete()
    assert (counts["skipped"], counts["ok"] + counts["review"]) == (5, 1)


def test_where_no_worker_can_be_started_the_reason_is_told(scene):
    refuse = """
import multiprocessing.synchronize as locks
def refuse(*_):
    raise OSError(30, "Read-only file system")
locks._multiprocessing.SemLock = refuse
"""
    done = scene.run("--jobs", 2, "--retries", 0, code=refuse)
    assert done.code == 1
    assert {row["reasons"] for row in rows(scene.out).values()} == {"crashed"}
    told = "a.npy: no worker process could be started ([Errno 30] Read-only file system); this says nothing of the file"
    assert rows(scene.out)["a.npy"]["message"].startswith(told)
    assert scene.complete()["inputs"] == 6


def test_workers_take_no_modules_from_the_current_folder(scene, tmp_path):
    program = tmp_path / "program.py"
    program.write_text("from symline.cli.main import main\nif __name__ == '__main__':\n    main()")
    for name in ("symline", "random", "signal", "numpy"):
        (scene.source / f"{name}.py").write_text("import sys\nprint('taken')\nsys.exit(1)")
    command = [sys.executable, program, "batch", ".", "-o", scene.out, *QUICK, "--jobs", "2"]
    done = subprocess.run(command, cwd=scene.source, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
    assert everything(scene.out) == scene.expected


def test_an_input_past_its_time_fails_alone(scene):
    done = scene.run("--jobs", 2, "--timeout", 5, "--retries", 0, fates={"c.npy": ["hang"]})
    assert done.code == 1
    require_failure(scene, "p1/c.npy", "timeout", "there was no result after 5 s")
    assert scene.complete()["skipped"] == 5


@linux
@pytest.mark.parametrize(
    "shape", [pytest.param((3000, 3000), id="analysing"), pytest.param((9000, 9000), id="reading", marks=pytest.mark.slow)]
)
def test_an_input_that_takes_too_much_memory_fails_alone(scene, shape):
    small = (scene.source / "p1" / "c.npy").read_bytes()
    np.save(scene.source / "p1" / "c.npy", np.random.default_rng(0).random(shape, np.float32))
    done = scene.run("--jobs", 2, "--memory-limit", 150, "--retries", 0)
    assert done.code == 1
    require_failure(scene, "p1/c.npy", "out_of_memory", "150 MB of memory are not enough")
    (scene.source / "p1" / "c.npy").write_bytes(small)
    assert scene.complete()["skipped"] == 5


@linux
@pytest.mark.slow
def test_a_limit_that_is_too_low_for_all_is_told(scene, undisturbed):
    for path in scene.source.rglob("*.npy"):
        np.save(path, np.random.default_rng(0).random((2000, 2000), np.float32))
    done = scene.run("--jobs", 2, "--memory-limit", 64)
    assert done.code == 1
    assert {(row["status"], row["reasons"]) for row in rows(scene.out).values()} == {("failed", "out_of_memory")}
    assert set(everything(scene.out)) == {"summary.csv"}
    shutil.rmtree(scene.source)
    shutil.copytree(undisturbed / "in", scene.source)
    assert scene.complete("--memory-limit", "200")["skipped"] == 0
