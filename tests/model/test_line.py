"""A line that somebody gives."""

import numpy as np
import pytest

from symline.model.line import Line


def test_a_line_keeps_what_it_was_given():
    points, angles, band = np.array([[0.0, 1.0], [1.0, 2.0]]), np.zeros(2), np.array([[0.0, 2.0], [1.0, 3.0]])
    line = Line(points, angles, band)
    for mine, its in zip((points, angles, band), (line.points, line.pair_angle, line.band), strict=True):
        mine += 5
        np.testing.assert_array_equal(its, mine - 5)
        with pytest.raises(ValueError, match="read-only"):
            its[0] = 0
