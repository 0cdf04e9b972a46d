"""Value minus mirrored value, on data whose mirror partners are known exactly."""

import numpy as np
import pytest

from symline.measures.asymmetry import LARGEST, in_unit, measure_asymmetry, standardised, subtract_partners
from symline.model.image import Image
from symline.model.pair import Pair
from symline.stages.prepare import prepare

ROW, COL = np.indices((40, 50))
#: Twice the column of a curved midline, in whole px, so that partners lie on pixels.
TWICE = np.rint(49 + 8 * np.sin(ROW / 9)).astype(int)
ASIDE = 2 * COL - TWICE
PARTNERS = np.stack([ROW, TWICE - COL]).astype(np.float32)


def unit_pair(centre=0.0, scale=1.0):
    return Pair(np.zeros((4, 4), dtype=np.float32), np.ones((4, 4), dtype=np.float32), 150.0, (0.0, 0.0), (1.0, 1.0), centre, scale)


def texture(even, seed=0):
    """Rough values that are even, or odd, about the curved midline."""
    level = np.random.default_rng(seed).normal(size=(40, 200)).astype(np.float32)
    values = level[ROW, np.abs(ASIDE)]
    return values if even else values * np.sign(ASIDE).astype(np.float32)


def in_image():
    return (PARTNERS[1] >= 0) & (PARTNERS[1] <= 49)


def test_exact_symmetry_about_a_curved_line_is_no_asymmetry():
    asymmetry = subtract_partners(texture(even=True), np.ones((40, 50), dtype=bool), PARTNERS)
    np.testing.assert_array_equal(asymmetry[in_image()], 0)
    assert np.isnan(asymmetry[~in_image()]).all()


def test_what_is_odd_is_doubled_and_changes_its_sign_at_the_partner():
    odd = texture(even=False)
    asymmetry = subtract_partners(odd + texture(even=True, seed=1), np.ones((40, 50), dtype=bool), PARTNERS)
    np.testing.assert_allclose(asymmetry[in_image()], 2 * odd[in_image()], atol=1e-5)
    at_partner = asymmetry[ROW, np.clip(TWICE - COL, 0, 49)]
    np.testing.assert_allclose(at_partner[in_image()], -asymmetry[in_image()], atol=1e-5)


def test_neither_a_pixel_outside_nor_the_partner_of_one_has_any():
    mask = np.ones((40, 50), dtype=bool)
    mask[10:14, 5:9] = False
    asymmetry = subtract_partners(texture(even=True) * mask, mask, PARTNERS)
    lost = ~mask | ~mask[ROW, np.clip(TWICE - COL, 0, 49)] | ~in_image()
    np.testing.assert_array_equal(np.isnan(asymmetry), lost)
    np.testing.assert_array_equal(asymmetry[~lost], 0)


def test_between_pixels_only_those_on_the_back_are_read():
    partners = PARTNERS + np.array([0.0, 0.25], dtype=np.float32)[:, None, None]
    mask = COL < 30
    asymmetry = subtract_partners(np.where(mask, np.float32(2.5), 0), mask, partners)
    known = np.isfinite(asymmetry)
    assert known.sum() > 300
    np.testing.assert_allclose(asymmetry[known], 0, atol=1e-6)


@pytest.mark.parametrize(("factor", "offset"), [(1.0, 0.0), (1e-30, 0.0), (1e30, 0.0), (1.0, 1e4)])
def test_neither_unit_nor_offset_matters_to_the_standardised_values(back, factor, offset):
    plain = Image(back.values)
    other = Image(back.values * factor + offset)
    np.testing.assert_allclose(standardised(other, prepare(other)), standardised(plain, prepare(plain)), atol=1e-4)


def test_absurd_values_are_drawn_in(back):
    values = back.values.copy()
    values[80, 60] = 1e300
    image = Image(values)
    pair = prepare(image)
    result = standardised(image, pair)
    assert result[80, 60] == LARGEST
    assert np.isfinite(in_unit(result, pair)).all()


def test_the_unit_of_the_input_comes_back_without_overflow():
    values = np.array([-LARGEST, 0.5, np.nan], dtype=np.float32)
    np.testing.assert_array_equal(in_unit(values, unit_pair(scale=2.0)), np.array([-2 * LARGEST, 1.0, np.nan], dtype=np.float32))
    assert in_unit(values, unit_pair(scale=1e38))[0] == -np.finfo(np.float32).max


def test_measures_of_four_pixels():
    values = np.array([[1.0, 2.0, -1.0, 5.0]])
    asymmetry = np.array([[3.0, -1.0, 0.0, np.nan]])
    found = measure_asymmetry(values, asymmetry, 10.0)
    assert found["asymmetry_rms"] == pytest.approx(10 * np.sqrt(10 / 3))
    assert found["asymmetry_mean_abs"] == pytest.approx(10 * 4 / 3)
    assert found["asymmetry_p95"] == pytest.approx(10 * 2.8)
    # the partners' values are -2, 3 and -1
    assert found["asymmetry_index"] == pytest.approx(4 / (4 + 6))


def test_where_nothing_departs_from_the_median_the_index_is_0():
    assert measure_asymmetry(np.zeros((2, 2)), np.zeros((2, 2)), 1.0)["asymmetry_index"] == 0
