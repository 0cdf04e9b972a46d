"""The furrow beside the midline: followed where it is, and not seen where it is not."""

import numpy as np
import pytest

from symline.measures.furrow import REACH, follow_furrow
from symline.measures.furrow_offset import measure_furrow
from symline.measures.profile import measure_profile
from symline.measures.tracing import trace_midline
from symline.model.image import Image
from symline.model.midline import Midline
from symline.stages.prepare import prepare
from tests.conftest import Back, synthetic_back
from tests.stages.conftest import truth

SHAPE = (300, 240)
MIDDLE = (SHAPE[1] - 1) / 2
ROWS = np.arange(SHAPE[0], dtype=float)


def straight(row):
    return np.full_like(row, MIDDLE)


def waving(row):
    return MIDDLE + 12 * np.sin(2 * np.pi * row / SHAPE[0])


def displaced(row):
    return MIDDLE + 16 * np.exp(-0.5 * ((row - 160) / 22) ** 2)


def with_furrow(course, depth=2.5, noise=0.1, width=6.0):
    """A back symmetric about the vertical but for its furrow: a groove along a curve, col(row) in px."""
    back = synthetic_back(SHAPE)
    rows, cols = np.indices(SHAPE, dtype=float)
    relief = 0.5 * (back.values + 1.5 * np.exp(-0.5 * ((cols - MIDDLE) / (0.02 * SHAPE[0])) ** 2))
    groove = depth * np.exp(-0.5 * ((cols - course(rows)) / width) ** 2)
    return Back(relief - groove + np.random.default_rng(1).normal(0, noise, SHAPE), back.midline)


def traced(values, back, spacing=None):
    image = Image(values, spacing=spacing)
    pair = prepare(image)
    curve = truth(back, pair)
    return trace_midline(image, pair, curve, measure_profile(pair, curve), np.full(len(curve.nodes), 0.01))


@pytest.mark.parametrize("sign", [1, -1], ids=["furrow", "ridge"])
@pytest.mark.parametrize("course", [straight, waving, displaced])
def test_follows_the_furrow_between_the_pixels(course, sign):
    back = with_furrow(course)
    line = traced(sign * back.values, back)
    seen = np.isfinite(line.furrow)
    assert seen.mean() > 0.8
    error = line.furrow[seen] - course(line.rows[seen])
    assert np.sqrt(np.mean(error**2)) < 1
    assert abs(np.mean(error)) < 0.3
    np.testing.assert_allclose(line.cols, MIDDLE, atol=0.05)


def test_the_offset_is_taken_across_a_curved_midline():
    """The synthetic furrow runs on the axis of symmetry itself."""
    back = synthetic_back(SHAPE, waving, noise=0.02)
    line = traced(back.values, back)
    seen = np.isfinite(line.furrow)
    assert seen.mean() > 0.5
    assert np.sqrt(np.mean((line.furrow - line.cols)[seen] ** 2)) < 1


def test_a_mirrored_back_has_the_mirrored_furrow():
    back = with_furrow(displaced)
    one, other = traced(back.values, back).furrow, traced(back.values[:, ::-1], back).furrow
    np.testing.assert_allclose(other, 2 * MIDDLE - one, atol=0.01)


@pytest.mark.parametrize("seed", range(4))
def test_noise_has_no_furrow(seed):
    values = np.where(np.isfinite(synthetic_back(SHAPE).values), np.random.default_rng(seed).normal(size=SHAPE), np.nan)
    assert np.isnan(find(values)).all()


def find(values):
    pair = prepare(Image(values))
    return follow_furrow(pair, truth(synthetic_back(SHAPE), pair))


def test_a_back_without_furrow_has_none():
    rows, cols = np.indices(SHAPE, dtype=float)
    smooth = np.cos(2 * np.pi * (cols - MIDDLE) / 180) + 0.5 * np.cos(2 * np.pi * rows / 200)
    values = np.where(np.isfinite(synthetic_back(SHAPE).values), smooth, np.nan)
    assert np.isnan(find(values + np.random.default_rng(0).normal(0, 0.02, SHAPE))).all()


def test_an_edge_is_no_furrow():
    values = np.where(np.indices(SHAPE)[1] > MIDDLE, 1.0, -1.0) + np.random.default_rng(0).normal(0, 0.1, SHAPE)
    assert np.isnan(find(np.where(np.isfinite(synthetic_back(SHAPE).values), values, np.nan))).all()


def test_where_the_furrow_ends_nothing_is_seen():
    back = with_furrow(waving)
    plain = with_furrow(waving, depth=0.0)
    values = np.where(ROWS[:, None] < 150, back.values, plain.values)
    line = traced(values, back)
    assert np.isfinite(line.furrow[(line.rows > 30) & (line.rows < 130)]).mean() > 0.9
    assert np.isnan(line.furrow[line.rows > 175]).all()


def test_garbage_under_the_mask_changes_nothing():
    back = with_furrow(displaced)
    mask = np.isfinite(back.values)
    mask[140:150, 110:150] = False
    filled = np.where(mask, back.values, 1e3)
    pairs = [prepare(Image(values, mask=mask)) for values in (filled, np.where(mask, back.values, np.nan))]
    one, other = (follow_furrow(pair, truth(back, pair)) for pair in pairs)
    np.testing.assert_array_equal(one, other)
    assert np.isfinite(one).any()


def test_far_from_the_midline_it_is_not_looked_for():
    back = with_furrow(lambda row: np.full_like(row, MIDDLE + 60))
    offset = find(back.values)
    assert not (np.abs(offset) > REACH).any()
    assert np.isnan(offset).mean() > 0.7


def line_with(offset, spacing=None):
    cols, nothing = 100 + 0.1 * ROWS[:200], np.zeros(200)
    return Midline(np.column_stack([ROWS[:200], cols]), nothing, nothing, nothing, spacing, cols + offset)


def test_the_offset_is_measured_where_the_furrow_is_visible():
    offset = -9 * np.sin(np.pi * ROWS[:200] / 100)
    offset[100:] = np.nan
    found = measure_furrow(line_with(offset, (2.0, 0.5)))
    assert found.missing == {}
    assert found.measures == {
        "furrow_offset_max_px": -9,
        "furrow_offset_rms_px": pytest.approx(9 / np.sqrt(2)),
        "furrow_apex_row_px": 50,
        "furrow_offset_max_mm": -4.5,
        "furrow_offset_rms_mm": pytest.approx(4.5 / np.sqrt(2)),
        "furrow_apex_row_mm": 100,
    }
    assert measure_furrow(line_with(offset), 0, 20).measures["furrow_apex_row_px"] == 20


def test_without_spacing_the_mm_are_missing():
    found = measure_furrow(line_with(np.full(200, 3.0)))
    assert found.measures["furrow_offset_max_px"] == 3
    assert found.missing == dict.fromkeys([name for name in found.measures if name.endswith("_mm")], "the pixel spacing is unknown")


@pytest.mark.parametrize(("count", "percent"), [(60, 30), (0, 0)])
def test_too_little_of_a_furrow_is_not_measured(count, percent):
    offset = np.where(ROWS[:200] < count, 3.0, np.nan)
    found = measure_furrow(line_with(offset, (1.0, 1.0)))
    assert set(found.measures.values()) == {None}
    assert len(found.missing) == len(found.measures) == 6
    assert set(found.missing.values()) == {f"a furrow or ridge is visible along {percent}% of the line; a third is needed"}
