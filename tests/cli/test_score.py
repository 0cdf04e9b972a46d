"""`symline score`: its files, messages and exit codes."""

import csv
import hashlib
import json

import jsonschema
import numpy as np
import pytest
import tifffile

from symline.config import Config
from symline.measures.catalogue import known_measures
from tests.cli.conftest import describe, draw_line, finish, load, names, start

FILES = ["a.asymmetry.png", "a.asymmetry.tif", "a.json", "a.levels.csv", "a.symmetry.tif"]


@pytest.fixture
def lopsided(tmp_path, back):
    """The back with a bump on its left side only."""
    row, col = np.indices(back.values.shape)
    bump = 3 * np.exp(-0.5 * ((row - 80) ** 2 + (col - 40) ** 2) / 8**2)
    np.save(tmp_path / "a.npy", (back.values + bump).astype(np.float32))
    return tmp_path / "a.npy"


def levels(out):
    with (out / "a.levels.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_writes_the_maps_the_table_the_picture_and_the_record(symline, make, back, validate, tmp_path):
    out = tmp_path / "new" / "out"
    result = symline("score", make("a.npy"), "-o", out)
    assert result.code == 0
    assert result.out == ""
    assert result.lines == ["a.npy: ok", f"results of 1 of 1 inputs are in {out}"]
    assert names(out) == FILES
    assert (out / "a.asymmetry.png").read_bytes().startswith(b"\x89PNG")
    for kind in ("asymmetry", "symmetry"):
        values = tifffile.imread(out / f"a.{kind}.tif")
        assert (values.shape, values.dtype) == (back.values.shape, np.float32)
        assert np.isnan(values[np.isnan(back.values)]).all()
        assert np.isfinite(values[np.isfinite(back.values)]).mean() > 0.9
    assert [row["level"] for row in levels(out)] == [str(number) for number in range(1, 11)]
    record = load(out / "a.json")
    validate(record)
    assert record["config"] == Config().to_dict()
    assert record["measures"].keys() == set(known_measures())
    assert record["measures"]["symmetry"] > 0.95
    assert record["files"].keys() == set(FILES) - {"a.json"}
    for name, entry in record["files"].items():
        assert entry == describe("score", out / name)


def test_the_same_input_gives_the_same_bytes(symline, make, tmp_path):
    symline("score", make("a.npy"), "-o", tmp_path / "one")
    finish(start("score", make("elsewhere/a.npy"), "-o", tmp_path / "two"))
    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.usefixtures("no_picture")
def test_failures_do_not_stop_the_others(symline, make, validate, tmp_path):
    hopeless = np.zeros((3, 3))
    hopeless[1, 1] = 1
    np.save(tmp_path / "b.npy", hopeless)
    out = tmp_path / "out"
    out.mkdir()
    (out / "b.levels.csv").write_text("of an earlier run")
    result = symline("score", tmp_path / "none.npy", tmp_path / "b.npy", make("a.npy"), "-o", out, "--overwrite")
    assert result.code == 1
    assert result.lines[0].startswith("none.npy: there is no such file")
    assert result.lines[1].startswith("b.npy: failed: ")
    assert result.lines[2:] == ["a.npy: ok", f"results of 2 of 3 inputs are in {out}"]
    assert names(out) == sorted([*FILES, "b.json", "b.asymmetry.png"])
    record = load(out / "b.json")
    validate(record)
    assert record["score"].keys() == {"status", "reasons", "message"}
    assert record["status"] == record["score"]["status"] == "failed"


@pytest.mark.usefixtures("no_picture")
def test_existing_outputs_are_refused_before_any_work(symline, make, tmp_path):
    path, out = make("a.npy"), tmp_path / "out"
    symline("score", path, "-o", out)
    before = {name: (out / name).read_bytes() for name in FILES}
    result = symline("score", path, "-o", out, "--levels", "3")
    assert result.code == 2
    assert "5 outputs exist already (a.asymmetry.tif, a.symmetry.tif, a.levels.csv and 2 more)" in result.err
    assert {name: (out / name).read_bytes() for name in names(out)} == before


@pytest.mark.usefixtures("no_picture")
def test_spacing_reaches_the_files(symline, make, tmp_path):
    path = make("a.npy")
    symline("score", path, "-o", tmp_path / "mm", "--spacing", "2,3")
    symline("score", path, "-o", tmp_path / "px")
    for row in levels(tmp_path / "mm"):
        assert float(row["top_row_mm"]) == pytest.approx(2 * float(row["top_row_px"]), abs=1e-3)
        assert float(row["width_mm"]) == pytest.approx(3 * float(row["width_px"]), abs=1e-3)
    for row in levels(tmp_path / "px"):
        assert all((cell == "") == name.endswith("_mm") or name.startswith("furrow") for name, cell in row.items())
    with (
        tifffile.TiffFile(tmp_path / "mm" / "a.asymmetry.tif") as with_spacing,
        tifffile.TiffFile(tmp_path / "px" / "a.symmetry.tif") as without,
    ):
        pixels = tifffile.xml2dict(with_spacing.ome_metadata)["OME"]["Image"]["Pixels"]
        assert (pixels["PhysicalSizeY"], pixels["PhysicalSizeX"]) == (2, 3)
        assert "PhysicalSizeX" not in tifffile.xml2dict(without.ome_metadata)["OME"]["Image"]["Pixels"]


@pytest.mark.usefixtures("no_picture")
def test_what_cannot_be_had_is_null_with_a_reason(symline, make, tmp_path):
    symline("score", make("a.npy"), "-o", tmp_path / "out")
    record = load(tmp_path / "out" / "a.json")
    missing = {name for name, value in record["measures"].items() if value is None}
    assert "trunk_imbalance_mm" in missing
    assert record["measures"]["trunk_imbalance_px"] is not None
    assert missing == record["score"]["missing"].keys()
    assert "spacing" in record["score"]["missing"]["trunk_imbalance_mm"]


@pytest.mark.usefixtures("no_picture")
def test_a_hand_made_line_is_scored_as_it_is(symline, make, back, validate, tmp_path):
    path, aside = make("a.npy"), type(back)(back.values, back.midline + np.array([0, 5]))
    table = draw_line(tmp_path / "drawn.csv", back)
    assert symline("score", path, "-o", tmp_path / "true", "--midline", table).code == 0
    assert (
        symline("score", path, "-o", tmp_path / "aside", "--midline", draw_line(tmp_path / "aside.csv", aside), "--per-pixel", "raw").code
        == 0
    )
    right, wrong = (load(tmp_path / name / "a.json") for name in ("true", "aside"))
    validate(right)
    assert right["input"]["midline_sha256"] == hashlib.sha256(table.read_bytes()).hexdigest()
    assert right["measures"]["symmetry"] > 0.9
    assert right["axis"]["col_px"] == pytest.approx(back.midline[:, 1].mean(), abs=1)
    assert wrong["axis"]["col_px"] == pytest.approx(right["axis"]["col_px"] + 5, abs=0.5)
    assert wrong["measures"]["asymmetry_rms"] > 2 * right["measures"]["asymmetry_rms"]


@pytest.mark.usefixtures("no_picture")
def test_a_line_of_an_earlier_result_scores_the_same(symline, make, tmp_path):
    path, out = make("a.npy"), tmp_path / "out"
    symline("midline", path, "-o", out)
    assert symline("score", path, "-o", out, "--midline", out / "a.midline.csv").code == 0
    assert symline("score", path, "-o", tmp_path / "fresh").code == 0
    again, fresh = (load(folder / "a.json")["measures"] for folder in (out, tmp_path / "fresh"))
    for name in ("symmetry", "length_px", "asymmetry_rms"):
        assert again[name] == pytest.approx(fresh[name], rel=0.05)


@pytest.mark.usefixtures("no_picture")
def test_levels_and_threshold_are_those_asked_for(symline, lopsided, tmp_path):
    found = {}
    for threshold in ("0.5", "2"):
        out = tmp_path / threshold
        assert symline("score", lopsided, "-o", out, "--levels", "4", "--threshold", threshold).code == 0
        assert [row["level"] for row in levels(out)] == ["1", "2", "3", "4"]
        record = load(out / "a.json")
        assert record["config"]["score"]["levels"] == 4
        assert record["config"]["score"]["threshold"] == record["score"]["threshold"] == float(threshold)
        found[threshold] = record["score"]["patches"][0]
    assert found["0.5"]["side"] == found["2"]["side"] == "left"
    assert found["0.5"]["area_px"] > 1.2 * found["2"]["area_px"]


@pytest.mark.usefixtures("no_picture")
def test_the_schema_holds_the_details_and_refuses_others(symline, lopsided, validate, tmp_path):
    symline("score", lopsided, "-o", tmp_path / "out", "--spacing", "1.2")
    record = load(tmp_path / "out" / "a.json")
    validate(record)
    assert record["score"]["patches"]
    for part, key in (("patches", "area_mm2"), ("patches", "row_px"), ("score", "threshold"), ("score", "missing")):
        other = json.loads(json.dumps(record))
        del (other["score"] if part == "score" else other["score"][part][0])[key]
        with pytest.raises(jsonschema.ValidationError, match=f"'{key}' is a required property"):
            validate(other)
    with pytest.raises(jsonschema.ValidationError, match="does not match"):
        validate(record | {"measures": {"Not a name": 1.0}})


@pytest.mark.usefixtures("no_picture")
def test_asymmetry_is_that_of_the_map_asked_for(symline, lopsided, tmp_path):
    maps = {}
    for kind in ("residual", "raw"):
        assert symline("score", lopsided, "-o", tmp_path / kind, "--per-pixel", kind).code == 0
        assert load(tmp_path / kind / "a.json")["config"]["score"]["per_pixel"] == kind
        maps[kind] = tifffile.imread(tmp_path / kind / "a.asymmetry.tif")
    assert symline("score", lopsided, "-o", tmp_path / "default").code == 0
    np.testing.assert_array_equal(tifffile.imread(tmp_path / "default" / "a.asymmetry.tif"), maps["residual"])
    assert not np.array_equal(maps["residual"], maps["raw"], equal_nan=True)


@pytest.mark.usefixtures("no_picture")
def test_the_line_is_measured_between_the_rows_asked_for(symline, make, back, tmp_path):
    symline("score", make("a.npy"), "-o", tmp_path / "out", "--top", "40", "--bottom", "120")
    record = load(tmp_path / "out" / "a.json")
    assert (record["config"]["score"]["top_row"], record["config"]["score"]["bottom_row"]) == (40, 120)
    imbalance = back.col(40) - back.col(120)
    assert record["measures"]["trunk_imbalance_px"] == pytest.approx(imbalance, abs=1)
    for apex in record["score"]["apices"]:
        assert 40 <= apex["row_px"] <= 120
    rows = levels(tmp_path / "out")
    assert (float(rows[0]["top_row_px"]), float(rows[-1]["bottom_row_px"])) == pytest.approx((40, 120), abs=1)


@pytest.mark.usefixtures("no_picture")
def test_rows_off_the_line_fail_the_image_and_others_go_on(symline, make, tmp_path):
    small = np.load(make("a.npy"))[::2, ::2]
    np.save(tmp_path / "small.npy", small)
    result = symline("score", tmp_path / "small.npy", tmp_path / "a.npy", "-o", tmp_path / "out", "--bottom", "100")
    assert result.code == 1
    assert result.lines[0].startswith("small.npy: the bottom row 100 is not on the midline, which runs from row ")
    assert result.lines[1] == "a.npy: ok"
    assert names(tmp_path / "out") == FILES
    assert "the top row 0 is not on the midline" in symline("score", tmp_path / "a.npy", "-o", tmp_path / "two", "--top", "0").err


@pytest.mark.usefixtures("no_picture")
def test_commands_keep_the_sections_of_one_another_in_any_order(symline, make, validate, tmp_path):
    path, records = make("a.npy"), []
    for order in (("midline", "register", "score"), ("score", "register", "midline")):
        out = tmp_path / order[0]
        for command in order:
            assert symline(command, path, "-o", out, "--set", "score.levels=5").code == 0
        records.append((out / "a.json").read_bytes())
    assert records[0] == records[1]
    record = load(out / "a.json")
    validate(record)
    assert {record[section]["status"] for section in ("midline", "registration", "score")} == {"ok"}
    assert {entry["section"] for entry in record["files"].values()} == {"midline", "registration", "score"}


@pytest.mark.usefixtures("no_picture")
def test_sections_of_another_configuration_or_line_are_dropped(symline, make, back, tmp_path):
    path, out = make("a.npy"), tmp_path / "out"
    symline("midline", path, "-o", out)
    symline("score", path, "-o", out, "--levels", "5")
    record = load(out / "a.json")
    assert record["midline"] is None
    assert record["score"]["status"] == "ok"
    symline("midline", path, "-o", out, "--set", "score.levels=5", "--overwrite")
    assert load(out / "a.json")["score"] is not None
    symline("register", path, "-o", out, "--set", "score.levels=5", "--midline", draw_line(tmp_path / "drawn.csv", back))
    assert load(out / "a.json")["score"] is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--top", "90", "--bottom", "40"], "score.bottom_row: 40 does not lie below the top row, 90"),
        (["--top", "40", "--bottom", "40"], "score.bottom_row: 40 does not lie below the top row, 40"),
        (["--bottom", "0"], "score.bottom_row: 0 does not lie below the top row, 0"),
        (["--top", "-3"], "Invalid value for '--top': -3.0 is not in the range x>=0"),
        (["--top", "nan"], "score.top_row: nan is out of range"),
        (["--top", "neck"], "Invalid value for '--top': 'neck' is not a valid float"),
        (["--threshold", "0"], "Invalid value for '--threshold': 0.0 is not in the range x>0"),
        (["--threshold", "-0.1"], "Invalid value for '--threshold': -0.1 is not in the range x>0"),
        (["--threshold", "inf"], "score.threshold: inf is out of range"),
        (["--levels", "0"], "Invalid value for '--levels': 0 is not in the range 1<=x<=200"),
        (["--levels", "2.5"], "Invalid value for '--levels': '2.5' is not a valid integer"),
        (["--per-pixel", "cooked"], "Invalid value for '--per-pixel': 'cooked' is not one of 'residual', 'raw'"),
        (["--set", "score.level=3"], "the parameter of [score] 'level' is unknown; did you mean levels?"),
        (["--midline", "drawn.csv", "b.npy"], "symline score: --midline: a line belongs to one image, and 2 are given"),
        (["--midline", "drawn.csv", "--stages", "path"], "path searches on its own, so the midline given would be lost"),
    ],
)
def test_usage_errors_are_one_line_and_start_nothing(symline, make, back, tmp_path, monkeypatch, arguments, message):
    make("a.npy")
    draw_line(tmp_path / "drawn.csv", back)
    monkeypatch.chdir(tmp_path)
    result = symline("score", "a.npy", "-o", "out", *arguments)
    assert result.code == 2
    assert len(result.lines) == 1
    assert message in result.err
    assert result.out == ""
    assert names(tmp_path) == ["a.npy", "drawn.csv"]


def test_options_of_scoring_reach_the_configuration_and_settings_go_before_them(symline):
    flags = ("--top", "3", "--bottom", "9.5", "--threshold", "0.5", "--per-pixel", "raw", "--levels", "7")
    text = symline("score", "--dump-config", *flags).out
    assert text.endswith('[score]\nlevels = 7\nthreshold = 0.5\nper_pixel = "raw"\ntop_row = 3.0\nbottom_row = 9.5\n')
    assert "\nlevels = 8\n" in symline("score", "--dump-config", *flags, "--set", "score.levels=8").out
