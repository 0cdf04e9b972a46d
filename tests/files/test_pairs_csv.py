"""The tables of mirror pairs and metrics hold what the registration found."""

import csv
import io

import numpy as np
import pytest

from symline.files.pairs_csv import COLUMNS, pairs_csv
from symline.files.trace_csv import trace_csv
from symline.model.analysis import Analysis
from symline.model.image import Image
from tests.conftest import synthetic_back
from tests.files.registered import back, bulging, registered, step


def table(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def pairs(image: Image, analysis: Analysis | None = None) -> bytes:
    found = analysis or registered(image)
    assert found.midline is not None
    assert found.registration is not None
    return pairs_csv(image, found.midline, found.registration)


def column(rows, *names) -> np.ndarray:
    return np.array([[float(row[name]) for name in names] for row in rows])


def test_pairs_of_an_upright_back_mirror_each_other():
    image = back(spacing=(2.0, 2.0))
    rows = table(pairs(image))
    assert len(rows) > 200
    left, right = column(rows, "left_row_px", "left_col_px"), column(rows, "right_row_px", "right_col_px")
    np.testing.assert_allclose(left[:, 0], right[:, 0], atol=2e-3)
    np.testing.assert_allclose((left + right)[:, 1] / 2, 63.5, atol=2e-3)
    assert (left[:, 1] < right[:, 1]).all()
    np.testing.assert_allclose(column(rows, "distance_mm")[:, 0], 2 * (right - left)[:, 1], atol=5e-3)
    np.testing.assert_allclose(column(rows, "error_px", "error_mm"), 0, atol=1e-3)
    np.testing.assert_allclose(column(rows, "left_value"), column(rows, "right_value"), atol=2e-3)


def test_pairs_are_a_regular_sample_out_to_the_outline():
    image = back(spacing=(1.0, 1.0))
    analysis = registered(image)
    rows = table(pairs(image, analysis))
    assert analysis.midline is not None
    step_px = 0.02 * analysis.midline.arc[-1]
    right = column(rows, "right_row_px", "right_col_px")
    levels = np.unique(right[:, 0])
    assert len(levels) == 50
    middle = right[right[:, 0] == levels[25]][:, 1]
    np.testing.assert_allclose(np.diff(middle), step_px, atol=2e-3)
    outline = np.flatnonzero(image.inside[round(levels[25])]).max()
    assert outline - middle.max() < step_px + 2


def test_pairs_hold_what_the_arrays_hold():
    image = back((96, 160), spacing=(3.0, 1.5))
    analysis = registered(image, step("flow", bulging(image)))
    registration = analysis.registration
    assert registration is not None
    rows = table(pairs(image, analysis))
    right = column(rows, "right_row_px", "right_col_px")
    near = tuple(np.rint(right).astype(int).T)
    offset = right - np.rint(right)
    left = column(rows, "left_row_px", "left_col_px")
    expected = registration.partners[:, *near].T + offset * (1, -1)
    assert np.nanmax(np.abs(left - expected)) < 0.1
    np.testing.assert_allclose(column(rows, "error_mm")[:, 0], registration.inconsistency[near], atol=0.3)
    assert column(rows, "error_mm").max() > 0.5
    np.testing.assert_allclose(column(rows, "error_px") * np.sqrt(4.5), column(rows, "error_mm"), atol=2e-3)
    np.testing.assert_allclose(column(rows, "left_row_mm", "left_col_mm"), left * (3.0, 1.5), atol=3e-3)
    np.testing.assert_allclose(column(rows, "right_row_mm", "right_col_mm"), right * (3.0, 1.5), atol=3e-3)


def test_pairs_lie_on_the_back():
    values = synthetic_back().values
    values[60:90, 20:50] = np.nan
    image = Image(values)
    rows = table(pairs(image))
    for side in ("left", "right"):
        row, col = np.rint(column(rows, f"{side}_row_px", f"{side}_col_px")).astype(int).T
        assert not ((row > 62) & (row < 88) & (col > 22) & (col < 48)).any()
        assert all(entry[f"{side}_value"] for entry in rows)


def test_unknown_spacing_leaves_mm_empty():
    rows = table(pairs(back()))
    assert tuple(rows[0]) == COLUMNS
    for row in rows:
        assert all((value == "") == name.endswith("_mm") for name, value in row.items())


def test_values_under_the_mask_change_no_byte():
    values = synthetic_back().values
    mask = np.isfinite(values)
    garbage = np.where(mask, values, 1e6)
    first, second = Image(values), Image(garbage, mask)
    assert pairs(first) == pairs(second)


@pytest.mark.parametrize("shape", [(32, 32), (400, 60)])
def test_backs_of_any_size_have_pairs(shape):
    image = back(shape)
    assert len(table(pairs(image))) > 50


def test_the_trace_lists_every_iteration():
    image = back()
    analysis = registered(image, step("path", None, (-0.5,)), step("curve", None, (3.0, 2.5, 1 / 3), (0.25,)), step("moments"))
    assert trace_csv(analysis.registration).decode().splitlines() == [
        "stage,level,iteration,metric",
        "path,0,1,-0.5",
        "curve,0,1,3",
        "curve,0,2,2.5",
        "curve,0,3,0.333333333",
        "curve,1,1,0.25",
    ]
