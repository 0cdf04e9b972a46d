"""The global search for the axis."""

import numpy as np
import pytest

from symline.errors import ConfigError, RegistrationError
from symline.model.image import Image
from symline.stages.path import PathSearch
from symline.stages.prepare import prepare
from tests.conftest import synthetic_back
from tests.stages.conftest import errors, on_grid, truth

#: In px of an image 200 px high: about one and a half pixels of the search's own grid.
NEAR = 5.0


@pytest.mark.parametrize("tilt", [-60, -40, -20, 0, 10, 30, 50, 60])
def test_finds_a_straight_axis(tilt):
    back = synthetic_back((200, 200), tilt=tilt, noise=0.05, seed=1)
    pair = on_grid(back)
    found = PathSearch()(pair, truth(back, pair, 30.0))
    assert np.median(errors(found.transform, back, pair)) < NEAR
    assert np.rad2deg(np.median(found.transform.pair_angle)) == pytest.approx(tilt, abs=5.1)


@pytest.mark.parametrize("sign", [1, -1])
def test_finds_a_curved_axis(sign):
    back = synthetic_back((200, 160), lambda row: 79.5 + 15 * np.sin(row / 40), noise=0.05)
    pair = on_grid(back, sign)
    found = PathSearch()(pair, truth(back, pair))
    assert errors(found.transform, back, pair).max() < 1.5 * NEAR


def test_one_axis_is_less_ambiguous_than_two_alike(back):
    single = np.nan_to_num(back.values, nan=0.0)
    twin = np.hstack([single, single])
    ambiguities = [PathSearch()(pair, truth(back, pair)).ambiguity for pair in (prepare(Image(single)), prepare(Image(twin)))]
    assert 0 <= ambiguities[0] < ambiguities[1] <= 1


def test_nothing_symmetric_is_an_error():
    pair = prepare(Image(np.indices((80, 80)).sum(axis=0) % 2))
    with pytest.raises(RegistrationError, match="no line of mirror symmetry") as raised:
        PathSearch()(pair, truth(synthetic_back((80, 80)), pair))
    assert raised.value.reason == "no_symmetry"


def test_a_fan_of_one_direction_is_refused():
    with pytest.raises(ConfigError, match=r"angle_step_deg: 15 is more than the largest angle, 10"):
        PathSearch(largest_angle_deg=10.0, angle_step_deg=15.0)


def test_the_fan_reaches_its_largest_angle():
    # 12.1 // 1.1 is 10
    np.testing.assert_allclose(np.rad2deg(PathSearch(largest_angle_deg=12.1, angle_step_deg=1.1).angles)[[0, -1]], [-12.1, 12.1])


def test_every_flatness_in_its_range_finds_the_axis(back):
    pair = on_grid(back)
    with pytest.raises(ConfigError, match="flatness: 0"):
        PathSearch(flatness=0.0)
    assert np.median(errors(PathSearch(flatness=1e-4)(pair, truth(back, pair)).transform, back, pair)) < NEAR
