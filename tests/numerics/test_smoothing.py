"""Smoothing in which nothing from outside the mask takes part."""

import numpy as np
import pytest

from symline.numerics.smoothing import smooth, smooth_masked


@pytest.fixture
def weights():
    weights = np.zeros((40, 50), dtype=np.float32)
    weights[5:35, 8:44] = 1
    weights[15:22, 20:30] = 0
    weights[5, 8:44] = 0.5
    return weights


@pytest.mark.parametrize("sigma", [0.5, 2.0, 6.0])
def test_a_constant_stays_constant_wherever_there_is_weight(weights, sigma):
    smoothed = smooth_masked(np.full(weights.shape, 7.0, dtype=np.float32), weights, sigma)
    np.testing.assert_allclose(smoothed[weights > 0], 7, rtol=1e-5)


@pytest.mark.parametrize("garbage", [1e6, -1e30])
def test_garbage_of_weight_0_does_not_leak(weights, garbage):
    values = np.random.default_rng(0).normal(size=weights.shape).astype(np.float32)
    dirty = np.where(weights > 0, values, np.float32(garbage))
    np.testing.assert_array_equal(smooth_masked(dirty, weights, 2.0), smooth_masked(values, weights, 2.0))


def test_far_from_any_weight_there_is_0(weights):
    weights[:, 30:] = 0
    assert np.all(smooth_masked(np.ones_like(weights), weights, 1.5)[:, 40:] == 0)


def test_small_weights_count_little():
    values = np.array([[0.0, 0.0, 10.0, 0.0, 0.0]] * 5)
    heavy, light = np.ones((5, 5)), np.ones((5, 5))
    light[:, 2] = 0.1
    assert smooth_masked(values, light, 1.0)[2, 2] < 0.3 * smooth_masked(values, heavy, 1.0)[2, 2]


def test_smoothing_commutes_with_a_reflection(weights):
    values = np.random.default_rng(0).normal(size=weights.shape).astype(np.float32)
    mirrored = smooth_masked(values[:, ::-1], weights[:, ::-1], 1.7)[:, ::-1]
    np.testing.assert_allclose(mirrored, smooth_masked(values, weights, 1.7), atol=1e-6)


def test_smoothing_widens_a_point_to_a_gaussian():
    point = np.zeros((41, 41))
    point[20, 20] = 1
    spread = smooth(point, 2.0)
    assert spread.sum() == pytest.approx(1)
    offset = np.arange(41) - 20
    assert (spread.sum(axis=0) * offset**2).sum() == pytest.approx(4, rel=0.05)
