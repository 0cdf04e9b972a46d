"""The best path through a volume."""

import numpy as np
import pytest

from symline.numerics.best_path import best_path, best_value

FAN = np.deg2rad(np.arange(-60, 61, 5.0))
#: Their slopes are whole numbers, so that every path runs through the middles of pixels.
DIAGONALS = np.deg2rad([-45.0, 0.0, 45.0])


def ridge(cols, angles, sigma=1.5, width=60):
    """Gain along a curve, greatest for the direction in which it runs; shape (fan, rows, width)."""
    near = np.exp(-0.5 * ((np.arange(width) - cols[:, None]) / sigma) ** 2)
    along = np.exp(-0.5 * ((FAN[:, None] - angles) / 0.15) ** 2)
    return (near * along[:, :, None]).astype(np.float32)


def best_by_trying(gain, turn, slip):
    """What the best path down collects, by trying them all."""
    count, rows, cols = gain.shape

    def onward(row, direction, col):
        col += direction - 1
        if row == rows or not 0 <= col < cols:
            return 0.0
        return max(
            collect(row, direction + bend, col + shift) - turn * abs(bend) - slip * abs(shift)
            for bend in (-1, 0, 1)
            for shift in (-1, 0, 1)
            if 0 <= direction + bend < count and 0 <= col + shift < cols
        )

    def collect(row, direction, col):
        return float(gain[direction, row, col]) + onward(row + 1, direction, col)

    return max(collect(0, direction, col) for direction in range(count) for col in range(cols))


@pytest.mark.parametrize("seed", range(6))
def test_no_other_path_collects_more(seed):
    random = np.random.default_rng(seed)
    gain = random.uniform(size=(3, 4, 5)).astype(np.float32)
    turn, slip = random.uniform(0, 0.5, size=2)
    found = best_path(gain, DIAGONALS, turn / np.deg2rad(45), slip)
    expected = max(best_by_trying(gain, turn, slip), best_by_trying(gain[::-1, ::-1], turn, slip))
    assert found.value == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("slope_deg", [-60, -35, 0, 20, 45])
def test_follows_a_straight_ridge(slope_deg):
    rows = 30
    slope = np.tan(np.deg2rad(slope_deg))
    cols = 60 + slope * (np.arange(rows) - 14.5)
    found = best_path(ridge(cols, np.full(rows, np.deg2rad(slope_deg)), width=120), FAN, 1.0, 0.5)
    np.testing.assert_allclose(found.cols, cols, atol=1.01)
    np.testing.assert_allclose(np.rad2deg(found.angles), slope_deg, atol=5.01)


def test_follows_a_bent_ridge():
    row = np.arange(60)
    cols = 30 + 9 * np.sin(row / 12)
    found = best_path(ridge(cols, np.arctan(0.75 * np.cos(row / 12))), FAN, 0.2, 0.3)
    assert np.abs(found.cols - cols).max() < 1.5
    assert found.value > 0.7 * len(row)


def test_a_higher_price_of_turning_straightens_the_path():
    row = np.arange(60)
    gain = ridge(30 + 9 * np.sin(row / 12), np.arctan(0.75 * np.cos(row / 12)))
    turns = [np.abs(np.diff(best_path(gain, FAN, price, 5.0).angles)).sum() for price in (0.1, 3.0, 100.0)]
    assert turns[0] > turns[1] >= turns[2]
    assert turns[2] == 0


def test_upside_down_gives_the_same_path_upside_down():
    gain = np.random.default_rng(4).uniform(size=(len(FAN), 25, 30)).astype(np.float32)
    found, turned = best_path(gain, FAN, 0.5, 0.4), best_path(gain[::-1, ::-1], FAN, 0.5, 0.4)
    np.testing.assert_allclose(turned.cols, found.cols[::-1])
    np.testing.assert_allclose(turned.angles, -found.angles[::-1])
    assert turned.value == found.value


def test_writes_into_nothing():
    gain = np.random.default_rng(4).uniform(size=(len(FAN), 10, 12)).astype(np.float32)
    gain.flags.writeable = False
    best_path(gain, FAN, 0.5, 0.4)


def test_the_value_alone_is_that_of_the_path():
    gain = np.random.default_rng(5).uniform(size=(len(FAN), 25, 30)).astype(np.float32)
    assert best_value(gain, FAN, 0.5, 0.4) == best_path(gain, FAN, 0.5, 0.4).value
