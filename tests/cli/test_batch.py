"""`symline batch` and `symline merge` from outside."""

from __future__ import annotations

import csv
import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from symline.batch.log import Log
from symline.cli.batch import count_cores
from tests.batch.conftest import save
from tests.cli.conftest import finish, names, start

NAMES = ("a.npy", "b.npy", "p1/a.npy", "p1/x, y.npy", "p2/Rücken.npy", 'p2/say "hi".npy', "p2/two\nlines.npy")
QUICK = ("--outputs", "midline", "--no-pictures")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Seven small backs in three folders."""
    for seed, name in enumerate(NAMES):
        save(tmp_path / "in" / name, seed)
    return tmp_path / "in"


def everything(folder: Path) -> dict[str, bytes]:
    """All that does not know the time, by relative path."""
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {name: data for name, data in found.items() if name != "report.html" and not name.startswith("batch")}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def journal(out: Path, name: str = "batch.json") -> dict:
    found: dict = json.loads((out / name).read_text(encoding="utf-8"))
    return found


def test_the_tree_is_mirrored_with_what_the_single_commands_write(symline, tree, tmp_path, validate):
    done = symline("batch", tree, "-o", tmp_path / "out", "--jobs", 2)
    assert done.code == 0, done.err
    assert names(tmp_path / "out") == sorted(
        [f"{stem}{ending}" for stem in "ab" for ending in FILES] + ["batch.json", "p1", "p2", "report", "report.html", "summary.csv"]
    )
    for command in ("midline", "score"):
        assert symline(command, tree / "p1" / "a.npy", "-o", tmp_path / "single").code == 0
    for ending in FILES:
        assert (tmp_path / "out" / "p1" / f"a{ending}").read_bytes() == (tmp_path / "single" / f"a{ending}").read_bytes(), ending
    validate(json.loads((tmp_path / "out" / "p2" / "Rücken.json").read_text()))
    assert [row["path"] for row in rows(tmp_path / "out" / "summary.csv")] == sorted(NAMES, key=lambda name: name.split("/"))
    first = rows(tmp_path / "out" / "summary.csv")[0]
    record = json.loads((tmp_path / "out" / "a.json").read_text())
    assert (first["id"], first["output"], first["status"], first["sha256"]) == ("a", "a", record["status"], record["input"]["sha256"])
    for name, value in record["measures"].items():
        assert first[name] == ("" if value is None else repr(value)), name
    assert float(first["band_max_px"]) == pytest.approx(2 * 1.96 * record["midline"]["sd_max_px"], rel=1e-4)
    about = journal(tmp_path / "out")
    assert about["counts"]["inputs"] == 7
    assert [about["options"][name] for name in ("jobs", "timeout", "retries", "shard")] == [2, 3600, 1, None]
    assert done.lines[-1] == f"report: {tmp_path / 'out' / 'report.html'}"


FILES = (".midline.csv", ".overlay.png", ".asymmetry.tif", ".symmetry.tif", ".levels.csv", ".asymmetry.png", ".json")


def test_the_same_bytes_for_any_number_of_processes_and_for_merged_shards(symline, tree, tmp_path):
    (tree / "p1" / "broken.npy").write_bytes(b"no array")
    for name, options in {"one": ["--jobs", 1], "two": ["--jobs", 2]}.items():
        assert symline("batch", tree, "-o", tmp_path / name, *QUICK, *options).code == 1
    one = everything(tmp_path / "one")
    assert everything(tmp_path / "two") == one
    codes = [symline("batch", tree, "-o", tmp_path / "parts", *QUICK, "--jobs", 1, "--shard", f"{number}/3").code for number in (3, 1, 2)]
    assert sorted(codes) == [0, 0, 1]
    merged = symline("merge", tmp_path / "parts")
    assert (merged.code, merged.lines[0]) == (1, "3 shards, 8 inputs")
    parts = {
        name: data for name, data in everything(tmp_path / "parts").items() if not name.startswith("summary.") or name == "summary.csv"
    }
    assert parts == one
    assert journal(tmp_path / "parts")["counts"] == journal(tmp_path / "one")["counts"]


def test_the_journal_tells_of_the_share_that_a_job_array_gives(symline, tree, tmp_path, monkeypatch):
    monkeypatch.setenv("SLURM_ARRAY_TASK_ID", "2")
    monkeypatch.setenv("SLURM_ARRAY_TASK_COUNT", "3")
    assert symline("batch", tree, "-o", tmp_path / "out", *QUICK).code == 0
    options = journal(tmp_path / "out", "batch.2-of-3.json")["options"]
    assert (options["shard"], options["jobs"]) == ("2/3", count_cores())


def test_the_journal_tells_how_the_inputs_were_read(symline, tree, tmp_path):
    mask = tmp_path / "mask.npy"
    np.save(mask, np.ones((48, 40), bool))
    given = {"--spacing": "1.5", "--background": "none", "--mask": str(mask), "--page": "0", "--max-pixels": "2000"}
    done = symline("batch", tree, "-o", tmp_path / "out", *QUICK, *(word for option in given.items() for word in option))
    assert done.code == 0, done.err
    options = journal(tmp_path / "out")["options"]
    assert [options[name] for name in ("spacing", "background", "mask", "page")] == [[1.5, 1.5], "none", str(mask), 0]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_inputs_that_may_be_missing_make_a_merge_fail_as_they_do_a_run(symline, tree, tmp_path):
    (tree / "gone").symlink_to("nowhere")
    for number in (1, 2):
        assert symline("batch", tree, "-o", tmp_path / "out", *QUICK, "--shard", f"{number}/2").code == 1
    merged = symline("merge", tmp_path / "out")
    assert merged.code == 1
    assert "gone: this link leads nowhere, so inputs may be missing" in merged.err


def test_parts_that_do_not_belong_together_are_not_merged(symline, tree, tmp_path):
    out = tmp_path / "out"
    assert symline("batch", tree, "-o", out, *QUICK, "--shard", "1/2").code == 0
    assert symline("batch", tree, "-o", out, *QUICK, "--shard", "2/2", "--spacing", "1.3").code == 0
    merged = symline("merge", out)
    assert (merged.code, len(merged.lines)) == (1, 1)
    assert "the shards differ in their inputs, or in how these are read" in merged.err
    assert not (out / "summary.csv").exists()


def test_a_run_over_all_inputs_takes_the_place_of_shards(symline, tree, tmp_path):
    out = tmp_path / "out"
    for shard in ("1/2", "2/2"):
        assert symline("batch", tree, "-o", out, *QUICK, "--shard", shard).code == 0
    assert symline("merge", out).code == 0
    (tree / "b.npy").unlink()
    assert symline("batch", tree, "-o", out, *QUICK).code == 0
    assert [name for name in names(out) if "-of-" in name] == []
    late = symline("merge", out)
    assert late.code == 1
    assert "there is no batch.I-of-N.json" in late.err
    assert len(rows(out / "summary.csv")) == 6


def test_a_job_array_of_one_task_is_merged_like_any_other(symline, tree, tmp_path, monkeypatch):
    monkeypatch.setenv("SLURM_ARRAY_TASK_ID", "1")
    monkeypatch.setenv("SLURM_ARRAY_TASK_COUNT", "1")
    assert symline("batch", tree, "-o", tmp_path / "out", *QUICK).code == 0
    before = everything(tmp_path / "out")
    merged = symline("merge", tmp_path / "out")
    assert (merged.code, merged.lines[0]) == (0, "1 shard, 7 inputs")
    assert everything(tmp_path / "out") == before


def test_a_run_over_all_inputs_that_stops_takes_the_place_of_shards_too(symline, tree, tmp_path):
    out = tmp_path / "out"
    assert symline("batch", tree, "-o", out, *QUICK, "--shard", "1/2").code == 0
    assert symline("batch", tree, "-o", out, *QUICK, "--shard", "2/2").code == 0
    (tree / "a.npy").write_bytes(b"")
    assert symline("batch", tree, "-o", out, *QUICK, "--fail-fast", "--jobs", 1).code == 1
    assert "there is no batch.I-of-N.json" in symline("merge", out).err


def test_results_that_are_called_as_parts_of_others_are_left_alone(symline, tree, tmp_path):
    save(tree / "summary.1-of-2.npy")
    manifest = tmp_path / "out" / "batch.1-of-2.csv"
    manifest.parent.mkdir()
    manifest.write_text(f"path\n{tree / 'summary.1-of-2.npy'}\n")
    for _ in range(2):
        assert symline("batch", manifest, "-o", manifest.parent, *QUICK).code == 0
    assert manifest.exists()
    assert (manifest.parent / "summary.1-of-2.json").exists()


def test_a_failure_without_a_small_picture_is_no_reason_for_another_report(symline, tree, tmp_path):
    out = tmp_path / "out"
    assert symline("batch", tree, "-o", out, "--outputs", "midline").code == 0
    (tree / "a.npy").write_bytes(b"")
    (out / "report" / "a.jpg").unlink()
    assert symline("batch", tree, "-o", out, "--outputs", "midline").code == 1
    before = (out / "report.html").stat().st_mtime_ns
    assert symline("batch", tree, "-o", out, "--outputs", "midline").code == 1
    assert (out / "report.html").stat().st_mtime_ns == before


@pytest.mark.parametrize("command", ["merge", "report"])
def test_a_folder_that_is_not_there_is_a_usage_error(symline, tmp_path, command):
    done = symline(command, tmp_path / "none")
    assert (done.code, len(done.lines)) == (2, 1)
    assert "none' does not exist" in done.err


def test_slurm_says_which_shard(symline, tree, tmp_path, monkeypatch):
    monkeypatch.setenv("SLURM_ARRAY_TASK_ID", "0")
    monkeypatch.setenv("SLURM_ARRAY_TASK_COUNT", "2")
    monkeypatch.setenv("SLURM_ARRAY_TASK_MIN", "0")
    assert symline("batch", tree, "-o", tmp_path / "out", *QUICK, "--jobs", 1).code == 0
    assert [row["path"] for row in rows(tmp_path / "out" / "summary.1-of-2.csv")] == sorted(NAMES, key=lambda name: name.split("/"))[::2]


def test_a_second_run_skips_what_is_done_and_keeps_the_summary(symline, tree, tmp_path):
    out = tmp_path / "out"
    assert symline("batch", tree, "-o", out, *QUICK).code == 0
    before, page = everything(out), (out / "report.html").stat().st_mtime_ns
    again = symline("batch", tree, "-o", out, *QUICK)
    assert again.lines[0] == "7 inputs: 7 skipped"
    assert everything(out) == before
    assert (out / "report.html").stat().st_mtime_ns == page
    (out / "report.html").unlink()
    symline("batch", tree, "-o", out, *QUICK)
    assert (out / "report.html").exists()
    save(tree / "b.npy", seed=20)
    (out / "p1" / "a.json").unlink()
    third = symline("batch", tree, "-o", out, *QUICK)
    assert journal(out)["counts"]["skipped"] == 5
    assert third.code == 0
    changed = [name for name, data in everything(out).items() if before[name] != data]
    assert set(changed) == {"b.json", "b.midline.csv", "summary.csv"}


def test_a_second_run_makes_again_what_the_report_lacks(symline, tree, tmp_path):
    out = tmp_path / "out"
    options = ("--outputs", "midline", "--pattern", "/a.npy")
    assert symline("batch", tree, "-o", out, *options).code == 0
    page, small = out / "report.html", out / "report" / "a.jpg"
    whole = page.read_bytes()
    for rest in (whole[: len(whole) // 2], b""):
        page.write_bytes(rest)
        assert symline("batch", tree, "-o", out, *options).lines[0] == "1 inputs: 1 skipped"
        assert page.read_bytes().endswith(whole[-20:])
    picture = small.read_bytes()
    for lost in (small.unlink, lambda: small.write_bytes(b"")):
        lost()
        assert symline("batch", tree, "-o", out, *options).code == 0
        assert small.read_bytes() == picture


def test_an_edited_midline_is_kept_and_told(symline, tree, tmp_path):
    out = tmp_path / "out"
    symline("batch", tree, "-o", out, *QUICK)
    table = out / "p1" / "a.midline.csv"
    table.write_text(table.read_text().replace(table.read_text().splitlines()[3].split(",")[1], "19.0000"))
    edited = table.read_bytes()
    again = symline("batch", tree, "-o", out, *QUICK)
    assert again.lines[0].startswith("p1/a.npy: the midline was edited by hand and is kept")
    assert table.read_bytes() == edited
    assert [each["path"] for each in journal(out)["edited"]] == ["p1/a.npy"]
    assert "edited_midline" in next(row for row in rows(out / "summary.csv") if row["path"] == "p1/a.npy")["reasons"]
    assert symline("batch", tree, "-o", out, *QUICK, "--overwrite").code == 0
    assert table.read_bytes() != edited


def test_failures_are_told_and_the_others_go_on(symline, tree, tmp_path):
    (tree / "p1" / "broken.npy").write_bytes(b"no array")
    np.save(tree / "flat.npy", np.ones((40, 40)))
    done = symline("batch", tree, "-o", tmp_path / "out", *QUICK)
    assert done.code == 1
    assert sorted(line for line in done.lines if ": failed: " in line)[1].startswith("p1/broken.npy: failed: the ending says NPY")
    assert f"  failed  {'flat.npy'}: every value is 1; there is nothing to register; check the export" in done.lines
    assert [each["path"] for each in journal(tmp_path / "out")["failures"]] == ["flat.npy", "p1/broken.npy"]
    assert {row["status"] for row in rows(tmp_path / "out" / "summary.csv")} >= {"failed"}
    assert journal(tmp_path / "out")["complete"]


def test_what_failed_before_and_needs_review_is_told_again(symline, tree, tmp_path):
    np.save(tree / "small.npy", np.arange(16.0).reshape(4, 4))
    out = tmp_path / "out"
    first = symline("batch", tree, "-o", out, *QUICK, "-q")
    again = symline("batch", tree, "-o", out, *QUICK, "-q")
    assert (first.code, again.code) == (1, 1)
    assert len(first.lines) == 1
    assert again.lines == [line.replace(": failed: ", ": failed as before: ") for line in first.lines]
    assert "8 inputs: 8 skipped (of earlier results 1 failed)" in symline("batch", tree, "-o", out, *QUICK).lines


def test_a_path_that_cannot_be_looked_up_costs_one_line_of_a_manifest(symline, tree, tmp_path):
    long = "x" * 300
    (tree / "list.csv").write_text(f"path,id,mask\np1/a.npy,a,\n{long}.npy,b,\np1/a.npy,d,{long}.npy\n")
    done = symline("batch", tree / "list.csv", "-o", tmp_path / "out", *QUICK)
    assert done.code == 1
    assert [row["status"] for row in rows(tmp_path / "out" / "summary.csv")] == ["ok", "failed", "failed"]


def test_fail_fast_stops_and_the_next_run_goes_on(symline, tree, tmp_path):
    (tree / "a.npy").write_bytes(b"no array")
    done = symline("batch", tree, "-o", tmp_path / "out", *QUICK, "--jobs", 1, "--fail-fast")
    assert done.code == 1
    assert not journal(tmp_path / "out")["complete"]
    assert "not reached" in next(line for line in done.lines if line.startswith("7 inputs"))
    save(tree / "a.npy")
    assert symline("batch", tree, "-o", tmp_path / "out", *QUICK).code == 0
    assert len(rows(tmp_path / "out" / "summary.csv")) == 7


def test_a_dry_run_says_what_would_be_done_and_does_nothing(symline, tree, tmp_path):
    out = tmp_path / "out"
    first = symline("batch", tree, "-o", out, *QUICK, "--dry-run")
    assert first.code == 0
    assert [line.split("\t")[0] for line in first.out.splitlines()] == ["run"] * 7
    assert not out.exists()
    symline("batch", tree, "-o", out, *QUICK)
    (out / "b.midline.csv").unlink()
    before = everything(out)
    second = symline("batch", tree, "-o", out, *QUICK, "--dry-run")
    assert [line.split("\t")[:2] for line in second.out.splitlines()][:2] == [["skip", "a.npy"], ["run", "b.npy"]]
    assert everything(out) == before


def test_folders_have_a_say_and_the_record_tells(symline, tree, tmp_path):
    (tree / "symline.toml").write_text("[curve]\nhalf_width = 0.4\ntolerance = 0.5\n[reading]\nspacing = 2\n")
    (tree / "p1" / "symline.toml").write_text("[curve]\nhalf_width = 0.3\n")
    out = tmp_path / "out"
    assert symline("batch", tree, "-o", out, *QUICK, "--set", "curve.tolerance=0.45").code == 0
    top, inner = (json.loads((out / name).read_text()) for name in ("a.json", "p1/a.json"))
    assert (top["config"]["curve"]["half_width"], inner["config"]["curve"]["half_width"]) == (0.4, 0.3)
    assert (top["config"]["curve"]["tolerance"], inner["config"]["curve"]["tolerance"]) == (0.45, 0.45)
    assert (top["overrides"], inner["overrides"]) == (["symline.toml"], ["symline.toml", "p1/symline.toml"])
    assert top["input"]["spacing_mm"] == [2.0, 2.0]
    assert journal(out)["overrides"] == ["p1/symline.toml", "symline.toml"]
    (tree / "p1" / "symline.toml").write_text("[curve]\nhalf_widht = 0.3\n")
    bad = symline("batch", tree, "-o", tmp_path / "none", *QUICK)
    assert bad.code == 2
    assert "p1/symline.toml" in bad.err
    assert "half_width" in bad.err
    assert not (tmp_path / "none").exists()


def test_a_manifest_lists_the_inputs(symline, tree, tmp_path):
    np.save(tree / "mask.npy", np.ones((48, 40), bool))
    listing = tree / "list.csv"
    listing.write_text('path,id,spacing,mask\nb.npy,second,1.5,mask.npy\n"p1/x, y.npy",first,"1.3,0.9",\np1/none.npy,,,\n')
    done = symline("batch", listing, "-o", tmp_path / "out", *QUICK)
    assert done.code == 1
    assert [(row["id"], row["path"], row["status"] == "failed") for row in rows(tmp_path / "out" / "summary.csv")] == [
        ("second", "b.npy", False),
        ("first", "p1/x, y.npy", False),
        ("p1/none", "p1/none.npy", True),
    ]
    record = json.loads((tmp_path / "out" / "p1" / "x, y.json").read_text())
    assert record["input"]["spacing_mm"] == [1.3, 0.9]
    assert json.loads((tmp_path / "out" / "b.json").read_text())["input"]["mask_sha256"]


def test_only_whole_names_are_shown_as_the_manifest_has_them(symline, tmp_path, monkeypatch):
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "list.csv").write_text("path\n.\n")
    monkeypatch.chdir(tmp_path)
    assert "this is a folder; a file is needed; give the files in it" in symline("batch", "s/list.csv", "-o", "out").err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none", "-o", "out"], "none: there is no such file or folder"),
        (["in", "-o", "in"], "output"),
        (["in", "-o", "out", "--pattern", "*.tif"], "no"),
        (["in", "-o", "out", "--shard", "3/2"], "--shard: '3/2' is no shard"),
        (["in", "-o", "out", "--outputs", "midlines"], "'midlines' is not known"),
        (["in", "-o", "out", "--jobs", "0"], "--jobs"),
        (["in", "-o", "out", "--timeout", "0"], "'0' is no time limit; a positive number of seconds is needed; try 3600"),
        (["in", "-o", "out", "--timeout", "nan"], "'nan' is no time limit"),
        (["in", "-o", "out", "--timeout", "inf"], "'inf' is no time limit"),
        (["in", "-o", "out", "--memory-limit", "99999999999999"], "99999999999999 is not in the range 64<=x<=1073741824"),
        (["in", "-o", "out", "--dask", "tcp://127.0.0.1:1", "--timeout", "3"], "--timeout cannot be kept on a cluster"),
        (["in/a.npy", "-o", "out"], "this is an image"),
        (["in", "-o", "out", "--log-json", "in/b.npy"], "log in/b.npy: this is an input"),
        (["in", "-o", "out", "--log-json", "out/batch.json"], "log out/batch.json: this is an output"),
        (["in", "-o", "out", "--log-json", "out/p1/a.midline.csv"], "log out/p1/a.midline.csv: this is an output"),
        (["in", "-o", "out", "--log-json", "in/symline.toml"], "log in/symline.toml: this is where parameters for a folder belong"),
        (["in"], "Missing option '-o'"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_starts(symline, tree, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    done = symline("batch", *arguments)
    assert done.code == 2
    assert message in done.err
    assert len(done.lines) == 1
    assert not (tmp_path / "out").exists()
    assert names(tree) == ["a.npy", "b.npy", "p1", "p2"]


def test_the_configuration_is_no_log(symline, tree, tmp_path):
    (tmp_path / "c.toml").write_text("[curve]\nhalf_width = 0.4\n")
    done = symline("batch", tree, "-o", tmp_path / "out", "--config", tmp_path / "c.toml", "--log-json", tmp_path / "c.toml")
    assert done.code == 2
    assert "c.toml: this is an input, and lines would be added to it" in done.err
    assert (tmp_path / "c.toml").read_text() == "[curve]\nhalf_width = 0.4\n"


def test_two_inputs_with_the_same_results_are_refused(symline, tree, tmp_path):
    np.save(tree / "p1" / "a.tiff.npy", np.eye(9))
    save(tree / "p1" / "b.npy").rename(tree / "p1" / "a.tif")
    done = symline("batch", tree, "-o", tmp_path / "out", *QUICK)
    assert done.code == 2
    assert "would write the same files" in done.err
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_log_that_leads_to_parameters_of_a_folder_is_refused(symline, tree, tmp_path):
    (tmp_path / "log").symlink_to(tree / "symline.toml")
    done = symline("batch", tree, "-o", tmp_path / "out", *QUICK, "--log-json", tmp_path / "log")
    assert done.code == 2
    assert "this is where parameters for a folder belong" in done.err
    assert not (tree / "symline.toml").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_two_inputs_with_the_same_results_through_a_link_are_refused(symline, tree, tmp_path):
    out = tmp_path / "out"
    (out).mkdir()
    (out / "p1").symlink_to(".")
    done = symline("batch", tree, "-o", out, *QUICK)
    assert done.code == 2
    assert "a.npy would write the same files" in done.err
    assert names(out) == ["p1"]


def test_the_configuration_can_be_printed_without_inputs(symline, tmp_path):
    printed = symline("batch", "--stages", "path,curve", "--top", "30", "--dump-config")
    assert printed.code == 0
    (tmp_path / "mine.toml").write_text(printed.out)
    assert symline("batch", "--config", tmp_path / "mine.toml", "--dump-config").out == printed.out
    assert "top_row = 30.0" in printed.out


def test_strict_and_quiet(symline, tmp_path):
    save(tmp_path / "in" / "tiny.npy", shape=(32, 32))
    values = np.load(tmp_path / "in" / "tiny.npy")
    noise = np.random.default_rng(0).normal(size=values.shape)
    np.save(tmp_path / "in" / "tiny.npy", np.where(np.isnan(values), np.nan, noise).astype(np.float32))
    done = symline("batch", tmp_path / "in", "-o", tmp_path / "out", *QUICK, "--strict", "-q")
    assert rows(tmp_path / "out" / "summary.csv")[0]["status"] == "review"
    assert (done.code, done.err) == (3, "")
    assert symline("batch", tmp_path / "in", "-o", tmp_path / "out", *QUICK, "--strict", "-q").code == 3


def test_the_log_and_the_lines_for_people(tree, tmp_path):
    log = tmp_path / "log.json"
    log.write_text('{"time": "2026-0')  # the disk was full
    done = finish(start("batch", tree, "-o", tmp_path / "out", *QUICK, "--log-json", log, "-v"))
    assert done.code == 0
    assert done.out == ""
    events = [json.loads(line) for line in log.read_text().splitlines()[1:]]
    assert [events[0]["event"], events[-1]["event"]] == ["begin", "end"]
    assert sorted(event["path"] for event in events if event["event"] == "done") == sorted(NAMES)
    assert len([line for line in done.lines if line.startswith(("a.npy: ", "p2/two\\nlines.npy: "))]) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="needs pipes that do not block")
def test_a_log_that_nobody_reads_does_not_hold_up_the_work():
    read, write = os.pipe()
    os.set_blocking(write, False)
    said: list[str] = []
    with os.fdopen(read, "rb"), os.fdopen(write, "wb", buffering=0) as stream:
        log = Log(stream, said.append)
        for _ in range(2000):
            log.say("done", message="x" * 100)
    assert said == ["log: it cannot be written any further (nobody reads it); the work goes on; free some space"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo terminal")
def test_a_terminal_shows_a_bar_and_the_files_at_work(tree, tmp_path):
    import pty
    import subprocess

    parent, child = pty.openpty()
    command = [sys.executable, "-m", "symline", "batch", str(tree), "-o", str(tmp_path / "out"), "--outputs", "midline", "--jobs", "1"]
    data = tmp_path / "data"
    with data.open("wb") as stream:
        process = subprocess.Popen(command, stderr=child, stdout=stream, env={**os.environ, "TERM": "xterm", "COLUMNS": "120"})
    os.close(child)
    shown = b""
    while True:
        try:
            piece = os.read(parent, 65536)
        except OSError:  # what Linux says when the other side is gone
            break
        if not piece:
            break
        shown += piece
    assert process.wait(60) == 0
    os.close(parent)
    text = shown.decode(errors="replace")
    assert "/7" in text
    assert any(f"  {name}" in text for name in ("a.npy", "b.npy", "p1/a.npy", "p1/x, y.npy", "p2/Rücken.npy"))
    assert "7 inputs: " in text
    assert data.read_bytes() == b""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell that closes streams")
@pytest.mark.parametrize("closed", ["2>&-", "0<&- 1>&- 2>&-"])
def test_nobody_has_to_hold_the_streams_open(tree, tmp_path, closed):
    import subprocess

    command = f'exec "$0" -m symline batch "$1" -o "$2" --outputs midline --no-pictures {closed}'
    done = subprocess.run(["sh", "-c", command, sys.executable, tree, tmp_path / "out"], capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert len(rows(tmp_path / "out" / "summary.csv")) == 7


def test_single_commands_point_to_batch_for_folders(symline, tree, tmp_path):
    assert "symline batch" in symline("midline", tree, "-o", tmp_path / "out").err
