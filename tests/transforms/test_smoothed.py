"""The smoothed back, and how much its points count."""

import numpy as np
import pytest

from symline.model.pair import Pair
from symline.transforms.outline import outline_at
from symline.transforms.smoothed import Smoothed

RESOLUTION = 150.0


def disc(radius):
    """A back without relief on the working grid: a disc whose outline cuts through pixels. Its radius is in working pixels."""
    rows, cols = np.indices((161, 161)) - 80
    coverage = np.clip(radius - np.hypot(rows, cols) + 0.5, 0, 1).astype(np.float32)
    return Smoothed.of(Pair(coverage * 0, coverage, RESOLUTION, (0.0, 0.0), (1.0, 1.0)), 0.01)


def along(distances):
    """Points so many working pixels from the middle, in some direction."""
    return np.asarray(distances)[:, None] * (0.6, 0.8) / RESOLUTION


def test_points_count_in_full_on_the_back_and_not_at_all_outside():
    weight = disc(60.0).at(along([0.0, 30.0, 55.0, 66.0, 75.0])).weight
    np.testing.assert_allclose(weight, [1, 1, 1, 0, 0], atol=0.01)


def test_points_count_less_towards_the_outline():
    weight = disc(60.0).at(along(np.arange(50.0, 70.0, 0.25))).weight
    assert (np.diff(weight) <= 1e-3).all()


@pytest.mark.parametrize("by", [0.05, 0.2])
def test_an_outline_that_moves_a_little_changes_little(by):
    points = along(np.arange(40.0, 75.0, 0.1))
    first, second = disc(60.0), disc(60.0 + by)
    assert 0.2 * by < np.abs(second.at(points).weight - first.at(points).weight).max() < by
    assert np.abs(outline_at(second.pair, points) - outline_at(first.pair, points)).max() < 0.5 * by


def test_the_outline_is_half_where_the_back_ends():
    np.testing.assert_allclose(outline_at(disc(60.0).pair, along([30.0, 60.0, 75.0])), [1, 0.5, 0], atol=0.03)
