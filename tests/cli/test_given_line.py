"""`symline register --midline`: from a line that somebody gives."""

import hashlib

import numpy as np
import pytest

from symline.config import Config
from symline.stages import STAGES
from tests.cli.conftest import draw_line, load, middles, names

pytestmark = pytest.mark.usefixtures("no_picture")


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
    table = draw_line(tmp_path / "drawn.csv", back)
    assert symline("register", make("a.npy"), "-o", tmp_path / "out", "--midline", table, "--stages", "curve").code == 0
    assert np.median(middles(tmp_path / "out" / "a.mirror.tif", back)) < 0.5


def test_sections_made_from_another_line_are_dropped(symline, make, back, tmp_path):
    path, out, config = make("a.npy"), tmp_path / "out", tmp_path / "mine.toml"
    config.write_text('stages = ["curve"]')
    given = ("--config", config, "--stages", "curve", "--midline", draw_line(tmp_path / "drawn.csv", back))
    assert symline("register", path, "-o", out, *given).code == 0
    first = load(out / "a.json")
    assert symline("midline", path, "-o", out, "--config", config).code == 0
    second = load(out / "a.json")
    assert first["config"] == second["config"]
    assert second["input"] == first["input"] | {"midline_sha256": None}
    assert second["registration"] is None


def test_with_a_line_the_search_is_left_out(symline, make, back, tmp_path, monkeypatch):
    chain = Config().stages
    monkeypatch.setattr(STAGES[chain[-1]], "keeps_midline", True)
    table = draw_line(tmp_path / "drawn.csv", back)
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


def test_a_zigzag_fails_the_input_in_one_line(symline, make, tmp_path):
    (tmp_path / "zigzag.csv").write_text("row_px,col_px\n" + "".join(f"{row},{10 if row % 2 else 120}\n" for row in range(20, 140)))
    result = symline("score", make("a.npy"), "-o", tmp_path / "out", "--midline", tmp_path / "zigzag.csv")
    assert result.code == 1
    assert result.err.startswith("zigzag.csv: the line given is 81 times as long")
    assert len(result.lines) == 1
    assert names(tmp_path / "out") == []


def test_an_output_never_replaces_the_line_given(symline, make, back, tmp_path):
    table = draw_line(tmp_path / "a.pairs.csv", back)
    result = symline("register", make("a.npy"), "-o", tmp_path, "--midline", table, "--stages", "curve", "--overwrite")
    assert result.code == 2
    assert "a.pairs.csv is an input, and an output would replace it" in result.err
    assert names(tmp_path) == ["a.npy", "a.pairs.csv"]
