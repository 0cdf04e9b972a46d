"""Which results of an earlier run stay, and which are made again."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from symline.batch.job import Deed, Reading
from symline.batch.products import MIDLINE, REGISTRATION, SCORE
from symline.batch.work import work
from symline.config import Config
from symline.errors import InputError
from symline.files import write
from symline.files.cells import csv_line
from symline.files.midline_csv import COLUMNS as MIDLINE_COLUMNS
from symline.files.summary_csv import COLUMNS, read_lines, summary_csv
from symline.model.analysis import Status
from tests.batch.conftest import save

FILES = (".midline.csv", ".overlay.png", ".asymmetry.tif", ".symmetry.tif", ".levels.csv", ".asymmetry.png", ".json")


@pytest.fixture(autouse=True)
def quick_pictures(monkeypatch):
    """Drawing has tests of its own and takes longer than the rest."""
    for drawing in ("registration_sheet.draw_registration", "asymmetry_sheet.draw_asymmetry", "overlay.draw_overlay"):
        monkeypatch.setattr(f"symline.files.{drawing}", lambda _image, _analysis: b"picture")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_what_is_done_is_skipped_with_the_same_line(job):
    first, second = work(job()), work(job())
    assert (first.deed, second.deed) == (Deed.WRITTEN, Deed.SKIPPED)
    assert (first.status, first.reasons, first.line) == (second.status, second.reasons, second.line)
    assert sorted(contents(job().target.parent)) == sorted(f"S{ending}" for ending in FILES)


@pytest.mark.parametrize("ending", FILES)
@pytest.mark.parametrize("damage", [None, b"", b"\x00\xff half"], ids=["gone", "empty", "garbage"])
def test_a_partial_or_damaged_result_is_made_again(job, ending, damage):
    work(job())
    whole = contents(job().target.parent)
    path = job().targets[ending]
    path.unlink() if damage is None else path.write_bytes(damage)
    assert work(job()).deed is Deed.WRITTEN
    assert contents(job().target.parent) == whole


@pytest.mark.parametrize("ending", [".overlay.png", ".asymmetry.tif", ".levels.csv"])
def test_a_result_of_the_same_size_that_was_written_to_is_made_again(job, ending):
    work(job())
    path = job().targets[ending]
    whole = path.read_bytes()
    path.write_bytes(whole)
    os.utime(path, ns=(job().record.stat().st_mtime_ns + 1,) * 2)
    assert work(job()).deed is Deed.SKIPPED
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    os.utime(path, ns=(job().record.stat().st_mtime_ns + 1,) * 2)
    assert work(job()).deed is Deed.WRITTEN
    assert path.read_bytes() == whole


def test_a_midline_that_was_cut_off_is_made_again(job):
    work(job())
    path = job().targets[".midline.csv"]
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2].rpartition(b",")[0])
    assert work(job()).deed is Deed.WRITTEN
    assert path.read_bytes() == whole


@pytest.mark.parametrize("change", ["value", "delimiter", "column", "typo"])
def test_a_midline_that_somebody_edited_is_kept(job, change):
    line = work(job()).line
    path = job().targets[".midline.csv"]
    rows = [text.split(",") for text in path.read_text().splitlines()]
    if change == "value":
        rows[5][1] = "20.5"
    elif change == "column":
        rows = [row[:2] for row in rows]
    elif change == "typo":
        rows[5][1] = "2o.5"
    path.write_text("\n".join((";" if change == "delimiter" else ",").join(row) for row in rows))
    before = contents(path.parent)
    outcome = work(job())
    assert outcome.deed is Deed.KEPT
    assert "edited_midline" in outcome.reasons
    assert contents(path.parent) == before
    first, kept = (dict(zip(COLUMNS, next(csv.reader([text])), strict=True)) for text in (line, outcome.line))
    assert kept["reasons"] == ";".join(filter(None, [first["reasons"], "edited_midline"]))
    assert kept["sha256"] == first["sha256"]
    assert work(replace(job(), config=Config.from_dict({"curve": {"half_width": 0.4}}))).deed is Deed.KEPT
    assert work(replace(job(), resumes=False)).deed is Deed.WRITTEN
    assert work(job()).deed is Deed.SKIPPED


def edit(table: Path) -> None:
    table.write_text(table.read_text().replace("19.5000", "19.7500", 1))


EDITS = {
    "empty line": lambda data: data + b"\n",
    "remark": lambda data: data + b'"# moved, rows 5 to 9"\n',
    "note": lambda data: data + b"checked by KM",
    "encoded note": lambda data: data + b"# ge\xe4ndert\r\n",
    "empty cells": lambda data: data + b",,,,,,,,,,,,\n",
    "no empty cells": lambda data: b"\n".join(line.rstrip(b",") for line in data.split(b"\n")),
    "decimal comma": lambda data: data.replace(b",", b";").replace(b".", b","),
    "utf-16": lambda data: data.decode().encode("utf-16"),
}


@pytest.mark.parametrize("change", EDITS.values(), ids=EDITS)
def test_a_table_that_a_program_wrote_in_its_own_way_is_an_edit(job, change):
    work(job())
    path = job().targets[".midline.csv"]
    path.write_bytes(change(path.read_bytes()))
    assert work(job()).deed is Deed.KEPT


def test_an_edit_outlives_damage_to_the_record(job):
    work(job())
    path = job().targets[".midline.csv"]
    edit(path)
    edited = path.read_bytes()
    job().record.write_text(job().record.read_text().replace('"length_px": ', '"length_px": "about" , "x": '))
    outcome = work(job())
    assert outcome.status is Status.FAILED
    assert "it is damaged, and the midline beside it was edited" in outcome.message
    assert path.read_bytes() == edited
    assert work(replace(job(), resumes=False)).deed is Deed.WRITTEN


@pytest.mark.parametrize("damage", [b"", b'{"schema": 1, "fi', b"\0" * 500], ids=["empty", "cut off", "zeros"])
def test_an_edit_outlives_a_record_that_says_nothing_any_more(job, damage):
    work(job())
    path = job().targets[".midline.csv"]
    job().record.write_bytes(damage)
    edit(path)
    edited = path.read_bytes()
    outcome = work(job())
    assert (outcome.status, outcome.reasons) == (Status.FAILED, ("unwritable",))
    assert "it is damaged, and the midline beside it was edited" in outcome.message
    assert path.read_bytes() == edited
    assert work(replace(job(), resumes=False)).deed is Deed.WRITTEN


def test_a_midline_without_a_record_that_symline_has_not_written_is_kept(job):
    work(job())
    path = job().targets[".midline.csv"]
    job().record.unlink()
    assert work(job()).deed is Deed.WRITTEN  # what a killed run leaves
    job().record.unlink()
    path.write_text("row_px,col_px\n10,60\n150,62\n")
    outcome = work(job())
    assert (outcome.status, outcome.reasons) == (Status.FAILED, ("unwritable",))
    assert "S.midline.csv: symline has not written this midline (there is no S.json beside it)" in outcome.message
    assert path.read_text() == "row_px,col_px\n10,60\n150,62\n"
    assert not job().record.exists()
    assert work(replace(job(), resumes=False)).deed is Deed.WRITTEN


def test_a_midline_that_the_record_does_not_know_is_kept(job):
    work(job(products=(SCORE,)))
    path = job().targets[".midline.csv"]
    path.write_text("row_px,col_px\n10,60\n150,62\n")
    assert work(job()).deed is Deed.KEPT
    assert path.read_text() == "row_px,col_px\n10,60\n150,62\n"


@pytest.mark.parametrize("header", ["row_px,col_px", ",".join(MIDLINE_COLUMNS)], ids=["drawn", "copied"])
def test_a_midline_drawn_where_the_search_failed_is_kept(job, header):
    drawn = f"{header}\n10,20{',' * (header.count(',') - 1)}\n50,22{',' * (header.count(',') - 1)}\n"
    flat = job()
    values = np.full((60, 60), np.nan)
    values[20:24, 20:24] = np.arange(16).reshape(4, 4)
    np.save(flat.path, values)
    assert work(flat).status is Status.FAILED
    path = flat.targets[".midline.csv"]
    path.write_text(drawn)
    for again in (flat, job(config=Config.from_dict({"curve": {"half_width": 0.4}}))):
        outcome = work(again)
        assert (outcome.deed, outcome.status) == (Deed.KEPT, Status.FAILED)
        assert "edited_midline" in outcome.reasons
        assert path.read_text() == drawn
    save(flat.path)
    assert work(flat).deed is Deed.KEPT
    assert work(replace(flat, resumes=False)).deed is Deed.WRITTEN


def test_an_edit_outlives_damage_to_the_record_where_the_search_fails_now(job):
    work(job())
    path = job().targets[".midline.csv"]
    edit(path)
    edited = path.read_bytes()
    job().record.write_text("{")
    np.save(job().path, np.arange(16.0).reshape(4, 4))
    assert "it is damaged, and the midline beside it was edited" in work(job()).message
    assert path.read_bytes() == edited


def test_an_edit_made_while_the_results_are_made_again_is_kept(job, monkeypatch):
    work(job())
    path = job().targets[".midline.csv"]
    again = job(config=Config.from_dict({"curve": {"bending_price": 0.02}}))
    monkeypatch.setattr("symline.files.overlay.draw_overlay", lambda *_: edit(path) or b"picture")
    outcome = work(again)
    assert outcome.deed is Deed.KEPT
    assert "edited_midline" in outcome.reasons


@pytest.mark.parametrize("what", ["input", "configuration"])
def test_an_edited_midline_of_something_else_is_kept_and_needs_review(job, what):
    work(job())
    edit(job().targets[".midline.csv"])
    assert work(job()).reasons[-1] == "edited_midline"
    config = Config.from_dict({"curve": {"bending_price": 0.02}}) if what == "configuration" else Config()
    if what == "input":
        np.save(job().path, 2 * np.load(job().path))
    outcome = work(job(config=config))
    assert (outcome.deed, outcome.status) == (Deed.KEPT, Status.REVIEW)
    assert outcome.reasons[-2:] == ("edited_midline", "outdated")


def test_permissions_of_a_record_do_not_hide_damage_beside_it(job):
    work(job())
    picture = job().targets[".overlay.png"]
    before = picture.read_bytes()
    picture.write_bytes(before[::-1])
    job().record.chmod(0o640)
    assert work(job()).deed is Deed.WRITTEN
    assert picture.read_bytes() == before


def test_an_edited_midline_that_nothing_is_known_of_needs_review(job):
    midline = job(products=(MIDLINE,))
    work(midline)
    work(job(products=(SCORE,), config=Config.from_dict({"curve": {"half_width": 0.4}})))
    edit(midline.targets[".midline.csv"])
    outcome = work(midline)
    assert (outcome.deed, outcome.status) == (Deed.KEPT, Status.REVIEW)


def test_what_is_made_again_may_be_damaged_and_what_is_whole_stays(job):
    work(job(products=(REGISTRATION,)))
    work(job(products=(MIDLINE,)))
    job().targets[".overlay.png"].unlink()
    assert work(job(products=(MIDLINE,))).deed is Deed.WRITTEN
    assert work(job(products=(REGISTRATION,))).deed is Deed.SKIPPED


def test_a_table_that_cannot_be_read_is_not_replaced(job, monkeypatch):
    work(job())
    path = job().targets[".midline.csv"]
    edit(path)
    edited, original = path.read_bytes(), Path.open

    def refuse(self, *arguments, **keywords):
        if self == path:
            raise PermissionError(errno.EACCES, "Permission denied")
        return original(self, *arguments, **keywords)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", refuse)
        outcome = work(job())
    assert outcome.status is Status.FAILED
    assert "nobody knows whether it was edited" in outcome.message
    assert path.read_bytes() == edited


@pytest.mark.parametrize("other", [REGISTRATION, SCORE])
def test_an_edit_outlives_another_command_that_starts_from_it(job, other):
    midline = job(products=(MIDLINE,))
    work(midline)
    table = midline.targets[".midline.csv"]
    edit(table)
    config = Config.from_dict({"stages": ["curve", "elastic"]})
    assert work(job(products=(other,), config=config, midline=table, member=None, resumes=False)).deed is Deed.WRITTEN
    assert work(midline).deed is Deed.KEPT


def test_an_edited_midline_is_no_obstacle_to_what_leaves_it_alone(job):
    work(job())
    edit(job().targets[".midline.csv"])
    alone = job(products=(SCORE,))
    assert work(alone).deed is Deed.SKIPPED
    alone.targets[".levels.csv"].unlink()
    assert work(alone).deed is Deed.WRITTEN
    assert work(job()).deed is Deed.KEPT


def test_a_damaged_result_is_not_whole_because_another_command_ran_since(job):
    work(job())
    path = job().targets[".asymmetry.tif"]
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert work(job(products=(REGISTRATION,))).deed is Deed.WRITTEN
    assert work(job()).deed is Deed.WRITTEN
    assert path.read_bytes() == whole


def test_an_old_file_put_in_place_of_a_result_is_noticed(job):
    work(job())
    path = job().targets[".asymmetry.tif"]
    other = path.with_suffix(".old")
    other.write_bytes(b"x" * path.stat().st_size)
    os.utime(other, ns=(1, 1))
    other.replace(path)
    assert work(job()).deed is Deed.WRITTEN


@pytest.mark.parametrize(
    "damage",
    [
        lambda record: record.pop("config"),
        lambda record: record.pop("symline"),
        lambda record: record.pop("overrides"),
        lambda record: record.pop("midline"),
        lambda record: record.update(input=[]),
        lambda record: record["input"].pop("sha256"),
        lambda record: record["files"]["S.levels.csv"].pop("sha256"),
        lambda record: record["measures"].update(symmetry="high"),
        lambda record: record["midline"].update(sd_median_px="low"),
        lambda record: record["score"].update(reasons=[3]),
        lambda record: record["score"].update(status=[]),
        lambda record: record["input"].update(spacing_mm=3),
        lambda record: record["measures"].update(symmetry=float("nan")),
        lambda record: record["files"].update({"": record["files"]["S.levels.csv"]}),
    ],
)
def test_a_record_without_a_part_is_made_again(job, damage):
    work(job())
    whole = job().record.read_bytes()
    record = json.loads(whole)
    damage(record)
    job().record.write_text(json.dumps(record))
    assert work(job()).deed is Deed.WRITTEN
    assert job().record.read_bytes() == whole


def test_a_result_tells_which_files_had_a_say_now(job):
    work(job())
    moved = replace(job(), member=replace(job().member, overrides=("sub/symline.toml",)))
    assert [work(moved).deed, work(moved).deed] == [Deed.WRITTEN, Deed.SKIPPED]
    assert json.loads(job().record.read_text())["overrides"] == ["sub/symline.toml"]


def test_without_room_for_another_result_the_old_one_stays(job, monkeypatch):
    work(job())
    before = contents(job().target.parent)
    changed = changed_input(job())
    original = write._write_through

    def fill(path, data):
        if data.startswith(b"{"):
            raise OSError(errno.ENOSPC, "No space left on device")
        original(path, data)

    monkeypatch.setattr(write, "_write_through", fill)
    assert "the disk is full" in work(changed).message
    assert contents(job().target.parent) == before


def changed_input(job):
    save(job.path, seed=1)
    return job


CHANGES = {
    "input": changed_input,
    "config": lambda job: replace(job, config=Config.from_dict({"curve": {"half_width": 0.4}})),
    "spacing": lambda job: replace(job, reading=Reading(spacing=(1.0, 1.0))),
    "background": lambda job: replace(job, reading=Reading(background="none")),
    "outputs": lambda job: replace(job, products=(MIDLINE, REGISTRATION, SCORE)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_made_from_something_else_is_made_again(job, change):
    work(job())
    changed = CHANGES[change](job())
    assert work(changed).deed is Deed.WRITTEN
    assert work(changed).deed is Deed.SKIPPED


def test_another_mask_or_version_makes_results_again(job, tmp_path, monkeypatch):
    mask = tmp_path / "mask.npy"
    np.save(mask, np.ones((48, 40), bool))
    masked = job(reading=Reading(mask=mask))
    assert [work(masked).deed, work(masked).deed] == [Deed.WRITTEN, Deed.SKIPPED]
    half = np.ones((48, 40), bool)
    half[:6] = False
    np.save(mask, half)
    assert work(masked).deed is Deed.WRITTEN
    monkeypatch.setattr("symline.__version__", "0.0.0")
    assert work(masked).deed is Deed.WRITTEN


def test_pictures_that_were_left_out_are_made_when_they_are_wanted(job):
    bare = job(products=(MIDLINE.without_pictures(),))
    assert [work(bare).deed, work(bare).deed] == [Deed.WRITTEN, Deed.SKIPPED]
    assert not bare.target.with_name("S.overlay.png").exists()
    full = job(products=(MIDLINE,))
    assert [work(full).deed, work(bare).deed] == [Deed.WRITTEN, Deed.SKIPPED]


@pytest.mark.parametrize("renames", range(8))
def test_being_killed_between_two_files_leaves_nothing_that_looks_edited(job, monkeypatch, renames):
    work(job())
    changed = changed_input(job())
    done = []

    class Killed(BaseException):
        pass

    original = Path.replace

    def die_later(path, target):
        if len(done) == renames:
            raise Killed
        done.append(target)
        return original(path, target)

    monkeypatch.setattr(write.Path, "replace", die_later)
    with suppress(Killed):
        work(changed)
    monkeypatch.undo()
    for drawing in ("asymmetry_sheet.draw_asymmetry", "overlay.draw_overlay"):
        monkeypatch.setattr(f"symline.files.{drawing}", lambda _image, _analysis: b"picture")
    assert work(changed).deed is (Deed.SKIPPED if renames == 7 else Deed.WRITTEN)
    assert work(changed).deed is Deed.SKIPPED


def test_a_section_of_another_command_survives(job):
    work(job(products=(REGISTRATION,), resumes=False))
    work(job())
    record = json.loads(job().record.read_text())
    assert all(record[section] for section in ("midline", "registration", "score"))
    assert work(job(products=(REGISTRATION,))).deed is Deed.SKIPPED


def test_an_input_without_result_fails_with_a_line_of_its_own(job):
    broken = job("sub/broken.npy")
    broken.path.write_bytes(b"no array")
    outcome = work(broken)
    assert (outcome.status, outcome.reasons, outcome.deed) == (Status.FAILED, ("unreadable",), Deed.NOTHING)
    cells = dict(zip(COLUMNS, next(csv.reader(io.StringIO(outcome.line))), strict=True))
    assert cells["status"] == "failed"
    assert cells["message"].startswith("broken.npy: ")
    assert {cells["sha256"], cells["length_px"]} == {""}


def test_an_input_that_vanished_is_no_defect_even_if_it_was_done(job):
    work(job())
    job().path.unlink()
    gone = replace(job(), path=job().path.with_name("gone.npy"))
    assert work(gone).reasons == ("unreadable",)


def test_a_failure_has_the_same_line_wherever_the_work_is_done(job, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    missing = job("sub/none.npy")
    missing.path.unlink()
    here = replace(missing, path=Path("in") / "sub" / "none.npy")
    lines = {work(here).line, work(here.absolute()).line, work(missing).line}
    assert len(lines) == 1
    assert "there is no such file; check the path (sub/none.npy)" in lines.pop()


def test_no_output_folder_stops_the_work_before_it_begins(job, tmp_path):
    there = job()
    missing = replace(there, target=tmp_path / "removed" / "S")
    outcome = work(missing)
    assert outcome.reasons == ("unwritable",)
    assert "vanished" in outcome.message


def test_the_summary_holds_any_name(tmp_path):
    names = ["plain", 'say "b", twice', "two\nlines", "<script>", "Rücken"]
    lines = [csv_line([name, *[""] * (len(COLUMNS) - 1)]) for name in names]
    path = tmp_path / "summary.csv"
    path.write_bytes(summary_csv(lines))
    assert read_lines(path) == dict(zip(names, lines, strict=True))


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", ",".join(COLUMNS) + '\n"open'])
def test_what_is_no_summary_is_refused(tmp_path, text):
    path = tmp_path / "summary.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=r"summary\.csv: .*run the batch again"):
        read_lines(path)
