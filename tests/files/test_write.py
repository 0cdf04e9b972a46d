"""Atomic writing: a file is the old one or the new one."""

import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from symline.errors import OutputError
from symline.files import write
from symline.files.write import prepare_folder, sweep, write_files


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_files_are_written_and_stale_ones_removed(tmp_path):
    (tmp_path / "old").write_text("old")
    (tmp_path / "a").write_text("old")
    write_files({tmp_path / "a": b"new", tmp_path / "b": b""}, stale=[tmp_path / "old", tmp_path / "never there"])
    assert names(tmp_path) == ["a", "b"]
    assert (tmp_path / "a").read_bytes() == b"new"


@pytest.mark.skipif(sys.platform == "win32", reason="needs a umask")
def test_permissions_follow_the_umask(tmp_path):
    old = os.umask(0o027)
    try:
        write_files({tmp_path / "a": b"new"})
    finally:
        os.umask(old)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("call", [1, 2])
def test_a_failure_while_writing_changes_nothing(tmp_path, monkeypatch, error, call):
    calls = []

    def fail(_descriptor):
        calls.append(1)
        if len(calls) == call:
            raise error

    (tmp_path / "a").write_text("old")
    monkeypatch.setattr(write.os, "fsync", fail)
    with pytest.raises((OutputError, KeyboardInterrupt), match=r"the disk is full|^$"):
        write_files({tmp_path / "a": b"new", tmp_path / "b": b"new"}, stale=[tmp_path / "a"])
    assert names(tmp_path) == ["a"]
    assert (tmp_path / "a").read_text() == "old"


@pytest.mark.parametrize("error", [OSError(errno.EIO, "Input/output error"), KeyboardInterrupt()])
def test_a_failure_between_files_leaves_each_of_them_whole(tmp_path, monkeypatch, error):
    original = Path.replace

    def fail(path, target):
        if target.name == "b":
            raise error
        return original(path, target)

    for name in "ab":
        (tmp_path / name).write_text("old")
    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises((OutputError, KeyboardInterrupt), match=r"it cannot be written|^$"):
        write_files({tmp_path / "a": b"new", tmp_path / "b": b"new"})
    assert names(tmp_path) == ["a", "b"]
    assert [(tmp_path / name).read_text() for name in "ab"] == ["new", "old"]


def test_a_folder_in_the_way_is_named(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(OutputError, match=r"a: there is a folder of that name"):
        write_files({tmp_path / "a": b"new"})
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("first", [b"x", None])
def test_a_folder_in_the_way_of_the_last_file_keeps_the_others_as_they_are(tmp_path, first):
    (tmp_path / "a").write_text("old")
    (tmp_path / "b").mkdir()
    with pytest.raises(OutputError, match=r"b: there is a folder of that name"):
        write_files({tmp_path / "b": b"new"}, meanwhile={tmp_path / "a": first})
    with pytest.raises(OutputError, match=r"b: there is a folder of that name"):
        write_files({tmp_path / "a": b"new"}, stale=[tmp_path / "b"])
    assert names(tmp_path) == ["a", "b"]
    assert (tmp_path / "a").read_text() == "old"


def test_what_holds_meanwhile_is_there_only_until_the_last_file_is(tmp_path, monkeypatch):
    seen = []
    original = Path.replace

    def watch(path, target):
        seen.append({each.name: each.read_text() for each in tmp_path.iterdir() if not each.name.startswith(".")})
        return original(path, target)

    (tmp_path / "record").write_text("old")
    monkeypatch.setattr(Path, "replace", watch)
    write_files({tmp_path / "a": b"new", tmp_path / "record": b"new"}, meanwhile={tmp_path / "record": b"being made"})
    write_files({tmp_path / "a": b"newer", tmp_path / "record": b"newer"}, meanwhile={tmp_path / "record": None})
    assert seen[:3] == [{"record": "old"}, {"record": "being made"}, {"record": "being made", "a": "new"}]
    assert seen[3:] == [{"a": "new"}, {"a": "newer"}]
    assert (tmp_path / "record").read_text() == "newer"


def test_a_folder_that_is_missing_is_named(tmp_path):
    with pytest.raises(OutputError, match=r"gone.*its folder has vanished"):
        write_files({tmp_path / "gone" / "a": b"new"})


def test_a_name_at_the_limit_works(tmp_path):
    longest = "a" * os.pathconf(tmp_path, "PC_NAME_MAX")
    write_files({tmp_path / longest: b"new"})
    with pytest.raises(OutputError, match="the name is too long"):
        write_files({tmp_path / (longest + "a"): b"new"})
    assert names(tmp_path) == [longest]


def test_a_folder_is_made_with_its_parents_and_left_empty(tmp_path):
    prepare_folder(tmp_path / "new" / "out")
    prepare_folder(tmp_path / "new" / "out")
    assert names(tmp_path / "new" / "out") == []


def test_a_folder_where_nothing_can_be_written_is_refused(tmp_path, monkeypatch):
    def refuse(*_arguments):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(write.os, "open", refuse)
    with pytest.raises(OutputError, match=r"^output folder .*: the disk is read-only"):
        prepare_folder(tmp_path)


def test_a_file_instead_of_a_folder_is_refused(tmp_path):
    (tmp_path / "out\n").write_text("mine")
    with pytest.raises(OutputError, match=r"^output folder .*out\\n: a file is in the way"):
        prepare_folder(tmp_path / "out\n")


@pytest.fixture
def leftover(tmp_path):
    """The temporary file of a process that was killed while it wrote."""
    code = """
import os, sys
from pathlib import Path
from symline.files import write
write.os.fsync = lambda _: os._exit(9)
write.write_files({Path(sys.argv[1]) / "a": b"new"})
"""
    assert subprocess.run([sys.executable, "-c", code, tmp_path], check=False).returncode == 9
    (path,) = tmp_path.iterdir()
    return path


def age(path, seconds):
    then = time.time() - seconds
    os.utime(path, (then, then), follow_symlinks=False)


def test_what_a_killed_process_left_is_swept(tmp_path, leftover):
    age(leftover, 3700)
    sweep([tmp_path / "never there", tmp_path])
    assert names(tmp_path) == []


def test_files_in_use_and_those_of_others_stay(tmp_path, leftover):
    age(leftover, 3500)
    others = [".hidden", "a.tmp", ".0123456789abcdef.tmp.npy", ".0123456789ABCDEF.tmp", ".0123456789abcde.tmp"]
    for name in others:
        (tmp_path / name).touch()
    (tmp_path / ".0123456789abcdef.tmp").mkdir()
    (tmp_path / ".fedcba9876543210.tmp").symlink_to("a.tmp")
    for path in set(tmp_path.iterdir()) - {leftover}:
        age(path, 10_000)
    before = names(tmp_path)
    sweep([tmp_path])
    assert names(tmp_path) == before


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a file system in which nobody can create folders")
def test_where_no_folder_can_be_created_another_one_is_asked_for():
    with pytest.raises(OutputError, match=r"^output folder /proc/symline: it cannot be created there; choose another one with --output$"):
        prepare_folder(Path("/proc/symline"))
