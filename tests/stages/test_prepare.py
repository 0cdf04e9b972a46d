"""Standardising, and the working grid."""

import numpy as np
import pytest

from symline.errors import RegistrationError
from symline.model.image import Image
from symline.stages.prepare import CLIP, RESOLUTION, prepare, standardise


def test_centre_and_scale_are_robust(back):
    mask = np.isfinite(back.values)
    values = np.where(mask, back.values, 0)
    standard, centre, scale = standardise(values, mask)
    assert np.median(standard[mask]) == pytest.approx(0, abs=1e-6)
    assert np.median(np.abs(standard[mask])) == pytest.approx(1 / 1.4826, rel=1e-5)
    assert np.abs(standard).max() <= CLIP
    assert np.all(standard[~mask] == 0)
    calm = mask & (np.abs(standard) < CLIP)
    np.testing.assert_allclose(centre + scale * standard[calm], values[calm], atol=1e-5)
    spiked = values.copy()
    spiked[80, 60] = 1000
    np.testing.assert_allclose(standardise(spiked, mask)[0][70], standard[70], atol=1e-3)


def test_half_of_the_values_alike_is_no_obstacle(back):
    values = np.where(back.values > 0.5, back.values, 0.0)
    standard, _, _ = standardise(values, np.ones(values.shape, dtype=bool))
    assert np.isfinite(standard).all()
    assert standard.std() > 0.3


def test_one_absurd_value_changes_little_where_most_values_are_alike(back):
    values = np.where(back.values > 0.5, back.values, 0.0)
    everywhere = np.ones(values.shape, dtype=bool)
    assert np.median(values) == 0
    spiked = values.copy()
    spiked[80, 60] = 1e6
    np.testing.assert_allclose(standardise(spiked, everywhere)[0][70], standardise(values, everywhere)[0][70], atol=2e-3)


@pytest.mark.parametrize("value", [0.0, 1.0, -3e7])
def test_a_constant_has_no_relief(value):
    with pytest.raises(RegistrationError, match="the values hardly differ") as raised:
        prepare(Image(np.full((40, 40), value)))
    assert raised.value.reason == "no_relief"


@pytest.mark.parametrize(
    ("shape", "message"), [((9, 9), "only 81 pixels belong"), ((7, 200), "less than 8 px across"), ((200, 7), "less than 8 px")]
)
def test_too_little_is_refused(shape, message):
    with pytest.raises(RegistrationError, match=message) as raised:
        prepare(Image(np.random.default_rng(0).normal(size=shape)))
    assert raised.value.reason == "too_small"


@pytest.mark.parametrize("spacing", [None, (2.0, 2.0), (2.0, 1.0), (0.5, 1.5)])
def test_the_back_covers_the_same_area_of_the_grid_whatever_its_pixels(back, spacing):
    pair = prepare(Image(back.values, spacing=spacing))
    assert pair.coverage.sum() == pytest.approx(RESOLUTION**2, rel=0.03)
    row, col = spacing or (1.0, 1.0)
    assert pair.step[0] * row == pytest.approx(pair.step[1] * col)


def test_working_pixels_are_found_again_in_the_image():
    values = np.full((60, 80), np.nan)
    values[10:50, 20:70] = 0.01 * np.random.default_rng(0).normal(size=(40, 50))
    values[25, 60] = 3
    pair = prepare(Image(values))
    peak = np.array(np.unravel_index(pair.fixed.argmax(), pair.fixed.shape))
    np.testing.assert_allclose(pair.to_image(pair.from_grid(peak)), [25, 60], atol=0.5)
