"""Patches of asymmetry: one-sided Gaussians of known centre, area and height."""

from functools import cache

import numpy as np
import pytest
from scipy import ndimage

from symline.model.image import Image
from symline.pipeline import score
from tests.conftest import synthetic_back
from tests.measures.test_scoring import COL, ROW, SHAPE, bent, blob, deviation, score_about

BACK = synthetic_back(SHAPE, bent, noise=0.02).values
UNIT = deviation(BACK)
THRESHOLD = 0.4


@cache
def patches(*blobs, per_pixel="residual"):
    values = BACK + sum(blob(row, col, sigma, height * UNIT) for row, col, sigma, height in blobs)
    return score_about(values, threshold=THRESHOLD * UNIT, per_pixel=per_pixel).score


def area(sigma, height):
    """Of a Gaussian where it exceeds the threshold."""
    return 2 * np.pi * sigma**2 * np.log(abs(height) / THRESHOLD)


@pytest.mark.parametrize("given", [(60, 46, 6, 3.0), (60, 46, 6, -3.0), (100, 90, 6, 3.0), (100, 90, 6, -3.0), (40, 45, 5, 4.0)], ids=str)
def test_a_one_sided_gaussian_is_found_where_it_is(given):
    row, col, sigma, height = given
    (found,) = patches(given).patches
    assert (found.row, found.col) == pytest.approx((row, col), abs=1.0)
    assert found.area_px == pytest.approx(area(sigma, height), rel=0.1)
    # smoothing takes a little off the peak
    assert found.peak / UNIT == pytest.approx(height * sigma**2 / (sigma**2 + 3), rel=0.1)
    assert found.side == ("left" if col < 64 else "right")
    assert found.number == 1
    assert found.level == 1 + int((row - 8) / 14.4)
    assert found.area_mm2 is None


def test_the_largest_comes_first_and_the_map_shows_each_where_it_is():
    score_of_two = patches((60, 40, 5, 3.0), (110, 92, 7, 3.0))
    first, second = score_of_two.patches
    assert (first.side, second.side) == ("right", "left")
    assert first.area_px > second.area_px
    labels = score_of_two.labels
    assert labels.shape == SHAPE
    assert (labels[110, 92], labels[60, 40], labels[60, 92], labels[110, 40]) == (1, 2, 0, 0)
    assert np.count_nonzero(labels == 1) == pytest.approx(first.area_px, rel=0.05)
    assert np.all(labels[np.isnan(score_of_two.asymmetry)] == 0)
    assert score_of_two.measures["patch_count"] == 2
    both_sides = 2 * (first.area_px + second.area_px)
    assert score_of_two.measures["asymmetric_area_fraction"] == pytest.approx(
        both_sides / np.isfinite(score_of_two.asymmetry).sum(), rel=0.1
    )


def test_areas_in_mm_follow_from_the_spacing():
    values = BACK + blob(60, 40, 7, 3.0 * UNIT)
    found = score(Image(values, spacing=(1.5, 2.0))).score.patches[0]
    assert found.area_mm2 == pytest.approx(3.0 * found.area_px)


def test_a_speck_is_no_patch_unless_it_is_plain():
    assert patches((60, 40, 1.0, 1.5)).patches == ()
    (found,) = patches((60, 40, 1.0, 8.0), (110, 92, 1.0, 1.5), per_pixel="raw").patches
    assert (found.row, found.col, found.side) == (pytest.approx(60, abs=1), pytest.approx(40, abs=1), "left")


def test_at_most_twenty_are_described():
    heights = np.random.default_rng(0).choice([-3.0, 3.0], 24)
    centres = [(row, col) for row in range(20, 145, 16) for col in (28, 43, 58)]
    found = patches(*((row, col, 3, height) for (row, col), height in zip(centres, heights, strict=True)), per_pixel="raw")
    assert len(found.patches) == found.labels.max() == 20
    assert found.measures["patch_count"] > 20
    areas = [each.area_px for each in found.patches]
    assert areas == sorted(areas, reverse=True)


def test_a_step_over_a_whole_side_is_one_patch():
    found = score_about(np.where(bent(ROW) < COL, BACK, BACK + UNIT), per_pixel="raw", threshold=THRESHOLD * UNIT)
    assert found.measures["asymmetric_area_fraction"] > 0.9
    assert found.measures["patch_count"] == 1
    assert found.measures["signed_asymmetry"] == pytest.approx(UNIT, rel=0.1)


@pytest.mark.parametrize("seed", range(4))
def test_neither_the_sign_of_the_values_nor_a_flip_changes_what_is_found(seed):
    # patches of all sizes, many of which touch or cross the midline
    rough = ndimage.gaussian_filter(np.random.default_rng(seed).normal(size=SHAPE), 4)
    values = BACK + rough / rough.std() * UNIT

    def found(image, sign=1, curve=bent):
        score = score_about(image, curve, per_pixel="raw").score
        return [(each.row, each.col, each.area_px, each.side, sign * each.peak, each.level) for each in score.patches], score.measures

    patches, measures = found(values)
    assert len(patches) > 5
    negated, same = found(-values, -1)
    assert negated == patches
    assert same["patch_count"] == measures["patch_count"]
    assert same["asymmetric_area_fraction"] == measures["asymmetric_area_fraction"]
    flipped, _ = found(values[:, ::-1], curve=lambda row: 127 - bent(row))
    other = {"left": "right", "right": "left"}
    for (row, col, area, side, *rest), one in zip(flipped, patches, strict=True):
        assert (row, 127 - col, area, *rest) == pytest.approx((*one[:3], *one[4:]), rel=1e-3)
        assert other[side] == one[3]
