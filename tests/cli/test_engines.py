"""`--metric` and `--optimizer`: set for every stage of the chain that has one."""

from dataclasses import fields

import pytest

from symline.config import Config
from symline.stages import STAGES
from tests.cli.conftest import load

HAVING = [name for name in STAGES if {"metric", "optimizer"} <= {each.name for each in fields(STAGES[name])}]


def dumped(symline, tmp_path, *arguments):
    result = symline("register", "--dump-config", *arguments)
    assert result.code == 0, result.err
    (tmp_path / "dumped.toml").write_text(result.out)
    return Config.from_toml(tmp_path / "dumped.toml")


def test_every_stage_of_the_chain_that_has_one_is_set_and_no_other(symline, tmp_path):
    config = dumped(symline, tmp_path, "--stages", "rigid,affine,bspline", "--metric", "mi", "--optimizer", "lbfgs")
    for name in HAVING:
        chosen = ("mi", "lbfgs") if name in config.stages else (Config()[name].metric, Config()[name].optimizer)
        assert (config[name].metric, config[name].optimizer) == chosen


def test_stages_without_one_are_left_alone(symline, tmp_path):
    config = dumped(symline, tmp_path, "--stages", "moments,rigid", "--metric", "ssd")
    assert config["rigid"].metric == "ssd"
    assert config["moments"] == Config()["moments"]


def test_they_go_before_a_file_and_after_single_settings(symline, tmp_path):
    (tmp_path / "mine.toml").write_text('stages = ["rigid", "affine"]\n[rigid]\nmetric = "ssd"\noptimizer = "momentum"')
    config = dumped(symline, tmp_path, "--config", tmp_path / "mine.toml", "--metric", "lncc", "--set", "affine.metric=ncc")
    assert (config["rigid"].metric, config["rigid"].optimizer) == ("lncc", "momentum")
    assert config["affine"].metric == "ncc"


def test_only_the_whole_is_judged(symline, tmp_path):
    """Gauss-Newton, the default, is refused with mutual information; what is set beside it may mend that."""
    (tmp_path / "mine.toml").write_text('stages = ["rigid"]\n[rigid]\nmetric = "mi"')
    refused = symline("register", "--dump-config", "--config", tmp_path / "mine.toml", "--optimizer", "gauss-newton")
    assert refused.code == 2
    assert "configuration: rigid.optimizer: gauss-newton needs a metric that is a sum of squares" in refused.err
    config = dumped(symline, tmp_path, "--config", tmp_path / "mine.toml", "--set", "rigid.optimizer=gd")
    assert (config["rigid"].metric, config["rigid"].optimizer) == ("mi", "gd")


@pytest.mark.usefixtures("no_picture")
def test_they_reach_the_work(symline, make, validate, tmp_path):
    chain = ("--stages", "moments,rigid", "--metric", "nmi", "--optimizer", "lbfgs", "--set", "rigid.iterations=[9, 9, 9]")
    assert symline("register", make("a.npy"), "-o", tmp_path / "out", *chain).code == 0
    record = load(tmp_path / "out" / "a.json")
    validate(record)
    assert (record["config"]["rigid"]["metric"], record["config"]["rigid"]["iterations"]) == ("nmi", [9, 9, 9])
    traces = [line.split(",") for line in (tmp_path / "out" / "a.trace.csv").read_text().splitlines() if line.startswith("rigid,")]
    assert {trace[1] for trace in traces} == {"0", "1", "2"}
    # minus the sum of two entropies over one that is at least half of it
    assert all(-2 <= float(trace[3]) <= -1 for trace in traces)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--metric", "nccc"], "configuration: rigid.metric: 'nccc' is unknown; did you mean ncc?"),
        (["--optimizer", "newton"], "configuration: rigid.optimizer: 'newton' is unknown; did you mean"),
        (["--stages", "moments", "--metric", "ncc"], "--metric: no stage of the chain moments has one; those that have one: translation"),
    ],
)
def test_what_is_unknown_or_belongs_to_no_stage_is_a_usage_error(symline, arguments, message):
    result = symline("register", "--dump-config", "--stages", "rigid", *arguments)
    assert (result.code, result.out) == (2, "")
    assert len(result.lines) == 1
    assert message in result.err


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--stages", "path,rigid"], "path gives a curved line, and rigid starts from a straight axis at most"),
        (["--stages", "rigid,path"], "path searches on its own, so what rigid finds would be lost"),
        (["--stages", "bspline,curve"], "bspline gives a dense displacement, and curve starts from a curved line at most"),
        (
            ["--stages", "rigid", "--midline", "drawn.csv"],
            "the midline given is a curved line, and rigid starts from a straight axis at most",
        ),
    ],
)
def test_a_chain_that_would_lose_something_says_what(symline, tmp_path, monkeypatch, arguments, why):
    (tmp_path / "drawn.csv").write_text("row_px,col_px\n10,60\n150,60\n")
    monkeypatch.chdir(tmp_path)
    result = symline("register", "a.npy", "-o", "out", *arguments)
    assert result.code == 2
    assert len(result.lines) == 1
    assert why in result.err
    assert not (tmp_path / "out").exists()
