"""Pyramids of masked images."""

import numpy as np
import pytest

from symline.numerics.pyramids import pyramid

SHAPE = (61, 45)


def ramp(shape=SHAPE):
    row, col = np.indices(shape, dtype=float)
    return row - (shape[0] - 1) / 2 + 2 * (col - (shape[1] - 1) / 2)


def test_levels_run_from_coarse_to_fine_about_one_middle():
    levels = pyramid(ramp(), np.ones(SHAPE), 30.0, (4, 2, 1))
    assert [level.resolution for level in levels] == [7.5, 15.0, 30.0]
    assert levels[0].values.size < levels[1].values.size < levels[2].values.size == ramp().size
    for level in levels:
        assert level.points.mean() == pytest.approx(0, abs=1e-12)
        np.testing.assert_allclose(level.to_grid(level.points), np.moveaxis(np.indices(level.values.shape), 0, -1), atol=1e-9)


@pytest.mark.parametrize("shrink", [1, 2, 3, 4])
def test_a_slope_stays_where_it_is(shrink):
    (level,) = pyramid(ramp(), np.ones(SHAPE), 30.0, (shrink,), sigma=1.0)
    points = level.points * 30.0
    inside = (np.abs(points[..., 0]) < 20) & (np.abs(points[..., 1]) < 12)
    np.testing.assert_allclose(level.values[inside], (points @ (1, 2))[inside], atol=1e-3)


@pytest.mark.parametrize("garbage", [1e6, np.nan, np.inf])
def test_what_the_mask_hides_changes_nothing(garbage):
    weights = np.ones(SHAPE)
    weights[20:40, :15] = 0
    values = ramp()
    clean = pyramid(values, weights, 30.0, (4, 2, 1), sigma=1.0)
    for one, other in zip(clean, pyramid(np.where(weights > 0, values, garbage), weights, 30.0, (4, 2, 1), sigma=1.0), strict=True):
        np.testing.assert_array_equal(one.values, other.values)
        np.testing.assert_array_equal(one.weights, other.weights)


def test_a_constant_stays_constant_beyond_the_mask_too():
    weights = np.zeros(SHAPE)
    weights[10:50, 10:30] = 1
    for level in pyramid(np.full(SHAPE, 3.0), weights, 30.0, (4, 2, 1), sigma=2.0):
        np.testing.assert_allclose(level.values, 3, atol=1e-5)
        assert level.weights.min() == 0
        assert level.weights.max() == pytest.approx(1)


def test_coarse_levels_have_less_noise():
    noise = np.random.default_rng(0).normal(size=(240, 160))
    spreads = [level.values.std() for level in pyramid(noise, np.ones_like(noise), 30.0, (4, 2, 1))]
    assert spreads[0] < 0.6 * spreads[1] < 0.36 * spreads[2]


def test_an_empty_mask_gives_empty_levels():
    for level in pyramid(ramp(), np.zeros(SHAPE), 30.0, (2, 1)):
        assert not level.values.any()
        assert not level.weights.any()
