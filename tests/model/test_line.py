"""A line that somebody gives."""

import numpy as np
import pytest

from symline.errors import InputError
from symline.model.line import Line


def test_a_line_keeps_what_it_was_given():
    points, angles, band = np.array([[0.0, 1.0], [2.0, 2.0]]), np.zeros(2), np.array([[0.0, 2.0], [1.0, 3.0]])
    line = Line(points, angles, band)
    for mine, its in zip((points, angles, band), (line.points, line.pair_angle, line.band), strict=True):
        mine += 5
        np.testing.assert_array_equal(its, mine - 5)
        with pytest.raises(ValueError, match="read-only"):
            its[0] = 0


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"points": np.zeros((1, 2))}, "shape .1, 2."),
        ({"points": np.array([[0.0, np.nan], [1.0, 0.0]])}, "not finite"),
        ({"points": np.array([[1.0, 0.0], [0.0, 0.0]])}, "rows do not increase"),
        ({"points": np.array([[0.0, 0.0], [2.0, 0.0]]), "pair_angle": np.zeros(3)}, "3 pair angles for 2 points"),
        ({"points": np.array([[0.0, 0.0], [2.0, 0.0]]), "band": np.zeros(2)}, "its band has the shape .2,."),
        ({"points": np.array([[0.0, 0.0], [1.5, 0.0]])}, "the rows of the line span 1.5 px; 2 px or more are needed"),
        ({"points": np.array([[0.0, 0.0], [2.0, 0.0]]), "pair_angle": np.array([0.0, np.nan])}, "a pair angle is not finite"),
        (
            {"points": np.array([[0.0, 0.0], [2.0, 0.0]]), "spacing": (-1, 0)},
            "the pixel spacing is .-1, 0. mm",
        ),
    ],
)
def test_what_is_no_line_is_refused(given, message):
    with pytest.raises(InputError, match=message):
        Line(**given)
