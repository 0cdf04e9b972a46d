"""`symline register`: its files, messages and exit codes, and the configuration on the command line."""

import hashlib
import json

import jsonschema
import numpy as np
import pytest
import tifffile

from symline.config import Config
from symline.stages import STAGES
from tests.cli.conftest import finish, names, start

FILES = ["a.json", "a.mirror.tif", "a.pairs.csv", "a.registration.png", "a.trace.csv"]
CHAIN = ("--stages", "path,curve")


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture
def validate(symline):
    schema = json.loads(symline("schema").out)
    return jsonschema.Draft202012Validator(schema).validate


def middles(path, back):
    """Distance in px of the points half-way between left pixels and their partners to the true midline, whose pairs are level."""
    rows, cols = tifffile.imread(path)
    own = np.indices(back.values.shape)
    known = np.isfinite(rows) & (own[1] < cols)
    row, col = (own[0] + rows)[known] / 2, (own[1] + cols)[known] / 2
    return np.abs(col - back.col(row))


def draw(path, back, every=8, **columns):
    """A line somebody drew, as a table."""
    points = {"row_px": back.midline[::every, 0], "col_px": back.midline[::every, 1]} | columns
    lines = [",".join(points), *(",".join(f"{value:.3f}" for value in line) for line in zip(*points.values(), strict=True))]
    path.write_text("\n".join(lines))
    return path


def test_writes_the_map_the_tables_the_picture_and_the_record(symline, make, back, validate, tmp_path):
    out = tmp_path / "new" / "out"
    result = symline("register", make("a.npy"), "-o", out)
    assert result.code == 0
    assert result.out == ""
    assert result.lines == ["a.npy: ok", f"results of 1 of 1 inputs are in {out}"]
    assert names(out) == FILES
    assert np.median(middles(out / "a.mirror.tif", back)) < 0.5
    assert (out / "a.pairs.csv").read_text().startswith("left_row_px,left_col_px,right_row_px,right_col_px,")
    assert (out / "a.trace.csv").read_text().startswith("stage,level,iteration,metric\n")
    assert (out / "a.registration.png").read_bytes().startswith(b"\x89PNG")
    record = load(out / "a.json")
    validate(record)
    assert [stage["stage"] for stage in record["registration"]["stages"]] == list(Config().stages)
    assert record["config"] == Config().to_dict()
    assert record["files"].keys() == set(FILES) - {"a.json"}
    for name, entry in record["files"].items():
        assert entry == {"section": "registration", "sha256": hashlib.sha256((out / name).read_bytes()).hexdigest()}


def test_the_same_input_gives_the_same_bytes(symline, make, tmp_path):
    symline("register", make("a.npy"), "-o", tmp_path / "one")
    finish(start("register", make("elsewhere/a.npy"), "-o", tmp_path / "two"))
    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_failures_do_not_stop_the_others(symline, make, validate, tmp_path):
    hopeless = np.zeros((3, 3))
    hopeless[1, 1] = 1
    np.save(tmp_path / "b.npy", hopeless)
    out = tmp_path / "out"
    out.mkdir()
    (out / "b.pairs.csv").write_text("of an earlier run")
    result = symline("register", tmp_path / "none.npy", tmp_path / "b.npy", make("a.npy"), "-o", out, "--overwrite", *CHAIN)
    assert result.code == 1
    assert result.lines[0].startswith("none.npy: there is no such file")
    assert result.lines[1].startswith("b.npy: failed: ")
    assert result.lines[2:] == ["a.npy: ok", f"results of 2 of 3 inputs are in {out}"]
    assert names(out) == sorted([*FILES, "b.json", "b.registration.png"])
    record = load(out / "b.json")
    validate(record)
    assert record["registration"].keys() == {"status", "reasons", "message"}
    assert record["status"] == record["registration"]["status"] == "failed"


@pytest.mark.parametrize("name", ["sp ace", "quo'te\"s", "Rücken 背", "two\nlines", "<b>bold&amp;", "%s{0}"])
def test_names_of_any_kind_work_and_stay_on_one_line(symline, make, tmp_path, name):
    result = symline("register", make(f"{name}.npy"), "-o", tmp_path / "out", *CHAIN)
    assert result.code == 0
    assert len(result.lines) == 2
    assert names(tmp_path / "out") == sorted(file.replace("a.", f"{name}.", 1) for file in FILES)


def test_existing_outputs_are_refused_before_any_work(symline, make, tmp_path):
    path, out = make("a.npy"), tmp_path / "out"
    symline("register", path, "-o", out, *CHAIN)
    before = {name: (out / name).read_bytes() for name in FILES}
    result = symline("register", path, "-o", out)
    assert result.code == 2
    assert "5 outputs exist already (a.mirror.tif, a.pairs.csv, a.trace.csv and 2 more)" in result.err
    assert {name: (out / name).read_bytes() for name in names(out)} == before


def test_spacing_reaches_the_files(symline, make, tmp_path):
    symline("register", make("a.npy"), "-o", tmp_path / "out", "--spacing", "2,3", *CHAIN)
    header, first, *_ = (tmp_path / "out" / "a.pairs.csv").read_text().splitlines()
    pair = dict(zip(header.split(","), first.split(","), strict=True))
    assert float(pair["left_col_mm"]) == pytest.approx(3 * float(pair["left_col_px"]), abs=0.01)
    assert load(tmp_path / "out" / "a.json")["measures"]["inverse_consistency_median_mm"] is not None


@pytest.mark.parametrize("order", [("midline", "register"), ("register", "midline")])
def test_commands_keep_the_sections_of_one_another(symline, make, validate, tmp_path, order):
    path, out = make("a.npy"), tmp_path / "out"
    (tmp_path / "mine.toml").write_text('stages = ["path", "curve"]')
    for command in order:
        assert symline(command, path, "-o", out, "--config", tmp_path / "mine.toml").code == 0
    record = load(out / "a.json")
    validate(record)
    assert record["midline"]["status"] == record["registration"]["status"] == "ok"
    assert {entry["section"] for entry in record["files"].values()} == {"midline", "registration"}
    assert {"symmetry", "inverse_consistency_median_px"} <= record["measures"].keys()


def test_the_section_of_another_chain_is_dropped(symline, make, tmp_path):
    path, out = make("a.npy"), tmp_path / "out"
    symline("midline", path, "-o", out)
    symline("register", path, "-o", out, "--stages", "path")
    record = load(out / "a.json")
    assert record["midline"] is None
    assert record["config"]["stages"] == ["path"]
    assert [stage["stage"] for stage in record["registration"]["stages"]] == ["path"]


def test_a_midline_of_an_earlier_result_is_the_start(symline, make, back, validate, tmp_path):
    path, out = make("a.npy"), tmp_path / "out"
    symline("midline", path, "-o", out)
    table = out / "a.midline.csv"
    assert symline("register", path, "-o", out, "--midline", table, "--stages", "curve").code == 0
    record = load(out / "a.json")
    validate(record)
    assert record["input"]["midline_sha256"] == hashlib.sha256(table.read_bytes()).hexdigest()
    assert record["midline"] is None
    assert [stage["stage"] for stage in record["registration"]["stages"]] == ["curve"]
    assert np.median(middles(out / "a.mirror.tif", back)) < 0.5


def test_a_hand_made_line_of_two_columns_is_enough(symline, make, back, tmp_path):
    table = draw(tmp_path / "drawn.csv", back)
    assert symline("register", make("a.npy"), "-o", tmp_path / "out", "--midline", table, "--stages", "curve").code == 0
    assert np.median(middles(tmp_path / "out" / "a.mirror.tif", back)) < 0.5


def test_another_line_drops_the_section_made_with_the_first(symline, make, back, tmp_path):
    path, out = make("a.npy"), tmp_path / "out"
    for every in (8, 16):
        table = draw(tmp_path / "drawn.csv", back, every)
        assert symline("register", path, "-o", out, "--midline", table, "--stages", "curve", "--overwrite").code == 0
        assert load(out / "a.json")["input"]["midline_sha256"] == hashlib.sha256(table.read_bytes()).hexdigest()


def test_with_a_line_the_search_is_left_out(symline, make, back, tmp_path, monkeypatch):
    chain = Config().stages
    monkeypatch.setattr(STAGES[chain[-1]], "keeps_midline", True)
    table = draw(tmp_path / "drawn.csv", back)
    assert symline("register", "--midline", table, "--dump-config").out.startswith(f'stages = ["{chain[-1]}"]\n')
    assert symline("register", make("a.npy"), "-o", tmp_path / "out", "--midline", table).code == 0
    assert load(tmp_path / "out" / "a.json")["config"]["stages"] == [chain[-1]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("row_px,col_px\n1,2\n", "the table has 1 row; a line needs two points or more"),
        ("row_px,col\n1,2\n3,4\n", r"col_px not found (the columns found are row_px, col)"),
        ("row_px,col_px\n1,2\n999,4\n", "the point (row 999, col 4) lies outside the image of 160 × 128 pixels"),
    ],
)
def test_a_table_that_is_no_line_fails_the_input_in_one_line(symline, make, tmp_path, text, message):
    (tmp_path / "drawn.csv").write_text(text)
    result = symline("register", make("a.npy"), "-o", tmp_path / "out", "--midline", tmp_path / "drawn.csv", "--stages", "curve")
    assert result.code == 1
    assert len(result.lines) == 1
    assert result.err.startswith(f"drawn.csv: {message}")
    assert names(tmp_path / "out") == []


def test_an_output_never_replaces_the_line_given(symline, make, back, tmp_path):
    table = draw(tmp_path / "a.pairs.csv", back)
    result = symline("register", make("a.npy"), "-o", tmp_path, "--midline", table, "--stages", "curve", "--overwrite")
    assert result.code == 2
    assert "a.pairs.csv is an input, and an output would replace it" in result.err
    assert names(tmp_path) == ["a.npy", "a.pairs.csv"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--stages", "path,curv"], "stages: 'curv' is unknown; did you mean curve?"),
        (["--stages", ""], "stages: '' is unknown; known are path, curve"),
        (["--stages", "curve,path"], "stages: path searches on its own, so what curve finds would be lost"),
        (
            ["--stages", "path,curve", "--metric", "ncc"],
            "symline register: --metric: no stage of the chain path,curve has one; those that have",
        ),
        (["--stages", "path,curve", "--optimizer", "gd"], "symline register: --optimizer: no stage of the chain path,curve has one"),
        (["--set", "curve"], "symline register: Invalid value for '--set': 'curve' is no setting; stage.field=value is needed"),
        (["--set", "half_width=0.3"], "Invalid value for '--set': 'half_width=0.3' is no setting"),
        (["--set", "curve.=0.3"], "Invalid value for '--set': 'curve.=0.3' is no setting"),
        (["--set", "curve.half_width="], "Invalid value for '--set': 'curve.half_width=': '' is no value"),
        (["--set", "curve.half_width=[1"], "'[1' is no value; a number, a word or a list is needed"),
        (["--set", "curve.half_width=1\nx=2"], r"'1\nx=2' is no value"),
        (["--set", "curve.half_width=wide"], "curve.half_width: 'wide' is not a number; the default is"),
        (["--set", "curve.half_width=9"], "curve.half_width: 9 is out of range; it must lie between"),
        (["--set", "curve.half_widht=1"], "the parameter of [curve] 'half_widht' is unknown; did you mean half_width?"),
        (["--set", "curv.half_width=1"], "the table 'curv' is unknown; did you mean curve?"),
        (["--set", "stages.x=1"], "symline register: --set: stages are no table of parameters; the chain is chosen with --stages"),
        (["--midline", "none.csv"], "Invalid value for '--midline': File 'none.csv' does not exist"),
        (["--midline", "drawn.csv", "--stages", "path,curve"], "path searches on its own, so the midline given would be lost"),
        (["--midline", "drawn.csv", "b.npy"], "symline register: --midline: a line belongs to one image, and 2 are given"),
        (
            ["--config", "chain.toml", "--midline", "drawn.csv"],
            "no stage of the chain curve goes on from a given midline; say with --stages",
        ),
        (["--config", "list.toml", "--set", "curve.half_width=1"], "curve is 3; it must be a table of parameters, [curve]"),
        (["--config", "wrong.toml", "--stages", "path"], "configuration: path.window: 'x' is not a number"),
    ],
)
def test_usage_errors_are_one_line_and_start_nothing(symline, make, back, tmp_path, monkeypatch, arguments, message):
    make("a.npy")
    draw(tmp_path / "drawn.csv", back)
    (tmp_path / "chain.toml").write_text('stages = ["curve"]')
    (tmp_path / "list.toml").write_text("curve = 3")
    (tmp_path / "wrong.toml").write_text('[path]\nwindow = "x"')
    before = names(tmp_path)
    monkeypatch.chdir(tmp_path)
    result = symline("register", "a.npy", "-o", "out", *arguments)
    assert result.code == 2
    assert len(result.lines) == 1
    assert message in result.err
    assert result.out == ""
    assert names(tmp_path) == before


def test_a_stage_that_keeps_the_midline_needs_one(symline, make, tmp_path, monkeypatch):
    monkeypatch.setattr(STAGES["curve"], "keeps_midline", True)
    result = symline("register", make("a.npy"), "-o", tmp_path / "out", "--stages", "curve")
    assert result.code == 2
    assert result.lines == ["stages: curve keeps the midline it starts from, and there is none; put a stage that finds one first"]


@pytest.mark.parametrize("command", ["register", "midline"])
@pytest.mark.parametrize("settings", [(), ("--set", "curve.half_width=0.4", "--set", "path.half_widths=[0.1, 0.2]")])
def test_what_is_dumped_gives_the_same_dump_again(symline, tmp_path, command, settings):
    first = symline(command, "--dump-config", *settings)
    assert (first.code, first.err) == (0, "")
    (tmp_path / "mine.toml").write_text(first.out, encoding="utf-8")
    again = symline(command, "--dump-config", "--config", tmp_path / "mine.toml")
    assert again.out == first.out
    assert names(tmp_path) == ["mine.toml"]


def test_a_dump_starts_nothing_even_with_images(symline, make, tmp_path):
    result = symline("register", make("a.npy"), "-o", tmp_path / "out", "--dump-config")
    assert (result.code, result.err) == (0, "")
    assert names(tmp_path) == ["a.npy"]


def test_what_comes_later_goes_before_what_came_earlier(symline, tmp_path):
    (tmp_path / "mine.toml").write_text('stages = ["path"]\n[path]\nwindow = 0.1\nflatness = 0.1\n[curve]\nhalf_width = 0.2')
    settings = ("--set", "path.flatness=0.2", "--set", "curve.iterations=3", "--set", "curve.iterations=4")
    result = symline("register", "--dump-config", "--config", tmp_path / "mine.toml", "--stages", " path , curve", *settings)
    (tmp_path / "dumped.toml").write_text(result.out)
    config = Config.from_toml(tmp_path / "dumped.toml")
    assert config.stages == ("path", "curve")
    assert (config["path"].window, config["path"].flatness) == (0.1, 0.2)
    assert (config["curve"].half_width, config["curve"].iterations) == (0.2, 4)
    assert config["path"].resolution == Config()["path"].resolution
    assert symline("register", "--dump-config", "--config", tmp_path / "mine.toml").out.startswith('stages = ["path"]\n')


def test_settings_and_chain_reach_the_work(symline, make, tmp_path):
    path, out = make("a.npy"), tmp_path / "out"
    (tmp_path / "mine.toml").write_text('stages = ["path"]')
    for command in ("midline", "register"):
        assert symline(command, path, "-o", out, "--config", tmp_path / "mine.toml", "--set", "path.window=0.1").code == 0
    record = load(out / "a.json")
    assert record["config"]["path"]["window"] == 0.1
    assert record["midline"]["sd_median_px"] is None  # only the curve stage has a deviation
    assert [stage["stage"] for stage in record["registration"]["stages"]] == ["path"]
