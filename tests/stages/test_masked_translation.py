"""The straight axis by masked correlation."""

from itertools import pairwise

import numpy as np
import pytest

from symline.errors import RegistrationError
from symline.stages.masked_translation import MaskedTranslation
from symline.transforms.affine import Affine
from symline.transforms.copies import soften
from symline.transforms.disagreement import disagreement
from tests.conftest import synthetic_back
from tests.stages.conftest import on_grid


def reflection(back, pair, tilt=0.0, aside=0.0):
    """The known reflection of a straight back, its axis moved aside by some px."""
    middle = (np.array(back.values.shape) - 1) / 2 + (0, aside)
    point = pair.from_image(middle)
    return Affine.reflection((float(point[0]), float(point[1])), np.deg2rad(tilt))


def apart(found, true, pair):
    """How far partners lie from where they should, in px of the image."""
    points = pair.from_grid(np.argwhere(pair.coverage > 0.5)[::20])
    return np.linalg.norm(pair.to_image(found.partners(points)) - pair.to_image(true.partners(points)), axis=1)


@pytest.mark.parametrize("is_cut", [False, True], ids=["whole", "cut"])
@pytest.mark.parametrize("shape", [(160, 128), (300, 240), (420, 340)])
def test_recovers_a_shift(shape, is_cut):
    back = synthetic_back(shape, noise=0.01)
    if is_cut:
        back.values[:, int(0.72 * shape[1]) :] = np.nan
    pair = on_grid(back)
    true = reflection(back, pair)
    found = MaskedTranslation(largest_angle_deg=0.0)(pair, reflection(back, pair, aside=0.08 * shape[1]))
    assert found.trace.converged
    assert apart(found.transform, true, pair).max() < 0.05
    np.testing.assert_array_equal(found.transform.matrix, true.matrix)


@pytest.mark.parametrize("tilt", [-20, -7, 3, 19])
def test_recovers_a_tilted_axis(tilt):
    back = synthetic_back((240, 200), tilt=tilt, noise=0.01)
    back.values[:60, 150:] = np.nan
    pair = on_grid(back)
    found = MaskedTranslation()(pair, Affine.reflection())
    angle = np.rad2deg(np.arctan2(found.transform.matrix[0, 1], found.transform.matrix[0, 0])) / 2
    assert angle == pytest.approx(tilt, abs=0.05)
    assert np.median(apart(found.transform, reflection(back, pair, tilt), pair)) < 0.05


def test_an_axis_beyond_the_fan_is_reached_with_a_wider_one():
    back = synthetic_back((200, 200), tilt=38, noise=0.01)
    pair = on_grid(back)
    found = MaskedTranslation(largest_angle_deg=45.0)(pair, Affine.reflection())
    assert np.median(apart(found.transform, reflection(back, pair, 38), pair)) < 0.1


def test_the_fan_reaches_its_largest_turn():
    # 20 // 0.4 is 49
    np.testing.assert_allclose(np.rad2deg(MaskedTranslation(largest_angle_deg=20.0, angle_step_deg=0.4).turns[-2:]), [-20, 20])


def test_the_truth_stays():
    back = synthetic_back((200, 160), noise=0.01)
    pair = on_grid(back)
    true = reflection(back, pair)
    found = MaskedTranslation()(pair, true)
    assert found.trace.converged
    assert apart(found.transform, true, pair).max() < 0.05


def test_the_metric_falls_and_is_told_by_level():
    pair = on_grid(synthetic_back((160, 128), tilt=9, noise=0.05))
    trace = MaskedTranslation()(pair, Affine.reflection()).trace
    search, refinement = trace.metric
    assert all(after < before for before, after in pairwise(search))
    assert refinement[-1] <= refinement[0]


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_never_worse_than_the_start(seed):
    back = synthetic_back((160, 128), noise=2.0, seed=seed)
    pair, stage = on_grid(back), MaskedTranslation(overlap_power=0.0)
    initial = reflection(back, pair)
    found = stage(pair, initial)
    fine = soften(pair, stage.smoothing[-1])
    assert disagreement(fine, found.transform) <= disagreement(fine, initial) + 1e-3
    if not found.trace.converged:
        assert found.transform is initial


def test_an_axis_beside_the_back_is_an_error():
    pair = on_grid(synthetic_back((160, 128)))
    with pytest.raises(RegistrationError, match="nowhere does the mirror image overlap 30% of the back") as raised:
        MaskedTranslation(largest_shift=0.1)(pair, Affine.reflection((0.0, 2.0)))
    assert raised.value.reason == "little_overlap"


def test_a_back_with_small_holes_everywhere_keeps_its_axis():
    back = synthetic_back((160, 128), noise=0.01)
    back.values[np.random.default_rng(1).random(back.values.shape) < 0.05] = np.nan
    pair = on_grid(back)
    found = MaskedTranslation()(pair, reflection(back, pair, aside=8))
    assert apart(found.transform, reflection(back, pair), pair).max() < 1.0
