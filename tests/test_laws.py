"""What must hold for every image: laws of reflection, value, place, size and mask."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

import symline
from symline import Image, analyse
from symline.model.midline import Midline
from tests.conftest import synthetic_back
from tests.test_sample_data import SAMPLES

quick = settings(max_examples=5, deadline=None, derandomize=True)
MM_PER_PX = 1.5


def with_holes(values: np.ndarray) -> np.ndarray:
    values = values.copy()
    for row, col in ((30, 45), (70, 64), (100, 80), (120, 30)):
        values[row : row + 14, col : col + 12] = np.nan
    return values


def gently_bent(row: np.ndarray) -> np.ndarray:
    return 63.5 + 3 * np.sin(row / 50)


def stored(path) -> np.ndarray:
    image = symline.read(path)
    return np.where(image.inside, image.values, np.nan).astype(np.float64)


BACKS = {
    "furrow": synthetic_back(midline=gently_bent, noise=0.02).values,
    "ridge": -synthetic_back(midline=gently_bent, noise=0.05, seed=1).values,
    "leaning left": synthetic_back((200, 200), tilt=-35, noise=0.02, seed=1).values,
    "leaning far": synthetic_back((220, 220), tilt=50, noise=0.02, seed=1).values,
    "cut": synthetic_back(noise=0.02).values[:, 30:],
    "holes": with_holes(synthetic_back(midline=gently_bent, noise=0.02).values),
} | {path.stem: stored(path) for path in SAMPLES if path.stem not in ("muscular", "thin")}


@pytest.fixture(params=BACKS, scope="module")
def values(request) -> np.ndarray:
    return BACKS[request.param]


@pytest.fixture(scope="module")
def one(values) -> Midline:
    """The line of the image as it is."""
    return midline(values)


def midline(values: np.ndarray, mask: np.ndarray | None = None, spacing: tuple[float, float] | None = None) -> Midline:
    found = analyse(Image(values, mask, spacing)).midline
    assert found is not None
    return found


def apart(one: Midline, rows: np.ndarray, cols: np.ndarray) -> float:
    """Largest distance in columns between a line and these points, in the rows both have; all but a few must be common."""
    common = one.rows[(one.rows >= rows[0]) & (one.rows <= rows[-1])]
    assert len(common) >= 0.97 * len(one.rows)
    assert one.rows[0] <= rows[0] + 0.03 * np.ptp(rows)
    assert one.rows[-1] >= rows[-1] - 0.03 * np.ptp(rows)
    return float(np.abs(np.interp(common, one.rows, one.cols) - np.interp(common, rows, cols)).max())


def assert_same(one: Midline, other: Midline) -> None:
    """Equal to the last bit."""
    for name in ("points", "pair_angle", "symmetry", "sd"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def enlarge(values: np.ndarray, factor: tuple[float, float]) -> np.ndarray:
    """Bilinear, between pixel centres; only what lies on the back counts."""
    inside = np.isfinite(values)
    total, weight = (
        ndimage.zoom(channel, factor, order=1, grid_mode=True, mode="nearest") for channel in (np.where(inside, values, 0), inside * 1.0)
    )
    return np.where(weight > 0.5, total / np.maximum(weight, 0.5), np.nan)


def halve(values: np.ndarray) -> np.ndarray:
    """The mean of each 2 x 2 pixels; only what lies on the back counts."""
    rows, cols = (size // 2 for size in values.shape)
    blocks = values[: 2 * rows, : 2 * cols].reshape(rows, 2, cols, 2)
    count = np.isfinite(blocks).sum(axis=(1, 3))
    return np.where(count >= 2, np.nansum(blocks, axis=(1, 3)) / np.maximum(count, 1), np.nan)


@pytest.mark.parametrize("noise", [0.0, 0.05, 0.15])
def test_the_end_of_a_line_that_only_the_furrow_shows_is_found(noise):
    rows, cols = np.indices((300, 200))
    level = (rows - 149.5) / 300
    true = 99.5 + 5 * np.sin(2 * np.pi * level)
    aside = np.abs(cols - true)
    values = -np.exp(-((aside / 8) ** 2)) * (1 + 0.5 * np.cos(7 * level))
    for height, distance, width, middle, length in ((0.8, 32, 11, -0.2, 0.12), (0.6, 40, 14, 0.15, 0.1), (-0.5, 19, 8, 0.3, 0.08)):
        values += height * np.exp(-(((aside - distance) / width) ** 2) - ((level - middle) / length) ** 2)
    values += noise * np.random.default_rng(0).normal(size=values.shape)
    values[(aside > 80 * (0.8 + 0.2 * np.cos(4 * level))) | (np.abs(level) > 0.47)] = np.nan
    one = midline(values)
    assert np.abs(one.cols - true[one.rows.astype(int), 0]).max() < 1.0
    for other, factor in ((midline(enlarge(values, (2, 2))), 2), (midline(enlarge(values, (3, 3))), 3)):
        assert apart(other, *((one.points + 0.5) * factor - 0.5).T) / factor < 0.3


def test_left_to_right(values, one):
    other = midline(values[:, ::-1])
    np.testing.assert_array_equal(other.rows, one.rows)
    np.testing.assert_allclose(values.shape[1] - 1 - other.cols, one.cols, atol=0.01)
    np.testing.assert_allclose(-other.pair_angle, one.pair_angle, atol=1e-3)
    np.testing.assert_allclose(other.symmetry, one.symmetry, atol=1e-3)


def test_upside_down(values, one):
    other = midline(values[::-1])
    assert apart(other, values.shape[0] - 1 - one.rows[::-1], one.cols[::-1]) < 0.1


def test_negation_changes_nothing(values, one):
    other = midline(-values)
    np.testing.assert_array_equal(other.rows, one.rows)
    np.testing.assert_allclose(other.cols, one.cols, atol=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@quick
@given(gain=st.floats(1e-3, 1e3), offset=st.floats(-20, 20))
def test_gain_and_offset_change_nothing(dtype, gain, offset):
    values = BACKS["furrow"]
    one, other = midline(values), midline((gain * (values + offset)).astype(dtype))
    np.testing.assert_array_equal(other.rows, one.rows)
    np.testing.assert_allclose(other.cols, one.cols, atol=0.01)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_gain_and_offset_change_nothing_on_any_back(values, one, dtype):
    scale = np.nanstd(values)
    other = midline((3.7 * (values / scale) + 11).astype(dtype))
    np.testing.assert_array_equal(other.rows, one.rows)
    np.testing.assert_allclose(other.cols, one.cols, atol=0.01)


@quick
@given(*[st.integers(0, 60)] * 4)
def test_a_larger_canvas_shifts_the_line(top, bottom, left, right):
    values = BACKS["furrow"]
    one, other = midline(values), midline(np.pad(values, ((top, bottom), (left, right)), constant_values=np.nan))
    np.testing.assert_allclose(other.points, one.points + np.array([top, left]), atol=1e-6)


def test_a_larger_canvas_shifts_the_line_of_any_back(values, one):
    other = midline(np.pad(values, ((11, 26), (40, 13)), constant_values=np.nan))
    np.testing.assert_allclose(other.points, one.points + np.array([11, 40]), atol=1e-6)


@pytest.mark.parametrize("garbage", [1e300, np.inf, "noise"])
def test_garbage_under_the_mask_changes_nothing_at_all(values, one, garbage):
    mask = np.isfinite(values)
    other = np.random.default_rng(0).normal(size=values.shape) * 1e3 if garbage == "noise" else garbage
    assert_same(midline(np.where(mask, values, other), mask), one)


def test_the_same_input_gives_the_same_result(values):
    one, other = (analyse(Image(values, spacing=(1.2, 1.2))) for _ in range(2))
    assert_same(one.midline, other.midline)
    assert one.to_dict() == other.to_dict()


@pytest.mark.parametrize("spacing", [(0.3, 0.3), (2.7, 2.7)])
def test_square_pixels_of_any_size_give_the_line_of_unknown_spacing(values, one, spacing):
    other = midline(values, spacing=spacing)
    np.testing.assert_allclose(other.points, one.points, atol=1e-6)


@pytest.mark.parametrize("factor", [2, 3])
def test_enlarging_the_image_enlarges_the_line(values, one, factor):
    other = midline(enlarge(values, (factor, factor)))
    assert apart(other, *((one.points + 0.5) * factor - 0.5).T) / factor < 0.3


def test_pixels_split_into_equal_ones_give_the_same_line(values, one):
    other = midline(values.repeat(2, axis=0).repeat(2, axis=1))
    assert apart(other, *((one.points + 0.5) * 2 - 0.5).T) / 2 < 0.01


def test_halving_the_image_halves_the_line(values, one):
    other = midline(halve(values))
    assert apart(other, *((one.points + 0.5) / 2 - 0.5).T) < 0.3


def test_pixels_that_are_not_square_give_the_same_line_in_mm(values):
    one = midline(values, spacing=(MM_PER_PX, MM_PER_PX))
    other = midline(enlarge(values, (1, 2)), spacing=(MM_PER_PX, MM_PER_PX / 2))
    assert apart(other, one.rows, (one.cols + 0.5) * 2 - 0.5) * MM_PER_PX / 2 < 0.3 * MM_PER_PX
    np.testing.assert_allclose(other.arc[-1], one.arc[-1], rtol=0.03)


def test_tall_pixels_give_the_same_line_in_mm():
    values = BACKS["symmetric"]
    one = midline(values, spacing=(MM_PER_PX, MM_PER_PX))
    other = midline(enlarge(values, (2, 1)), spacing=(MM_PER_PX / 2, MM_PER_PX))
    assert apart(other, (one.rows + 0.5) * 2 - 0.5, one.cols) < 0.3


def test_a_mask_is_as_good_as_nan(values):
    mask = np.isfinite(values)
    mask[: len(mask) // 10] = False
    image = Image(np.nan_to_num(values), mask)
    assert_same(analyse(image).midline, midline(np.where(mask, values, np.nan)))
    assert_same(analyse(replace(image, name="other")).midline, analyse(image).midline)
