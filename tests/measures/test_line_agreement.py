"""Lines at known distances from each other."""

import numpy as np
import pytest

from symline.measures.line_agreement import common_spacing, compare_lines
from symline.model.line import Line

ROWS = np.arange(10.0, 111.0)


def line(cols, rows=ROWS, **more):
    return Line(np.column_stack([rows, np.broadcast_to(cols, rows.shape)]), **more)


def test_a_line_agrees_with_itself():
    found = compare_lines(line(np.sin(ROWS)), line(np.sin(ROWS)), (1.0, 2.0))
    assert (found.rows, found.overlap) == (101, 1.0)
    assert {found.rms_px, found.mean_abs_px, found.max_abs_px, found.bias_px, found.rms_mm, found.bias_mm} == {0.0}
    assert found.band_coverage is None


@pytest.mark.parametrize("offset", [3.0, -3.0])
def test_a_shift_is_all_bias(offset):
    found = compare_lines(line(50 + offset), line(50.0))
    assert (found.bias_px, found.rms_px, found.mean_abs_px, found.max_abs_px) == (offset, 3, 3, 3)
    assert (found.rms_mm, found.mean_abs_mm, found.max_abs_mm, found.bias_mm) == (None, None, None, None)


def test_mean_root_and_largest_differ():
    cols = np.where(ROWS < 60, 50.0, 51.0)
    cols[20] = 40.0
    found = compare_lines(line(cols), line(50.0))
    assert found.bias_px == pytest.approx((51 - 10) / 101)
    assert found.mean_abs_px == pytest.approx((51 + 10) / 101)
    assert found.rms_px == pytest.approx(np.sqrt((51 + 100) / 101))
    assert (found.max_abs_px, found.max_row_px) == (10, 30)


def test_mm_are_columns_times_their_width():
    found = compare_lines(line(52.0), line(50.0), (3.0, 0.5))
    assert (found.rms_mm, found.mean_abs_mm, found.max_abs_mm, found.bias_mm) == (1, 1, 1, 1)


def test_only_rows_of_both_are_compared():
    found = compare_lines(line(np.where(ROWS > 80, 99.0, 50.0)), line(50.0, rows=np.arange(-90.0, 81.0)))
    assert found.rows == 71
    assert found.overlap == pytest.approx(71 / 171)
    assert found.max_abs_px == 0


def test_half_a_pixel_beyond_the_ends_is_covered():
    truth = line(50.0, rows=np.array([9.4, 9.5, 60.0, 110.5, 110.6]))
    assert compare_lines(line(50.0), truth).overlap == pytest.approx(0.6)


def test_the_points_of_the_truth_count_and_the_line_is_straight_between_its_own():
    truth = line(np.array([0.0, 7.0, 10.0]), rows=np.array([20.0, 55.0, 60.0]))
    found = compare_lines(line(np.array([0.0, 10.0]), rows=np.array([10.0, 110.0])), truth)
    assert found.rows == 3
    assert found.bias_px == pytest.approx(np.mean([1.0, 4.5 - 7, 5 - 10]))
    assert found.max_row_px == 60


def test_without_a_row_in_common_there_is_nothing():
    found = compare_lines(line(50.0), line(50.0, rows=ROWS + 500))
    assert (found.rows, found.overlap, found.rms_px, found.band_coverage) == (0, 0.0, None, None)


def test_the_band_covers_what_lies_in_it():
    half_width = np.where(ROWS < 60, 2.0, 0.5)
    band = np.column_stack([50 - half_width, 50 + half_width])
    assert compare_lines(line(50.0, band=band), line(51.0)).band_coverage == pytest.approx(50 / 101)
    assert compare_lines(line(50.0, band=band), line(49.0)).band_coverage == pytest.approx(50 / 101)
    assert compare_lines(line(50.0, band=band), line(50.5)).band_coverage == 1
    band[ROWS >= 60] = np.nan
    assert compare_lines(line(50.0, band=band), line(51.0)).band_coverage == 1
    assert compare_lines(line(50.0, band=np.full((101, 2), np.nan)), line(51.0)).band_coverage is None


@pytest.mark.parametrize(
    ("one", "other", "common"),
    [
        (None, None, None),
        ((2.0, 1.0), None, (2.0, 1.0)),
        (None, (2.0, 1.0), (2.0, 1.0)),
        ((2.0, 1.0), (2.0, 1.00001), (2.0, 1.0)),
        ((2.0, 1.0), (1.0, 1.0), None),
    ],
)
def test_the_size_of_a_pixel_is_what_the_lines_agree_on(one, other, common):
    assert common_spacing(line(50.0, spacing=one), line(50.0, spacing=other)) == common
