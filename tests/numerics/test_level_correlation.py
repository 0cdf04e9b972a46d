"""Correlation of two sides, level by level."""

import numpy as np

from symline.numerics.level_correlation import correlate_levels

RANDOM = np.random.default_rng(0)
SIDE = RANDOM.normal(size=(40, 25))
ALL = np.ones_like(SIDE)


def test_equal_sides_correlate_and_opposite_ones_the_other_way():
    np.testing.assert_allclose(correlate_levels(SIDE, SIDE, ALL, 2.0, 0.0), 1)
    np.testing.assert_allclose(correlate_levels(SIDE, -SIDE, ALL, 2.0, 0.0), -1)


def test_a_constant_and_a_factor_change_nothing():
    other = SIDE + RANDOM.normal(size=SIDE.shape)
    once = correlate_levels(SIDE, other, ALL, 2.0, 0.0)
    np.testing.assert_allclose(correlate_levels(3 * SIDE + 5, 3 * other + 5, ALL, 2.0, 0.0), once)
    assert 0.5 < once.mean() < 0.9


def test_flat_sides_do_not_count_as_symmetric():
    flat = 1e-3 * SIDE
    assert np.abs(correlate_levels(flat, flat, ALL, 2.0, 0.03)).max() < 1e-3


def test_what_has_no_weight_counts_for_nothing():
    weights = ALL.copy()
    weights[:, 15:] = 0
    garbage = SIDE.copy()
    garbage[:, 15:] = 1e6
    np.testing.assert_allclose(correlate_levels(garbage, SIDE, weights, 2.0, 0.03), correlate_levels(SIDE, SIDE, weights, 2.0, 0.03))
    assert (correlate_levels(SIDE, SIDE, 0 * ALL, 2.0, 0.03) == 0).all()
