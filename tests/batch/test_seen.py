"""Which inputs are read again, and which are taken to hold what they held."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from symline.batch.job import Deed
from symline.batch.products import MIDLINE
from symline.batch.seen import Seen, State, load_seen, see, state_before, to_lines
from symline.batch.work import work
from symline.errors import InputError
from tests.batch.conftest import save

BYTES = b"abc"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "S.npy"
    made.write_bytes(BYTES)
    return made


@pytest.fixture
def old(monkeypatch):
    """Files that were just made are old enough to show any change."""
    monkeypatch.setattr("symline.batch.seen._TICK", 0)


def write_elsewhere(path: Path, data: bytes) -> None:
    """Put another file in the place of this one, as programs do that save in one step."""
    other = path.with_suffix(".new")
    other.write_bytes(data)
    other.replace(path)


@pytest.mark.usefixtures("old")
def test_the_bytes_of_a_file_that_nobody_has_touched_are_not_read_again(path):
    first = see(path)
    assert first.state == state_before(path)
    known = Seen("what was found then", first.state)
    assert see(path, known) is known


@pytest.mark.usefixtures("old")
@pytest.mark.parametrize("write", [Path.write_bytes, write_elsewhere], ids=["in place", "in one step"])
@pytest.mark.parametrize("data", [BYTES, b"abd", b"abcd"], ids=["the same", "as many", "more"])
def test_a_file_that_was_written_is_read_again_however_old_it_says_it_is(path, write, data):
    before, first = path.stat(), see(path)
    write(path, data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (see(path, first).sha256 == first.sha256) == (data == BYTES)
    assert see(path, Seen("what was found then", first.state)).sha256 == see(path).sha256


@pytest.mark.usefixtures("old")
def test_files_of_one_moment_whose_folders_have_changed_names_are_read_again(tmp_path):
    for name, data in {"one": BYTES, "two": b"xyz"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "S.npy").write_bytes(data)
    first, state = see(tmp_path / "one/S.npy"), see(tmp_path / "two/S.npy").state
    assert first.state is not None
    assert state is not None
    seen = Seen(first.sha256, replace(first.state, changed_ns=state.changed_ns))  # disks may tell no times apart that are close
    (tmp_path / "two").rename(tmp_path / "three")
    (tmp_path / "one").rename(tmp_path / "two")
    (tmp_path / "three").rename(tmp_path / "one")
    assert see(tmp_path / "one/S.npy", seen).sha256 != first.sha256


def test_a_file_that_was_just_changed_could_be_again_without_a_trace(path):
    assert see(path).state is None
    assert state_before(path) is None
    assert see(path, Seen("what was found then", None)) == see(path)


def test_a_file_that_is_gone_is_told_by_who_reads_it(path):
    path.unlink()
    assert state_before(path) is None
    with pytest.raises(InputError, match="there is no such file"):
        see(path, Seen("what was found then", State(3, 1, 2)))


def test_what_was_seen_travels_through_journals(tmp_path):
    first, second = Seen("ab", State(3, 10**18 + 1, 5)), Seen("cd", State(4, 7, 6))
    journals = [tmp_path / "one.json", tmp_path / "two.json", tmp_path / "none.json", tmp_path / "bad.json", tmp_path / "odd.json"]
    journals[0].write_text(json.dumps({"seen": to_lines({"a": first, "b": Seen("ef", None), "c": None})}))
    journals[1].write_text(json.dumps({"seen": to_lines({"p/d\ne.npy": second})}))
    journals[3].write_text("{")
    journals[4].write_text(json.dumps({"seen": {"a": "ab 3"}}))
    assert load_seen(journals) == {"a": first, "p/d\ne.npy": second}


@pytest.mark.usefixtures("old")
def test_a_result_stays_while_nobody_has_touched_its_input(job, monkeypatch):
    quick = job(products=(MIDLINE.without_pictures(),))
    first = work(quick)
    second = work(replace(quick, seen=first.seen))
    assert (second.deed, second.line, second.seen) == (Deed.SKIPPED, first.line, first.seen)
    with monkeypatch.context() as patch:
        patch.setattr("symline.batch.seen.hashlib", None)  # nothing is read
        assert work(replace(quick, seen=first.seen)).deed is Deed.SKIPPED
    save(quick.path, seed=1)
    changed = work(replace(quick, seen=first.seen))
    assert changed.deed is Deed.WRITTEN
    assert changed.seen == see(quick.path) != first.seen


@pytest.mark.usefixtures("old")
def test_an_input_that_changes_while_it_is_worked_on_is_read_again(job):
    quick = job(products=(MIDLINE.without_pictures(),))
    write = MIDLINE.writers[".midline.csv"]

    def write_late(image, analysis):
        save(quick.path, seed=1)
        return write(image, analysis)

    first = work(replace(quick, products=(replace(MIDLINE, writers={".midline.csv": write_late}),)))
    assert first.deed is Deed.WRITTEN
    assert work(replace(quick, seen=first.seen)).deed is Deed.WRITTEN
