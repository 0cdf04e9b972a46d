"""A smooth curve through scattered points."""

import numpy as np
import pytest

from symline.numerics.robust_curve import robust_curve

LEVELS = np.linspace(-1, 1, 41)
RANDOM = np.random.default_rng(0)


def fit(at, values, weights=None, smoothing=0.1, least=0.01):
    return robust_curve(LEVELS, at, values, np.ones(len(at)) if weights is None else weights, smoothing, least)


def test_passes_through_a_smooth_curve():
    at = np.sort(RANDOM.uniform(-1, 1, 200))
    np.testing.assert_allclose(fit(at, 0.1 * np.sin(2 * at)), 0.1 * np.sin(2 * LEVELS), atol=5e-3)


def test_some_points_that_are_wrong_change_little():
    at = np.sort(RANDOM.uniform(-1, 1, 200))
    values = 0.1 * np.sin(2 * at) + RANDOM.normal(0, 0.002, 200)
    values[::5] += RANDOM.uniform(0.1, 0.6, 40)
    assert np.abs(fit(at, values) - 0.1 * np.sin(2 * LEVELS)).max() < 0.01


def test_the_stiffer_the_smoother():
    at = np.linspace(-1, 1, 300)
    values = 0.05 * np.sin(20 * at)
    waves = [np.ptp(fit(at, values, smoothing=smoothing, least=1.0)) for smoothing in (0.01, 0.05, 0.3)]
    assert waves[0] > 0.08 > waves[1] > 0.01 > waves[2]


@pytest.mark.parametrize("factor", [0.01, 100.0])
def test_only_the_ratio_of_weights_counts(factor):
    at, values = RANDOM.uniform(-1, 1, (2, 50))
    weights = RANDOM.uniform(0.1, 1, 50)
    np.testing.assert_allclose(fit(at, values, factor * weights), fit(at, values, weights), atol=1e-7)


def test_points_at_one_place_and_single_points_make_a_level_curve():
    np.testing.assert_allclose(fit(np.array([0.3, 0.3, 0.3]), np.array([0.2, 0.2, 0.2])), 0.2, atol=1e-6)
    np.testing.assert_allclose(fit(np.array([0.3]), np.array([0.2])), 0.2, atol=1e-6)


def test_goes_on_straight_at_first_and_levels_out_where_there_are_no_points():
    at = np.linspace(-0.4, 0.4, 100)
    curve = fit(at, 0.5 * at)
    slope = np.diff(curve) / np.diff(LEVELS)
    np.testing.assert_allclose(slope[15:25], 0.5, atol=0.05)
    assert 0 <= slope[-1] < 0.4
