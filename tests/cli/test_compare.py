"""`symline compare`: one line about two lines."""

import csv
import io
import json

import numpy as np
import pytest

from symline.files.midline_csv import midline_csv
from symline.model.midline import Midline

ROWS = np.arange(20.0, 61.0)
HEADER = "line,truth,rows,overlap,rms_px,mean_abs_px,max_abs_px,max_row_px,bias_px,rms_mm,mean_abs_mm,max_abs_mm,bias_mm,band_coverage"


@pytest.fixture
def write(tmp_path):
    def call(name, cols, spacing=None, sd=1.0, rows=ROWS):
        nothing = np.zeros(len(rows))
        path = tmp_path / name
        path.write_bytes(midline_csv(Midline(np.column_stack([rows, nothing + cols]), nothing, nothing, nothing + sd, spacing)))
        return path

    return call


def parse(result):
    assert (result.code, result.err) == (0, "")
    header, line = csv.reader(io.StringIO(result.out))
    return dict(zip(header, line, strict=True))


def test_one_line_below_a_header(symline, write):
    result = symline("compare", write("a.midline.csv", 32.0), write("b.midline.csv", 30.0))
    assert result.out == f"{HEADER}\na.midline.csv,b.midline.csv,41,1.0,2.0,2.0,2.0,20.0,2.0,,,,,0.0\n"
    assert (result.code, result.err) == (0, "")


def test_json_holds_the_same(symline, write):
    paths = write("a.midline.csv", 31.0, (2.0, 0.5)), write("b.midline.csv", 30.0, (2.0, 0.5))
    found = json.loads(symline("compare", *paths, "--format", "json").out)
    assert ",".join(found) == ",".join(sorted(HEADER.split(",")))
    assert (found["bias_px"], found["bias_mm"], found["band_coverage"], found["max_row_px"]) == (1.0, 0.5, 1.0, 20.0)
    line = parse(symline("compare", *paths))
    assert line == {name: str(value) for name, value in found.items()}


def test_spacing_given_goes_before_that_of_the_tables(symline, write):
    paths = write("a.csv", 31.0, (2.0, 0.5)), write("b.csv", 30.0)
    assert parse(symline("compare", *paths))["bias_mm"] == "0.5"
    assert parse(symline("compare", *paths, "--spacing", "1.3"))["bias_mm"] == "1.3"
    assert parse(symline("compare", *paths, "--spacing", "1.3,0.7"))["bias_mm"] == "0.7"


def test_tables_that_contradict_each_other_give_no_mm(symline, write):
    result = symline("compare", write("a.csv", 31.0, (2.0, 2.0)), write("b.csv", 30.0, (1.5, 1.5)))
    assert result.code == 0
    assert ",1.0,,,,," in result.out
    assert result.lines == ["b.csv: its pixels have another size than those of a.csv; nothing is given in mm"]


def test_a_line_drawn_by_hand_is_enough(symline, write, tmp_path):
    (tmp_path / "drawn, twice.csv").write_text("row_px,col_px\n10,30\n30,30\n50,33\n70,30\n")
    found = parse(symline("compare", write("a.csv", 30.0), tmp_path / "drawn, twice.csv"))
    assert (found["truth"], found["rows"], found["overlap"], found["max_row_px"]) == ("drawn, twice.csv", "2", "0.5", "50.0")
    assert found["bias_px"] == "-1.5"


def test_lines_of_different_images_are_refused(symline, write):
    result = symline("compare", write("a.csv", 30.0), write("b.csv", 30.0, rows=ROWS + 100))
    assert (result.code, result.out) == (1, "")
    assert result.lines == [
        "b.csv: no point lies in the rows of a.csv; lines of the same image are needed; check that the two belong together"
    ]


def test_what_is_no_line_is_refused(symline, write, tmp_path):
    result = symline("compare", write("a.csv", 30.0), tmp_path / "none.csv")
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("none.csv: there is no such file")
    (tmp_path / "table.csv").write_text("x,y\n1,2\n")
    result = symline("compare", tmp_path / "table.csv", write("a.csv", 30.0))
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("table.csv: row_px and col_px not found")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["a.csv"], "Missing argument 'TRUTH.csv'"),
        (["a.csv", "b.csv", "--spacing", "0"], "'0' is no pixel size"),
        (["a.csv", "b.csv", "--format", "xml"], "'xml' is not one of 'csv', 'json'"),
    ],
)
def test_wrong_usage_starts_nothing(symline, arguments, message):
    result = symline("compare", *arguments)
    assert (result.code, result.out) == (2, "")
    assert message in result.err


def test_a_result_agrees_with_the_truth(symline, make, back, tmp_path):
    symline("midline", make("a.npy"), "-o", tmp_path / "out", "--spacing", "2")
    (tmp_path / "truth.csv").write_text("\n".join(["row_px,col_px", *(f"{row:.2f},{col:.4f}" for row, col in back.midline)]))
    found = parse(symline("compare", tmp_path / "out" / "a.midline.csv", tmp_path / "truth.csv"))
    assert float(found["rms_px"]) < 0.5
    assert float(found["rms_mm"]) == pytest.approx(2 * float(found["rms_px"]), abs=2e-4)
    assert float(found["overlap"]) > 0.95
