"""Disks that are full, folders that go away, and inputs that change under the hands of a batch."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import finish
from tests.cli.mishaps.scene import NAMES, Scene, everything, journal, require_failure, results, rows

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs pipes with names, and other limits for files")
full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a disk that is always full")

#: No file may have more bytes than this.
SMALL_FILES = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))"


def remove(scene: Scene, name: str) -> None:
    """The results of one input."""
    for ending in (".json", ".midline.csv"):
        (scene.out / f"{name}{ending}").unlink()


def test_where_no_file_has_room_what_was_there_stays(scene):
    scene.complete()
    remove(scene, "p1/c")
    before = everything(scene.out)
    done = scene.run("--jobs", 2, code=SMALL_FILES)
    assert done.code == 1
    assert [line for line in done.lines if line.startswith("p1/c.npy: failed: ")] == [
        f"p1/c.npy: failed: {scene.out}/p1/c.midline.csv: the file would be larger than this disk or account allows; "
        "choose another folder with --output"
    ]
    assert (
        f"{scene.out}/summary.csv: the file would be larger than this disk or account allows; choose another folder with --output"
        in done.lines
    )
    assert "6 inputs: 5 skipped, 1 failed" in " ".join(done.lines).replace("1 failed, 5 skipped", "5 skipped, 1 failed")
    assert everything(scene.out) == before
    assert scene.complete()["skipped"] == 5


@pytest.fixture
def disk(scene: Scene) -> Iterator[Scene]:
    """The output folder is a disk of its own, of 32 kB; for this one has to be root."""
    scene.out.mkdir()
    try:
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32k", "symline", scene.out], check=False, capture_output=True)
    except FileNotFoundError:
        pytest.skip("there is no mount")
    if done.returncode:
        pytest.skip("no disk can be mounted")
    yield scene
    subprocess.run(["umount", "--lazy", scene.out], check=True)


def remount(disk: Scene, option: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{option}", disk.out], check=True)


def test_a_full_disk_keeps_what_was_finished(disk):
    done = disk.run("--jobs", 2)
    assert done.code == 1
    found = results(everything(disk.out))
    assert found
    assert all(data == disk.expected[name] for name, data in found.items())
    kept = sum(name.endswith(".json") for name in found)
    failed = [line for line in done.lines if ": failed: " in line]
    assert len(failed) == 6 - kept > 0
    assert all(line.endswith("the disk is full; free some space or choose another folder with --output") for line in failed)
    assert disk.temporary() == []
    remount(disk, "size=10m")
    assert disk.complete()["skipped"] == kept


@pytest.mark.slow
def test_a_disk_may_become_read_only(disk):
    remount(disk, "size=10m")
    process = disk.begin("--jobs", 2, fates={"e.npy": ["dawdle"], "f.npy": ["dawdle"]})
    disk.wait_for("f.npy")
    remount(disk, "ro")
    done = finish(process)
    assert done.code == 1
    assert f"p2/f.npy: failed: {disk.out}/p2/f.midline.csv: the disk is read-only; choose another folder with --output" in done.lines
    assert f"{disk.out}/summary.csv: the disk is read-only; choose another folder with --output" in done.lines
    assert len(results(everything(disk.out))) == 8
    remount(disk, "rw")
    assert disk.complete()["skipped"] == 4


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_costs_its_inputs(scene):
    (scene.out / "p1").mkdir(parents=True)
    (scene.out / "p1").chmod(0o555)
    done = scene.run("--jobs", 2)
    assert done.code == 1
    assert {row["path"]: row["reasons"] for row in rows(scene.out).values() if row["status"] == "failed"} == {
        "p1/c.npy": "unwritable",
        "p1/d.npy": "unwritable",
    }
    assert "permission denied" in done.err
    (scene.out / "p1").chmod(0o755)
    assert scene.complete()["skipped"] == 4


@full
def test_nobody_has_to_listen(scene):
    process = scene.begin("--jobs", 2, "--log-json", "/dev/full")
    done = finish(process)
    assert done.code == 0
    assert done.lines[0] == "log: it cannot be written any further (No space left on device); the work goes on; free some space"
    assert scene.complete()["skipped"] == 6
    remove(scene, "b")
    code = "import os; os.dup2(os.open('/dev/full', os.O_WRONLY), 2)"
    assert scene.run("-vv", code=code).code == 0
    assert journal(scene.out)["counts"]["skipped"] == 5
    assert scene.complete()["skipped"] == 6


def test_the_folder_for_temporary_files_may_have_a_long_name(scene, tmp_path):
    folder = tmp_path / ("x" * 90)
    folder.mkdir()
    done = scene.run("--jobs", 2, code=f"import os; os.environ['TMPDIR'] = {str(folder)!r}")
    assert done.code == 0, done.err
    assert everything(scene.out) == scene.expected
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="names are shorter there")
def test_a_name_without_room_for_endings_fails_alone(scene):
    name = "L" * 251 + ".npy"
    shutil.copy(scene.source / "a.npy", scene.source / name)
    for _ in range(2):
        done = scene.run("--jobs", 2)
        assert done.code == 1
        assert "Traceback" not in done.err
        require_failure(scene, name, "unwritable", "the name is too long for this system; rename the input")


def test_the_output_folder_may_be_removed(scene):
    process = scene.begin("--jobs", 2, fates={"e.npy": ["dawdle"], "f.npy": ["dawdle"]})
    scene.wait_for("f.npy")
    shutil.rmtree(scene.out)
    done = finish(process)
    assert done.code == 1
    assert "Traceback" not in done.err
    assert f"p2/f.npy: failed: {scene.out}/p2/f.midline.csv: its folder has vanished, or could not be made; run again" in done.lines
    assert f"{scene.out}/summary.csv: its folder has vanished, or could not be made; run again" in done.lines
    assert scene.complete()["skipped"] == 0


def test_a_file_in_place_of_a_folder_fails_what_belongs_there_alone(scene):
    scene.out.mkdir()
    (scene.out / "p1").write_text("mine")
    done = scene.run("--jobs", 2)
    assert done.code == 1
    assert done.lines[0] == f"output folder {scene.out}/p1: a file is in the way; a folder is needed; choose another with --output"
    assert [path for path, row in rows(scene.out).items() if row["status"] == "failed"] == ["p1/c.npy", "p1/d.npy"]
    assert (scene.out / "p1").read_text() == "mine"
    (scene.out / "p1").unlink()
    assert scene.complete()["skipped"] == 4


def test_inputs_may_go_change_and_become_something_else(scene, undisturbed):
    changing, is_over = scene.source / "b.npy", threading.Event()
    contents = [(scene.source / name).read_bytes() for name in ("b.npy", "a.npy")]

    def rewrite() -> None:
        while not is_over.is_set():
            for data in contents:
                changing.write_bytes(data)

    writer = threading.Thread(target=rewrite)
    writer.start()
    try:
        done = scene.run("--jobs", 2, fates={"c.npy": ["vanish"], "d.npy": ["become_a_folder"], "e.npy": ["become_a_pipe"]})
    finally:
        is_over.set()
        writer.join()
    assert done.code == 1
    found = rows(scene.out)
    failed = {path: row["message"] for path, row in found.items() if row["status"] == "failed" and path != "b.npy"}
    assert [row["reasons"] for path, row in found.items() if path in failed] == ["unreadable"] * 3
    assert "there is no such file" in failed["p1/c.npy"]
    assert "Is a directory" in failed["p1/d.npy"]
    assert "this is a device or a pipe" in failed["p2/e.npy"]
    assert {found[path]["status"] for path in ("a.npy", "p2/f.npy")} <= {"ok", "review"}
    assert found["b.npy"]["reasons"] == "unreadable" or found["b.npy"]["sha256"]
    shutil.rmtree(scene.source)
    shutil.copytree(undisturbed / "in", scene.source)
    assert 2 <= scene.complete()["skipped"] <= 3


@pytest.mark.slow
def test_all_inputs_may_go(scene, undisturbed):
    process = scene.begin("--jobs", 1, fates={"a.npy": ["dawdle"]})
    scene.wait_for("a.npy")
    shutil.rmtree(scene.source)
    done = finish(process)
    assert done.code == 1
    assert {(row["status"], row["reasons"]) for row in rows(scene.out).values()} == {("failed", "unreadable")}
    assert list(rows(scene.out)) == list(NAMES)
    shutil.copytree(undisturbed / "in", scene.source)
    assert scene.complete()["skipped"] == 0


def test_an_input_without_room_for_its_results_fails_alone(scene):
    (scene.out / "p1" / "c.midline.csv").mkdir(parents=True)
    done = scene.run("--jobs", 2)
    assert done.code == 1
    (scene.out / "p1" / "c.midline.csv").rmdir()
    require_failure(scene, "p1/c.npy", "unwritable", "there is a folder of that name")
    assert scene.complete()["skipped"] == 5
