"""Keypoints of an image and of its mirrored copy."""

import numpy as np
import pytest
from scipy import ndimage

from symline.numerics.mirror_matches import DETECTORS, MatchRules, mirror_matches

RULES = MatchRules(closest=8.0, farthest=150.0, largest_angle=1.1, turn=0.5, stretch=1.5)
EVERYWHERE = np.ones((180, 161), dtype=bool)


def symmetric(tilt=0.0):
    """Spots and their mirror images about an axis through the middle, in [0, 1]."""
    random = np.random.default_rng(3)
    row, col = np.indices(EVERYWHERE.shape) - np.array([89.5, 80.0])[:, None, None]
    down, right = np.cos(tilt) * row + np.sin(tilt) * col, np.cos(tilt) * col - np.sin(tilt) * row
    values = np.zeros(EVERYWHERE.shape)
    for _ in range(60):
        at, aside, width, height = random.uniform(-80, 80), random.uniform(5, 70), random.uniform(2, 6), random.normal()
        for side in (-1, 1):
            values += height * np.exp(-((down - at) ** 2 + (right - side * aside) ** 2) / (2 * width**2))
    return np.clip(0.5 + values / 8, 0, 1)


@pytest.mark.parametrize("detector", DETECTORS)
@pytest.mark.parametrize("tilt", [0.0, 0.4, -0.4])
def test_most_matches_are_mirror_partners(detector, tilt):
    matches = mirror_matches(symmetric(tilt), EVERYWHERE, detector, RULES)
    axis = np.array([np.cos(tilt), np.sin(tilt)])
    left, right = matches[:, :2] - (89.5, 80.0), matches[:, 2:] - (89.5, 80.0)
    off = np.linalg.norm(2 * (left @ axis)[:, None] * axis - left - right, axis=1)
    assert len(matches) >= 10
    assert np.mean(off < 5) > 0.7
    assert (matches[:, 1] < matches[:, 3]).all()


@pytest.mark.parametrize("detector", DETECTORS)
def test_keypoints_that_are_not_allowed_and_pairs_out_of_range_are_left_out(detector):
    allowed = EVERYWHERE.copy()
    allowed[:90] = False
    rules = MatchRules(closest=30.0, farthest=90.0, largest_angle=0.2, turn=0.5, stretch=1.5)
    matches = mirror_matches(symmetric(), allowed, detector, rules)
    assert len(matches)
    assert (matches[:, [0, 2]] > 89).all()
    row, col = (matches[:, 2:] - matches[:, :2]).T
    distance = np.hypot(row, col)
    assert ((distance >= 30) & (distance <= 90)).all()
    assert (np.abs(np.arctan2(row, col)) <= 0.2).all()


@pytest.mark.parametrize("detector", DETECTORS)
def test_each_pair_comes_once(detector):
    matches = mirror_matches(symmetric(), EVERYWHERE, detector, RULES)
    assert len(np.unique(np.rint(matches), axis=0)) == len(matches)


@pytest.mark.parametrize("detector", DETECTORS)
def test_an_image_without_keypoints_has_no_matches(detector):
    assert len(mirror_matches(np.full((80, 80), 0.5), np.ones((80, 80), dtype=bool), detector, RULES)) == 0
    assert len(mirror_matches(ndimage.gaussian_filter(symmetric(), 3), ~EVERYWHERE, detector, RULES)) == 0


@pytest.mark.parametrize("col", [79.0, 80.0, 81.0])
def test_places_above_one_another_are_no_pair(col):
    values = np.zeros(EVERYWHERE.shape)
    for row in (60, 120):
        values[row - 4 : row + 5, int(col) - 4 : int(col) + 5] = 1
    rules = MatchRules(closest=30.0, farthest=90.0, largest_angle=0.4, turn=np.pi, stretch=1.5)
    matches = mirror_matches(values, EVERYWHERE, "harris", rules)
    vectors = matches[:, 2:] - matches[:, :2]
    assert (np.abs(vectors[:, 0]) < 0.5 * np.abs(vectors[:, 1])).all()
