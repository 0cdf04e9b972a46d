"""Symmetry level by level, and how far the line may be off."""

import numpy as np
import pytest

from symline.measures.profile import Profile, measure_profile
from symline.measures.uncertainty import deviation
from symline.model.image import Image
from symline.stages.prepare import prepare
from tests.conftest import synthetic_back
from tests.stages.conftest import on_grid, truth


def test_an_exactly_symmetric_back_is_symmetric_on_every_level():
    back = synthetic_back()
    pair = on_grid(back)
    profile = measure_profile(pair, truth(back, pair))
    assert np.nanmedian(profile.symmetry) > 0.9
    assert np.nanmin(profile.symmetry) > 0.6
    assert np.nanmax(profile.symmetry) <= 1
    assert profile.overlap.min() >= 0
    assert profile.overlap.max() <= 1 + 1e-9


def test_unrelated_halves_are_not_symmetric():
    back, other = synthetic_back(), synthetic_back(seed=5)
    left = np.arange(128) < 64
    pair = prepare(Image(np.where(left, back.values, other.values)))
    assert abs(np.nanmedian(measure_profile(pair, truth(back, pair)).symmetry)) < 0.6


def test_the_outer_parts_speak_for_themselves():
    back, other = synthetic_back(), synthetic_back(seed=5)
    away = np.arange(128) - 64
    # alike on both sides within some pixels of the axis, strangers farther out
    pair = prepare(Image(np.where(away < -14, other.values, back.values)))
    profile = measure_profile(pair, truth(back, pair))
    assert np.nanmedian(profile.symmetry) > np.nanmedian(profile.outer) + 0.1
    assert np.nanmedian(measure_profile(on_grid(back), truth(back, on_grid(back))).outer) > 0.9


def test_the_sign_of_the_values_is_irrelevant():
    back = synthetic_back(noise=0.1)
    pair, negated = on_grid(back), on_grid(back, -1)
    one, other = (measure_profile(each, truth(back, pair)).symmetry for each in (pair, negated))
    np.testing.assert_allclose(one, other, atol=1e-5)


def test_beside_the_back_there_is_no_symmetry(back):
    pair = on_grid(back)
    profile = measure_profile(pair, truth(back, pair, 100.0))
    assert np.isnan(profile.symmetry).all()
    np.testing.assert_allclose(profile.overlap, 0, atol=1e-9)


def test_sides_are_uneven_where_one_is_cut_off_and_not_where_it_has_a_hole():
    values = np.where(np.arange(128) < 40, np.nan, synthetic_back().values)
    cut, whole = Image(values), synthetic_back()
    line = truth(whole, on_grid(whole))
    holed = Image(np.where((np.abs(np.arange(128) - 40) < 8) & (np.abs(np.arange(160)[:, None] - 80) < 8), np.nan, whole.values))
    assert measure_profile(on_grid(whole), line).unevenness.max() < 0.05
    assert measure_profile(on_grid(holed), line).unevenness.max() < 0.05
    pair = prepare(cut)
    assert np.median(measure_profile(pair, truth(whole, pair)).unevenness) > 0.2


def profile_of(symmetry):
    return Profile(np.asarray(symmetry, dtype=float), np.ones(len(symmetry)), np.ones(len(symmetry)), np.zeros(len(symmetry)))


def test_deviation_grows_with_the_posterior_and_with_asymmetry():
    posterior = np.array([1e-3, 2e-3, 1e-3])
    sd = deviation(posterior, profile_of([0.5, 0.5, 0.0]))
    assert sd[1] > sd[0]
    assert sd[2] > sd[0]
    assert np.all(np.diff(deviation(np.full(9, 1e-3), profile_of(np.linspace(-1, 1, 9)))) <= 0)


def test_deviation_is_never_0_and_always_known():
    sd = deviation(np.array([0.0, 1e-3, 1e-3]), profile_of([1.0, 1.0, np.nan]))
    assert np.all(sd > 0)
    assert sd[2] >= deviation(np.array([1e-3]), profile_of([0.3]))[0]


def test_a_line_may_be_off_by_as_much_as_it_would_be_moved():
    sd = deviation(np.full(2, 1e-4), profile_of([0.9, 0.9]), np.array([0.0, -0.02]))
    assert sd[0] < 0.001
    assert sd[1] == pytest.approx(0.02, rel=0.01)
