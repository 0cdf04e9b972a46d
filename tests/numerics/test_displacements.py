"""Chains and inverses of displacements, and whether they fold."""

import numpy as np

from symline.numerics.displacements import compose, displace, extend_smoothly, invert, jacobian, smooth_displacement

SHAPE = (60, 48)
ROW, COL = np.indices(SHAPE, dtype=float)


def wave(size=2.0, phase=0.0):
    return size * np.stack([np.sin(ROW / 12 + phase) * np.cos(COL / 15), np.cos(COL / 10 - phase)])


def shift(row, col):
    return np.stack([np.full(SHAPE, float(row)), np.full(SHAPE, float(col))])


def inner(values, rim=6):
    return values[..., rim:-rim, rim:-rim]


def test_an_array_is_read_where_the_displacement_leads():
    (found,) = displace(((ROW * COL).astype(np.float32),), shift(2, -3))
    np.testing.assert_allclose(found[:-2, 3:], ((ROW + 2) * (COL - 3))[:-2, 3:])
    assert (found[-2:] == 0).all()


def test_shifts_add_up():
    np.testing.assert_allclose(compose(shift(1, 2), shift(3, -5)), shift(4, -3))


def test_the_first_comes_first():
    then = np.stack([0.1 * ROW, np.zeros(SHAPE)])
    np.testing.assert_allclose(inner(compose(shift(2, 0), then)[0]), inner(2 + 0.1 * (ROW + 2)))
    np.testing.assert_allclose(inner(compose(then, shift(2, 0))[0]), inner(2 + 0.1 * ROW))


def test_an_inverse_undoes():
    displacement = wave()
    inverse = invert(displacement)
    np.testing.assert_allclose(compose(inverse, displacement), 0, atol=2e-3)
    np.testing.assert_allclose(inner(compose(displacement, inverse)), 0, atol=0.1)


def test_the_inverse_of_a_shift_is_exact():
    np.testing.assert_allclose(invert(shift(1.3, -2.7)), shift(-1.3, 2.7))


def test_the_determinant_tells_areas():
    np.testing.assert_allclose(jacobian(np.stack([0.5 * ROW, -0.2 * COL])), 1.5 * 0.8)
    turn = np.deg2rad(20)
    turned = np.stack([np.cos(turn) * ROW - np.sin(turn) * COL - ROW, np.sin(turn) * ROW + np.cos(turn) * COL - COL])
    np.testing.assert_allclose(jacobian(turned), 1)
    assert (jacobian(np.stack([-1.5 * ROW, np.zeros(SHAPE)])) < 0).all()


def test_smoothing_keeps_a_shift():
    np.testing.assert_allclose(smooth_displacement(shift(1, -2), 5.0), shift(1, -2))
    noise = np.random.default_rng(0).normal(size=(2, *SHAPE))
    assert smooth_displacement(noise, 3.0).std() < 0.2
    assert smooth_displacement(noise, 0.0) is noise


def test_values_are_carried_on():
    weights = (np.hypot(ROW - 30, COL - 20) < 14).astype(float)
    found = extend_smoothly(np.where(weights > 0, wave(), 1e6), weights, 1.0)
    centre = np.hypot(ROW - 30, COL - 20) < 10
    np.testing.assert_allclose(found[:, centre], wave()[:, centre], atol=0.1)
    # beyond, it neither jumps nor leaves the range of what is known
    assert np.abs(np.diff(found, axis=1)).max() < 0.5
    assert np.abs(found).max() < np.abs(wave()[:, weights > 0]).max()


def test_a_constant_is_carried_on_as_it_is():
    weights = np.zeros(SHAPE)
    weights[5:9, 30:40] = 0.7
    np.testing.assert_allclose(extend_smoothly(np.full(SHAPE, 3.0), weights, 2.0), 3.0)


def test_where_nothing_counts_there_is_nothing_to_carry_on():
    np.testing.assert_array_equal(extend_smoothly(np.ones(SHAPE), np.zeros(SHAPE), 2.0), 0)
