"""The best path through a volume."""

import numpy as np
import pytest

from symline.numerics.best_path import best_path, best_value

FAN = np.deg2rad(np.arange(-60, 61, 5.0))
#: Their slopes are whole numbers, so that every path runs through the middles of pixels.
DIAGONALS = np.deg2rad([-45.0, 0.0, 45.0])
#: By how much less a path may collect and still count, and how far from the best one.
NEAR = (0.3, 6.0)


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
    found = best_path(gain, DIAGONALS, turn / np.deg2rad(45), slip, *NEAR)
    expected = max(best_by_trying(gain, turn, slip), best_by_trying(gain[::-1, ::-1], turn, slip))
    assert found.value == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("slope_deg", [-60, -35, 0, 20, 45])
def test_follows_a_straight_ridge(slope_deg):
    rows = 30
    slope = np.tan(np.deg2rad(slope_deg))
    cols = 60 + slope * (np.arange(rows) - 14.5)
    found = best_path(ridge(cols, np.full(rows, np.deg2rad(slope_deg)), width=120), FAN, 1.0, 0.5, *NEAR)
    np.testing.assert_allclose(found.cols, cols, atol=0.15)
    np.testing.assert_allclose(np.rad2deg(found.angles), slope_deg, atol=2)


def test_follows_a_bent_ridge():
    row = np.arange(60)
    cols = 30 + 9 * np.sin(row / 12)
    found = best_path(ridge(cols, np.arctan(0.75 * np.cos(row / 12))), FAN, 0.2, 0.3, *NEAR)
    assert np.abs(found.cols - cols).max() < 0.7
    assert found.value > 0.7 * len(row)


def test_a_higher_price_of_turning_straightens_the_path():
    row = np.arange(60)
    gain = ridge(30 + 9 * np.sin(row / 12), np.arctan(0.75 * np.cos(row / 12)))
    turns = [np.abs(np.diff(best_path(gain, FAN, price, 5.0, *NEAR).angles)).sum() for price in (0.1, 3.0, 100.0)]
    assert turns[0] > turns[1] >= turns[2]
    assert turns[2] < turns[0] / 4


def test_upside_down_gives_the_same_path_upside_down():
    gain = np.random.default_rng(4).uniform(size=(len(FAN), 25, 30)).astype(np.float32)
    found, turned = (best_path(each, FAN, 0.5, 0.4, *NEAR) for each in (gain, gain[::-1, ::-1]))
    np.testing.assert_allclose(turned.cols, found.cols[::-1])
    np.testing.assert_allclose(turned.angles, -found.angles[::-1])
    assert turned.value == found.value


def test_writes_into_nothing():
    gain = np.random.default_rng(4).uniform(size=(len(FAN), 10, 12)).astype(np.float32)
    gain.flags.writeable = False
    best_path(gain, FAN, 0.5, 0.4, *NEAR)


def test_the_value_alone_is_that_of_the_path():
    gain = np.random.default_rng(5).uniform(size=(len(FAN), 25, 30)).astype(np.float32)
    assert best_value(gain, FAN, 0.5, 0.4) == best_path(gain, FAN, 0.5, 0.4, *NEAR).value


def test_the_path_hardly_changes_when_the_volume_hardly_does():
    random = np.random.default_rng(6)
    row = np.arange(60)
    gain = ridge(30 + 9 * np.sin(row / 12), np.arctan(0.75 * np.cos(row / 12))) + 0.3 * random.uniform(size=(len(FAN), 60, 60))
    another = gain + 0.003 * random.normal(size=gain.shape)
    one, other = (best_path(each.astype(np.float32), FAN, 0.2, 0.3, *NEAR) for each in (gain, another))
    assert np.abs(one.cols - other.cols).max() < 0.05


@pytest.mark.parametrize("seed", range(4))
def test_of_two_lines_that_are_as_good_the_path_keeps_to_one(seed):
    rows, sign = np.arange(60), np.random.default_rng(seed).choice([-1, 1])
    cols = 60 + sign * 20 + 6 * np.sin(rows / 11 + seed)
    angles = np.arctan(6 / 11 * np.cos(rows / 11 + seed))
    gain = ridge(cols, angles, width=121)
    gain = np.maximum(gain, gain[::-1, :, ::-1])
    found = best_path(gain, FAN, 0.5, 0.4, *NEAR).cols
    assert min(np.abs(found - cols).max(), np.abs(found - 120 + cols).max()) < 1


@pytest.mark.parametrize("reach", [0.0, 1.0, 6.0])
@pytest.mark.parametrize("slope_deg", [-60, 45])
def test_a_steep_ridge_is_followed_however_near_places_must_be_to_count(slope_deg, reach):
    cols = 60 + np.tan(np.deg2rad(slope_deg)) * (np.arange(30) - 14.5)
    found = best_path(ridge(cols, np.full(30, np.deg2rad(slope_deg)), width=120), FAN, 1.0, 0.5, 0.3, reach)
    np.testing.assert_allclose(found.cols, cols, atol=1)
