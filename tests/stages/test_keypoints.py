"""The line midway between keypoints that mirror each other."""

from dataclasses import replace

import numpy as np
import pytest

from symline.errors import RegistrationError
from symline.numerics.mirror_matches import DETECTORS
from symline.stages.keypoints import Keypoints, _Axis
from symline.transforms.affine import Affine
from tests.conftest import synthetic_back
from tests.stages.conftest import errors, on_grid

START = Affine.reflection((0.1, 0.2), 0.3)


@pytest.mark.parametrize("detector", DETECTORS)
@pytest.mark.parametrize("tilt", [-25, 0, 18])
def test_finds_a_straight_axis(detector, tilt):
    back = synthetic_back((240, 240), tilt=tilt, noise=0.02)
    pair = on_grid(back)
    found = Keypoints(detector=detector)(pair, START).transform
    chord = found.nodes[-1] - found.nodes[0]
    assert np.rad2deg(np.arctan2(chord[1], chord[0])) == pytest.approx(tilt, abs=1)
    assert np.rad2deg(np.median(found.pair_angle)) == pytest.approx(tilt, abs=1)
    assert np.median(errors(found, back, pair)) < 1


@pytest.mark.parametrize("sign", [1, -1], ids=["furrow", "ridge"])
@pytest.mark.parametrize("detector", DETECTORS)
def test_finds_a_gently_curved_line(detector, sign):
    back = synthetic_back((300, 240), lambda row: 119.5 + 9 * np.sin(row / 70), noise=0.02)
    pair = on_grid(back, sign)
    found = Keypoints(detector=detector)(pair, START)
    assert np.median(errors(found.transform, back, pair)) < 3
    assert all(0 <= value <= 1 for value in found.trace.metric[0])


def test_a_side_cut_away_does_not_draw_the_line():
    back = synthetic_back((240, 200), noise=0.02)
    back.values[:, 140:] = np.nan
    pair = on_grid(back)
    assert np.median(errors(Keypoints()(pair, START).transform, back, pair)) < 1


def test_the_axis_of_one_pair_and_how_far_others_are_off():
    axis = _Axis.from_estimate(np.array([[0.1, -0.3, 0.1, 0.1]]))
    np.testing.assert_allclose(axis.point, (0.1, -0.1))
    assert axis.angle == 0
    others = np.array([[0.5, -0.2, 0.5, 0.0], [0.5, -0.2, 0.5, 0.1], [0.4, -0.2, 0.5, 0.0]])
    np.testing.assert_allclose(axis.residuals(others), (0, 0.05, 0.05), atol=1e-12)
    tilted = _Axis.from_estimate(np.array([[0.1, -0.1, -0.1, 0.1]]))
    assert np.rad2deg(tilted.angle) == pytest.approx(45)


def test_too_few_keypoints_are_an_error():
    row, col = np.indices((120, 100))
    ramp = on_grid(replace(synthetic_back(), values=row + 0.5 * col))
    with pytest.raises(
        RegistrationError, match="only 0 keypoints have a mirror partner; at least 8 are needed; use another detector"
    ) as raised:
        Keypoints()(ramp, START)
    assert raised.value.reason == "no_symmetry"


def test_pairs_that_do_not_agree_are_an_error():
    noise = np.random.default_rng(0).normal(size=(200, 160))
    pair = on_grid(replace(synthetic_back(), values=noise))
    with pytest.raises(RegistrationError, match="pairs of keypoints agree on an axis; at least 30 are needed"):
        Keypoints(tolerance=0.005, fewest=30)(pair, START)
