"""From the curve found to one point for each row."""

import numpy as np
import pytest

from symline.errors import RegistrationError
from symline.measures.profile import measure_profile
from symline.measures.tracing import straight_axis, trace_midline
from symline.model.image import Image
from symline.model.midline import Midline
from symline.stages.prepare import prepare
from symline.transforms.straightening import Straightening
from tests.conftest import synthetic_back
from tests.stages.conftest import truth

BACK = synthetic_back(midline=lambda row: 63.5 + 4 * np.sin(row / 40))


def traced(values, aside=0.0, spacing=None, sd=0.01):
    image = Image(values, spacing=spacing)
    pair = prepare(image)
    found = truth(BACK, pair, aside)
    return trace_midline(image, pair, found, measure_profile(pair, found), np.full(len(found.nodes), sd))


def test_one_point_a_row_on_the_true_line_from_rim_to_rim():
    line = traced(BACK.values)
    np.testing.assert_array_equal(np.diff(line.rows), 1)
    np.testing.assert_allclose(line.cols, BACK.col(line.rows), atol=0.05)
    inside = np.isfinite(BACK.values[line.rows.astype(int), np.rint(line.cols).astype(int)])
    assert inside.all()
    assert line.rows[0] == np.flatnonzero(np.isfinite(BACK.values).any(axis=1))[0]
    assert line.rows[-1] == np.flatnonzero(np.isfinite(BACK.values).any(axis=1))[-1]


def test_a_hole_does_not_interrupt_the_line():
    values = BACK.values.copy()
    values[60:80, 50:80] = np.nan
    np.testing.assert_array_equal(traced(values).rows, traced(BACK.values).rows)


def test_the_deviation_is_in_columns():
    line = traced(BACK.values)
    size = np.sqrt(np.isfinite(BACK.values).sum())
    assert np.median(line.sd) == pytest.approx(0.01 * size, rel=0.1)


def test_a_line_beside_the_back_is_an_error():
    with pytest.raises(RegistrationError, match="hardly touches the back") as raised:
        traced(BACK.values, aside=100.0)
    assert raised.value.reason == "little_overlap"


def test_a_line_that_turns_back_up_has_one_point_a_row():
    image = Image(BACK.values)
    pair = prepare(image)
    angle = np.linspace(-0.5, np.pi + 0.3, 30)
    hook = np.column_stack([0.3 * np.sin(angle), 0.15 * np.cos(angle)])
    found = Straightening(np.vstack([[-0.5, 0.15], [-0.3, 0.15], hook]), np.zeros(32))
    line = trace_midline(image, pair, found, measure_profile(pair, found), np.zeros(32))
    np.testing.assert_array_equal(np.diff(line.rows), 1)
    assert np.isfinite(line.cols).all()


@pytest.mark.parametrize("degrees", [-60, -15, 0, 7, 45])
@pytest.mark.parametrize("spacing", [None, (2.0, 2.0), (1.0, 2.5)])
def test_the_straight_axis_of_a_straight_line(degrees, spacing):
    row, col = spacing or (1.0, 1.0)
    rows = np.arange(20.0, 61.0)
    cols = 50 + np.tan(np.deg2rad(degrees)) * (rows - 40) * row / col
    nothing = np.zeros(len(rows))
    axis = straight_axis(Midline(np.column_stack([rows, cols]), nothing, nothing, nothing, spacing))
    assert np.rad2deg(axis.angle) == pytest.approx(degrees, abs=1e-6)
    assert axis.point == pytest.approx((40, 50))
