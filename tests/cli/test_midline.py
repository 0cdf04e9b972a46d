"""`symline midline`: its files, messages and exit codes."""

import hashlib
import json
import os

import numpy as np
import pytest
import tifffile

from symline.files.midline_csv import COLUMNS
from tests.cli.conftest import finish, names, start

FILES = ["a.json", "a.midline.csv", "a.overlay.png"]


def read_table(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == ",".join(COLUMNS)
    rows = [[float(cell) if cell else np.nan for cell in line.split(",")] for line in lines[1:]]
    return dict(zip(COLUMNS, np.array(rows).T, strict=True))


def test_writes_the_line_the_picture_and_the_record(symline, make, back, tmp_path):
    result = symline("midline", make("a.npy"), "-o", tmp_path / "new" / "out")
    assert result.code == 0
    assert result.out == ""
    assert result.lines == ["a.npy: ok", f"results of 1 of 1 inputs are in {tmp_path / 'new' / 'out'}"]
    assert names(tmp_path / "new" / "out") == FILES
    table = read_table(tmp_path / "new" / "out" / "a.midline.csv")
    assert np.abs(table["col_px"] - back.col(table["row_px"])).max() < 1
    assert np.all(np.diff(table["row_px"]) == 1)
    for name in ("row_mm", "col_mm", "arc_mm", "curvature_per_mm"):
        assert np.isnan(table[name]).all()
    seen = ~np.isnan(table["furrow_col_px"])
    assert seen.mean() > 0.5
    assert np.abs(table["furrow_col_px"] - back.col(table["row_px"]))[seen].max() < 2


def test_spacing_fills_the_columns_in_mm(symline, make, tmp_path):
    assert symline("midline", make("a.npy"), "-o", tmp_path / "out", "--spacing", "2,3").code == 0
    table = read_table(tmp_path / "out" / "a.midline.csv")
    np.testing.assert_allclose(table["row_mm"], table["row_px"] * 2, atol=2e-4)
    np.testing.assert_allclose(table["col_mm"], table["col_px"] * 3, atol=3e-4)
    assert table["arc_mm"][0] == 0
    assert not np.isnan(table["curvature_per_mm"]).any()
    record = json.loads((tmp_path / "out" / "a.json").read_text())
    assert record["input"]["spacing_mm"] == [2, 3]
    assert record["measures"]["length_mm"] == pytest.approx(table["arc_mm"][-1], abs=1e-4)


def test_the_record_tells_where_the_result_comes_from(symline, make, tmp_path):
    path, out = make("a.npy"), tmp_path / "out"
    symline("midline", path, "-o", out)
    record = json.loads((out / "a.json").read_text())
    assert record["input"]["name"] == "a.npy"
    assert record["input"]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    for name, entry in record["files"].items():
        assert entry["sha256"] == hashlib.sha256((out / name).read_bytes()).hexdigest()


def test_the_same_input_gives_the_same_bytes(symline, make, tmp_path):
    first, second = make("a.npy"), make("elsewhere/a.npy")
    symline("midline", first, "-o", tmp_path / "one")
    finish(start("midline", second, "-o", tmp_path / "two"))
    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_failed_input_does_not_stop_the_others(symline, make, tmp_path):
    result = symline("midline", tmp_path / "missing.npy", make("a.npy"), tmp_path, "-o", tmp_path / "out")
    assert result.code == 1
    assert result.lines[0].startswith("missing.npy: there is no such file")
    assert result.lines[1] == "a.npy: ok"
    assert "this is a folder" in result.lines[2]
    assert result.lines[3].startswith("results of 1 of 3 inputs")
    assert names(tmp_path / "out") == FILES


def test_a_path_that_cannot_be_looked_up_does_not_stop_the_others(symline, make, tmp_path):
    result = symline("midline", tmp_path / f"{'x' * 300}.npy", make("a.npy"), "-o", tmp_path / "out")
    assert result.code == 1
    assert "its path is too long for this system" in result.lines[0]
    assert result.lines[1] == "a.npy: ok"


def test_a_file_that_may_not_be_read_does_not_stop_the_others(symline, make, tmp_path, monkeypatch):
    closed = make("closed.npy")
    closed.chmod(0)
    # what somebody who is not root is told
    monkeypatch.setattr(os, "access", lambda path, *_: str(path) != str(closed))
    result = symline("midline", closed, make("a.npy"), "-o", tmp_path / "out")
    assert "a.npy: ok" in result.lines


def test_an_input_is_known_as_such_from_any_folder(symline, make, tmp_path, monkeypatch):
    for folder in ("one", "two"):
        picture = make(f"{folder}/out/a.overlay.npy").rename(tmp_path / folder / "out" / "a.overlay.png")
        monkeypatch.chdir(tmp_path / folder)
        assert "is an input, and an output would replace it" in symline("midline", picture, make("a.npy"), "-o", "out").err


def test_a_hopeless_image_gets_a_record_and_a_picture_and_loses_its_old_line(symline, tmp_path):
    values = np.zeros((3, 3))
    values[1, 1] = 1
    np.save(tmp_path / "a.npy", values)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.midline.csv").write_text("of an earlier run")
    result = symline("midline", tmp_path / "a.npy", "-o", tmp_path / "out", "--overwrite")
    assert result.code == 1
    assert result.lines[0].startswith("a.npy: failed: ")
    assert names(tmp_path / "out") == ["a.json", "a.overlay.png"]
    record = json.loads((tmp_path / "out" / "a.json").read_text())
    assert record["status"] == record["midline"]["status"] == "failed"
    assert record["message"]


def test_existing_outputs_are_refused_and_named_before_any_work(symline, make, tmp_path):
    out = tmp_path / "out"
    symline("midline", make("a.npy"), "-o", out)
    before = {name: (out / name).read_bytes() for name in FILES}
    result = symline("midline", make("b.npy"), make("a.npy"), "-o", out)
    assert result.code == 2
    assert len(result.lines) == 1
    assert "3 outputs exist already (a.midline.csv, a.overlay.png, a.json)" in result.err
    assert "--overwrite" in result.err
    assert {name: (out / name).read_bytes() for name in names(out)} == before
    assert symline("midline", make("a.npy"), "-o", out, "--overwrite").code == 0


def test_many_existing_outputs_are_counted(symline, make, tmp_path):
    paths = [make(f"{letter}.npy") for letter in "abc"]
    symline("midline", *paths, "-o", tmp_path / "out")
    result = symline("midline", *paths, "-o", tmp_path / "out")
    assert "9 outputs exist already (a.midline.csv, a.overlay.png, a.json and 6 more)" in result.err


def test_inputs_that_would_write_the_same_files_are_refused(symline, make, tmp_path):
    result = symline("midline", make("one/a.npy"), make("two/a.npy"), "-o", tmp_path / "out")
    assert result.code == 2
    assert "would write the same files, a.*" in result.err
    assert not (tmp_path / "out").exists()
    assert symline("midline", make("a.npy"), tmp_path / "a.tif", "-o", tmp_path / "out").code == 2


def test_an_output_never_replaces_an_input(symline, make, tmp_path):
    (tmp_path / "a.overlay.png").write_bytes(b"somebody's picture")
    result = symline("midline", make("a.npy"), tmp_path / "a.overlay.png", "-o", tmp_path, "--overwrite")
    assert result.code == 2
    assert "a.overlay.png is an input" in result.err
    assert (tmp_path / "a.overlay.png").read_bytes() == b"somebody's picture"


def test_a_folder_with_the_name_of_an_output_costs_that_input_and_leaves_nothing_half_written(symline, make, tmp_path):
    (tmp_path / "out" / "a.json").mkdir(parents=True)
    refused = symline("midline", make("b.npy"), make("a.npy"), "-o", tmp_path / "out")
    assert (refused.code, names(tmp_path / "out")) == (2, ["a.json"])
    result = symline("midline", make("b.npy"), make("a.npy"), "-o", tmp_path / "out", "--overwrite")
    assert result.code == 1
    assert any("a.json: there is a folder of that name; remove it" in line for line in result.lines)
    assert names(tmp_path / "out") == ["a.json", "b.json", "b.midline.csv", "b.overlay.png"]


@pytest.mark.parametrize("name", ["..npy", "...npy", "", ".", ".."])
def test_an_input_without_a_name_of_its_own_is_refused_before_any_work(symline, make, tmp_path, monkeypatch, name):
    if name.endswith("npy"):
        make(f"in/{name}")
    (tmp_path / "in").mkdir(exist_ok=True)
    monkeypatch.chdir(tmp_path / "in")
    result = symline("midline", "-o", tmp_path / "out", name)
    assert result.code == 2
    assert len(result.lines) == 1
    words = (
        f"{name}: there is no name in this to call the results by" if name else "symline midline: Invalid value for 'IMAGE...': it is empty"
    )
    assert result.err.startswith(words)
    assert names(tmp_path) == ["in"]


def test_an_input_inside_the_output_folder_is_fine(symline, make, tmp_path):
    assert symline("midline", make("a.npy"), "-o", tmp_path).code == 0
    assert names(tmp_path) == sorted([*FILES, "a.npy"])


@pytest.mark.parametrize(
    "name", ["sp ace", "quo'te\"s", "Rücken 背", "two\nlines", "<b>bold&amp;", "[red]tag", ".hidden", "many.dots.in", "%s{0}"]
)
def test_names_of_any_kind_work_and_stay_on_one_line(symline, make, tmp_path, name):
    result = symline("midline", make(f"{name}.npy"), "-o", tmp_path / "out")
    assert result.code == 0
    assert len(result.lines) == 2
    assert names(tmp_path / "out") == [f"{name}.json", f"{name}.midline.csv", f"{name}.overlay.png"]
    assert json.loads((tmp_path / "out" / f"{name}.json").read_text(encoding="utf-8"))["input"]["name"] == f"{name}.npy"


def test_a_name_that_is_no_utf8_works(make, tmp_path):
    path = make("caf\udce9.npy")
    result = finish(start("midline", path, "-o", tmp_path / "out"))
    assert result.code == 0
    assert result.lines[0] == r"caf\udce9.npy: ok"
    assert json.loads((tmp_path / "out" / "caf\udce9.json").read_bytes())["input"]["name"] == "caf\udce9.npy"


def test_a_leading_dash_works_after_two_dashes(symline, make, tmp_path, monkeypatch):
    make("-a.npy")
    monkeypatch.chdir(tmp_path)
    assert symline("midline", "-o", "out", "--", "-a.npy").code == 0
    assert names(tmp_path / "out") == ["-a.json", "-a.midline.csv", "-a.overlay.png"]


def test_a_mask_narrows_the_back_and_is_on_record(symline, make, back, tmp_path):
    mask = np.zeros(back.values.shape, np.uint8)
    mask[40:120] = 1
    np.save(tmp_path / "mask.npy", mask)
    symline("midline", make("a.npy"), "-o", tmp_path / "out", "--mask", tmp_path / "mask.npy")
    table = read_table(tmp_path / "out" / "a.midline.csv")
    assert table["row_px"].min() >= 40
    assert table["row_px"].max() < 120
    digest = hashlib.sha256((tmp_path / "mask.npy").read_bytes()).hexdigest()
    assert json.loads((tmp_path / "out" / "a.json").read_text())["input"]["mask_sha256"] == digest


def test_page_and_background_reach_the_reader(symline, back, tmp_path):
    pages = np.stack([np.zeros(back.values.shape), np.where(np.isfinite(back.values), back.values, -9)]).astype(np.float32)
    tifffile.imwrite(tmp_path / "a.tif", pages, photometric="minisblack")
    assert symline("midline", tmp_path / "a.tif", "-o", tmp_path / "out").code == 1
    result = symline("midline", tmp_path / "a.tif", "-o", tmp_path / "out", "--page", "1", "--background", "-9")
    assert result.code == 0
    record = json.loads((tmp_path / "out" / "a.json").read_text())
    assert record["input"]["page"] == 1
    assert record["input"]["background"] == "-9"


def test_max_pixels_refuses_larger_images(symline, make, tmp_path):
    result = symline("midline", make("a.npy"), "-o", tmp_path / "out", "--max-pixels", "1000")
    assert result.code == 1
    assert "--max-pixels" in result.lines[0]


def test_strict_exits_with_3_where_a_result_needs_review(symline, make, tmp_path, monkeypatch):
    from symline.model.analysis import Analysis, Status
    from symline.pipeline import Study

    original = Study.analyse

    def doubt(study):
        found = original(study)
        return Analysis(Status.REVIEW, ("low_symmetry", "wide_band"), found.midline, found.axis, found.measures)

    monkeypatch.setattr(Study, "analyse", doubt)
    path = make("a.npy")
    result = symline("midline", path, "-o", tmp_path / "out")
    assert result.code == 0
    assert result.lines[0] == "a.npy: review: low symmetry, wide band"
    assert symline("midline", path, "-o", tmp_path / "out", "--overwrite", "--strict").code == 3
    assert symline("midline", path, tmp_path / "missing.npy", "-o", tmp_path / "out", "--overwrite", "--strict").code == 1
