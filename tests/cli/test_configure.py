"""The configuration on the command line: what overrides what, dumps, and what is refused before anything starts."""

import pytest

from symline.config import Config
from symline.stages import STAGES
from tests.cli.conftest import draw_line, load, names


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--stages", "path,curv"], "stages: 'curv' is unknown; did you mean curve?"),
        (["--stages", ""], "stages: '' is unknown; known are path, curve"),
        (["--stages", "curve,path"], "stages: path searches on its own, so what curve finds would be lost"),
        (
            ["--stages", "path,curve", "--metric", "ncc"],
            "--metric: no stage of the chain path,curve has one; those that have",
        ),
        (["--stages", "path,curve", "--optimizer", "gd"], "--optimizer: no stage of the chain path,curve has one"),
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
        (
            ["--set", "stages.x=1"],
            "--set: stages are no table of parameters; choose the chain with --stages of register, score",
        ),
        (["--midline", "none.csv"], "Invalid value for '--midline': File 'none.csv' does not exist"),
        (["--midline", "drawn.csv", "--stages", "path,curve"], "path searches on its own, so the midline given would be lost"),
        (["--midline", "drawn.csv", "b.npy"], "symline register: --midline: a line belongs to one image, and 2 are given"),
        (
            ["--config", "chain.toml", "--midline", "drawn.csv"],
            "no stage of the chain curve goes on from a given midline; say with --stages",
        ),
        (["--config", "list.toml", "--set", "curve.half_width=1"], "curve is 3; it must be a table of parameters, [curve]"),
        (
            ["--config", "folder.toml"],
            "'folder.toml': [reading] belongs in the symline.toml of a folder that a batch works on; give --spacing",
        ),
        (["--config", "wrong.toml", "--stages", "path"], "configuration: path.window: 'x' is not a number"),
    ],
)
def test_usage_errors_are_one_line_and_start_nothing(symline, make, back, tmp_path, monkeypatch, arguments, message):
    make("a.npy")
    draw_line(tmp_path / "drawn.csv", back)
    (tmp_path / "chain.toml").write_text('stages = ["curve"]')
    (tmp_path / "list.toml").write_text("curve = 3")
    (tmp_path / "folder.toml").write_text("[reading]\nspacing = 1.3")
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


@pytest.mark.usefixtures("no_picture")
def test_settings_and_chain_reach_the_work(symline, make, tmp_path):
    path, out = make("a.npy"), tmp_path / "out"
    (tmp_path / "mine.toml").write_text('stages = ["path"]')
    for command in ("midline", "register"):
        assert symline(command, path, "-o", out, "--config", tmp_path / "mine.toml", "--set", "path.window=0.1").code == 0
    record = load(out / "a.json")
    assert record["config"]["path"]["window"] == 0.1
    assert record["midline"]["sd_median_px"] > 0
    assert [stage["stage"] for stage in record["registration"]["stages"]] == ["path"]
