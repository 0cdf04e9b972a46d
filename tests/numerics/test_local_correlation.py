"""Local correlation of two images, and its derivatives."""

import numpy as np
import pytest
from scipy import ndimage

from symline.numerics.local_correlation import local_correlation

SHAPE = (30, 24)
RELIEF = 0.05


def image(seed):
    return 3 * ndimage.gaussian_filter(np.random.default_rng(seed).normal(size=SHAPE), 2)


def mask():
    row, col = np.indices(SHAPE)
    return np.clip(1.2 - np.hypot((row - 14) / 12, (col - 12) / 10) ** 4, 0, 1)


def test_an_image_agrees_with_itself():
    found = local_correlation(image(0), image(0), mask(), 3.0, RELIEF)
    assert found.value == pytest.approx(0, abs=1e-12)
    np.testing.assert_allclose(found.by_moving, 0, atol=1e-12)


def test_flat_images_agree():
    assert local_correlation(np.zeros(SHAPE), np.full(SHAPE, 4.0), mask(), 3.0, RELIEF).value == pytest.approx(0, abs=1e-9)


def test_opposite_relief_disagrees():
    opposite = local_correlation(image(0), -image(0), mask(), 3.0, 1e-6).value
    unrelated = local_correlation(image(0), image(1), mask(), 3.0, 1e-6).value
    assert opposite == pytest.approx(2, abs=1e-3)
    assert 0.4 < unrelated < 1.6


def test_brightness_and_contrast_make_no_difference():
    found = local_correlation(image(0), 2 * image(0) + 5, mask(), 3.0, 1e-9)
    assert found.value == pytest.approx(0, abs=1e-6)


def test_both_images_count_alike():
    there, back = (local_correlation(*pair, mask(), 3.0, RELIEF) for pair in ((image(0), image(1)), (image(1), image(0))))
    assert there.value == pytest.approx(back.value)
    np.testing.assert_allclose(there.by_fixed, back.by_moving)


def test_what_has_no_weight_does_not_count():
    weights = np.where(mask() > 0.3, mask(), 0)
    spoilt = np.where(weights > 0, image(1), 1e3)
    one, other = (local_correlation(image(0), moving, weights, 3.0, RELIEF) for moving in (image(1), spoilt))
    np.testing.assert_allclose(one.value, other.value, rtol=1e-12)
    np.testing.assert_allclose(one.by_fixed, other.by_fixed, atol=1e-15)
    assert (other.by_moving[weights == 0] == 0).all()


@pytest.mark.parametrize("which", ["fixed", "moving"])
def test_derivatives_agree_with_differences(which):
    images = {"fixed": image(0), "moving": image(1)}
    direction, step = np.random.default_rng(7).normal(size=SHAPE), 1e-5
    values = [
        local_correlation(**(images | {which: images[which] + sign * step * direction}), weights=mask(), sigma=3.0, relief=RELIEF).value
        for sign in (1, -1)
    ]
    found = local_correlation(**images, weights=mask(), sigma=3.0, relief=RELIEF)
    slope = (getattr(found, f"by_{which}") * direction).sum()
    assert slope == pytest.approx((values[0] - values[1]) / (2 * step), rel=1e-6)
