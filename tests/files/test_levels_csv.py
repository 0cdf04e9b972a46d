"""The table of levels holds what the score found."""

import csv
import io
import math

import numpy as np
import pytest

from symline.files.levels_csv import levels_csv
from symline.model.score import Level, Score


def level(number=1, **fields):
    values = {"top_row": 10.0, "bottom_row": 30.5, "symmetry": 0.75, "asymmetry_rms": 0.0021, "signed_asymmetry": -0.00033}
    values |= {"left_mean": 12345.678, "right_mean": -1e-7, "width": 88.25, "furrow_offset": -2.5, "sd": 0.4}
    return Level(number=number, **values | fields)


def scored(*levels):
    nothing = np.zeros((4, 3))
    return Score(
        asymmetry=nothing,
        symmetry=nothing,
        labels=nothing.astype(np.int32),
        threshold=1.0,
        levels=levels,
        patches=(),
        apices=(),
        curves=(),
        measures={},
    )


def table(score, spacing=None):
    return list(csv.DictReader(io.StringIO(levels_csv(score, spacing).decode())))


def test_the_columns_are_those_of_the_readme():
    header, _ = levels_csv(scored(level()), None).decode().splitlines()
    assert header == (
        "level,top_row_px,bottom_row_px,top_row_mm,bottom_row_mm,symmetry,asymmetry_rms,signed_asymmetry,left_mean,right_mean,"
        "width_px,width_mm,furrow_offset_px,furrow_offset_mm,sd_px"
    )


def test_there_is_a_line_for_each_level_in_their_order():
    rows = table(scored(level(1), level(2, top_row=30.5, bottom_row=50), level(3)))
    assert [row["level"] for row in rows] == ["1", "2", "3"]
    assert (rows[1]["top_row_px"], rows[1]["bottom_row_px"]) == ("30.5000", "50.0000")


def test_values_of_any_size_keep_six_digits():
    (row,) = table(scored(level()))
    assert row["left_mean"] == "1.23457e+04"
    assert row["right_mean"] == "-1.00000e-07"
    assert row["asymmetry_rms"] == "2.10000e-03"
    assert row["symmetry"] == "0.7500"


def test_mm_are_px_times_the_spacing_of_their_direction():
    (row,) = table(scored(level()), (2.0, 0.5))
    assert float(row["top_row_mm"]) == 2 * float(row["top_row_px"])
    assert float(row["bottom_row_mm"]) == 2 * float(row["bottom_row_px"])
    assert float(row["width_mm"]) == pytest.approx(0.5 * float(row["width_px"]), abs=1e-4)
    assert float(row["furrow_offset_mm"]) == 0.5 * float(row["furrow_offset_px"])


def test_what_cannot_be_given_is_empty():
    (row,) = table(scored(level(furrow_offset=math.nan, symmetry=math.nan, sd=math.nan)))
    empty = {name for name, cell in row.items() if cell == ""}
    assert empty == {"top_row_mm", "bottom_row_mm", "width_mm", "furrow_offset_mm", "furrow_offset_px", "symmetry", "sd_px"}
