"""The axis of the outline."""

from dataclasses import replace

import numpy as np
import pytest

from symline.model.refinement import WORSE
from symline.stages.moments import Moments, principal_angle
from symline.transforms.affine import Affine
from tests.conftest import synthetic_back
from tests.stages.conftest import on_grid


def axis(mirror):
    """Angle of a reflection's axis to the vertical, degrees."""
    return np.rad2deg(np.arctan2(mirror.matrix[0, 1], mirror.matrix[0, 0])) / 2


@pytest.mark.parametrize("shape", [(160, 160), (300, 300)])
@pytest.mark.parametrize("tilt", [-40, -15, 6, 30])
def test_recovers_the_axis_of_a_whole_outline(shape, tilt):
    back = synthetic_back(shape, tilt=tilt, noise=0.01, size=0.65)  # nothing is cut off
    pair = on_grid(back)
    found = Moments()(pair, Affine.reflection())
    assert found.trace.converged
    assert axis(found.transform) == pytest.approx(tilt, abs=0.2)
    middle = pair.from_image((np.array(shape) - 1) / 2)
    np.testing.assert_allclose(found.transform.partners(middle), middle, atol=0.2 / pair.resolution)


def test_the_values_are_not_weighed():
    back = synthetic_back((160, 160), tilt=10)
    one, other = (Moments()(on_grid(back, sign), Affine.reflection()) for sign in (1, -1))
    np.testing.assert_array_equal(one.transform.matrix, other.transform.matrix)


def test_a_start_that_is_better_is_kept():
    back = synthetic_back((160, 128), noise=0.01)
    back.values[:, 90:] = np.nan
    pair = on_grid(back)
    row, col = pair.from_image(np.array([79.5, 63.5]))
    initial = Affine.reflection((float(row), float(col)))
    found = Moments()(pair, initial)
    assert found.transform is initial
    assert not found.trace.converged
    assert found.trace.why == WORSE


def test_a_round_outline_has_no_long_axis():
    row, col = np.indices((120, 120)) - 59.5
    values = np.where(np.hypot(row, 1.05 * col) < 50, np.cos(col / 9) * (1 + row / 60), np.nan)
    pair = on_grid(replace(synthetic_back(), values=values))
    assert principal_angle(pair)[1] < 1.1
    found = Moments()(pair, Affine.reflection((0.0, 0.1)))
    assert axis(found.transform) == 0
    assert not found.trace.converged
    assert "no clear long axis (1.05 times as long as wide)" in found.trace.why
