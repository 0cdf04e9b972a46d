"""Masked correlation, at one shift and at all of them."""

import numpy as np
import pytest
from scipy import ndimage

from symline.numerics.masked_correlation import ShiftRules, ShiftSearch, masked_correlation, quadratic_peak

RANDOM = np.random.default_rng(0)
IMAGE = ndimage.gaussian_filter(RANDOM.normal(size=(60, 50)), 3)
MASK = np.hypot((np.indices(IMAGE.shape)[0] - 29) / 26, (np.indices(IMAGE.shape)[1] - 24) / 20) < 1


def rules(**kwargs):
    return ShiftRules(**{"largest_shift": 12.0, "least_overlap": 0.3, "overlap_power": 0.0, "flatness": 0.0} | kwargs)


def test_at_one_place_it_is_the_correlation_of_what_counts():
    other = IMAGE + 0.02 * RANDOM.normal(size=IMAGE.shape)
    garbage = np.where(MASK, other, 1e3)
    expected = np.corrcoef(IMAGE[MASK], other[MASK])[0, 1]
    assert masked_correlation(IMAGE, garbage, MASK.astype(float)) == pytest.approx(expected, abs=1e-9)
    assert masked_correlation(IMAGE, 3 - 2 * IMAGE, MASK.astype(float)) == pytest.approx(-1)


def test_nothing_to_correlate_is_no_correlation():
    assert masked_correlation(IMAGE, IMAGE, np.zeros(IMAGE.shape)) == 0
    assert masked_correlation(IMAGE, np.ones(IMAGE.shape), MASK.astype(float)) == 0


@pytest.mark.parametrize("shift", [(0, 0), (5, -3), (-11, 2), (3, 11)])
def test_for_every_shift_it_is_the_correlation_of_what_overlaps(shift):
    moving, weights = np.roll(IMAGE[::-1], 4, axis=0), np.roll(MASK, 2, axis=1)
    correlation, overlap = ShiftSearch(IMAGE, MASK.astype(float), rules()).correlate(moving, weights.astype(float))
    # by hand: moving(x + shift) beside fixed(x)
    there = np.roll(moving, (-shift[0], -shift[1]), axis=(0, 1))
    padded = np.pad(weights, 12)[12 + shift[0] : 72 + shift[0], 12 + shift[1] : 62 + shift[1]]
    both = MASK & padded
    middle = (correlation.shape[0] // 2 + shift[0], correlation.shape[1] // 2 + shift[1])
    assert correlation[middle] == pytest.approx(np.corrcoef(IMAGE[both], there[both])[0, 1], abs=1e-6)
    assert overlap[middle] == pytest.approx(both.sum() / MASK.sum(), abs=1e-9)


def test_agrees_with_the_masked_registration_of_scikit_image():
    registration = pytest.importorskip("skimage.registration")
    moving = ndimage.shift(IMAGE, (4, -3), order=1, mode="wrap")
    expected, _, _ = registration.phase_cross_correlation(IMAGE, moving, reference_mask=MASK, moving_mask=MASK, overlap_ratio=0.5)
    found = ShiftSearch(IMAGE, MASK.astype(float), rules(least_overlap=0.5))(moving, MASK.astype(float))
    np.testing.assert_allclose(np.rint(found.shift), -expected)


def test_garbage_without_weight_changes_nothing():
    garbage = np.where(MASK, IMAGE, np.nan)
    with np.errstate(invalid="raise"):
        one, other = (
            ShiftSearch(IMAGE, MASK.astype(float), rules())(values, MASK.astype(float))
            for values in (IMAGE, np.nan_to_num(garbage, nan=7.0))
        )
    assert one == other


def test_a_fraction_of_a_pixel():
    large = ndimage.gaussian_filter(RANDOM.normal(size=(120, 100)), 4)
    moving = ndimage.shift(large, (2.4, -1.3), order=3, mode="nearest")
    inner = np.pad(np.ones((90, 70)), 15)
    found = ShiftSearch(large, inner, rules())(moving, inner)
    np.testing.assert_allclose(found.shift, (2.4, -1.3), atol=0.05)
    assert 0.98 < found.value < 1


def test_without_a_weight_small_overlaps_win():
    moving = IMAGE + IMAGE.std() * np.random.default_rng(1).normal(size=IMAGE.shape)
    weights = np.ones(IMAGE.shape)
    wrong = ShiftSearch(IMAGE, weights, rules(largest_shift=70, least_overlap=0.005))(moving, weights)
    right = ShiftSearch(IMAGE, weights, rules(largest_shift=70, least_overlap=0.005, overlap_power=1.0))(moving, weights)
    assert np.hypot(*wrong.shift) > 40
    assert wrong.value > right.value
    np.testing.assert_allclose(right.shift, (0, 0), atol=0.5)


def test_nothing_overlaps_enough():
    left, right = np.zeros(IMAGE.shape), np.zeros(IMAGE.shape)
    left[:, :10], right[:, -10:] = 1, 1
    assert ShiftSearch(IMAGE, left, rules())(IMAGE, right) is None


def test_the_peak_of_a_quadratic_surface_is_found_exactly():
    row, col = np.mgrid[-1:2, -1:2]
    surface = 5 - 2 * (row - 0.3) ** 2 - (col + 0.4) ** 2 + 0.5 * (row - 0.3) * (col + 0.4)
    np.testing.assert_allclose(quadratic_peak(surface), (0.3, -0.4), atol=1e-12)
    assert quadratic_peak(-surface) == (0.0, 0.0)
    assert quadratic_peak(surface[:2]) == (0.0, 0.0)
