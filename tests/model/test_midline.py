"""The midline's geometry, in pixels and in millimetres."""

import numpy as np
import pytest

from symline.model.midline import Midline


def midline(rows, cols, spacing=None, **columns):
    given = {name: np.zeros(len(rows)) for name in ("pair_angle", "symmetry", "sd")} | columns
    return Midline(np.column_stack([rows, cols]), **given, spacing=spacing)


@pytest.mark.parametrize(("spacing", "angle", "length"), [(None, 45, 9 * 2**0.5), ((2.0, 2.0), 45, 18 * 2**0.5), ((1.0, 3**0.5), 60, 18)])
def test_a_slanted_line(spacing, angle, length):
    line = midline(np.arange(5, 15), np.arange(10) + 3, spacing)
    np.testing.assert_allclose(np.rad2deg(line.tangent), angle)
    assert line.arc[0] == 0
    assert line.arc[-1] == pytest.approx(length)
    np.testing.assert_allclose(line.curvature, 0, atol=1e-12)


def test_curvature_of_a_circle_in_mm():
    rows = np.arange(-100.0, 101.0)
    line = midline(rows, (300**2 - (rows * 0.5) ** 2) ** 0.5 / 0.5, (0.5, 0.5))
    np.testing.assert_allclose(line.curvature[2:-2], -1 / 300, rtol=1e-3)


def test_the_band_holds_95_percent():
    line = midline(np.arange(3), [5.0, 6.0, 7.0], sd=np.array([1.0, 2.0, 0.0]))
    np.testing.assert_allclose(line.high - line.low, 2 * 1.959964 * line.sd, rtol=1e-6)
    np.testing.assert_allclose((line.high + line.low) / 2, line.cols)


@pytest.mark.parametrize("spacing", [None, (1.5, 1.5), (2.0, 0.5)])
def test_partners_lie_at_equal_distances(spacing):
    line = midline(np.arange(4), np.full(4, 20.0), spacing, pair_angle=np.full(4, 0.3))
    scale = np.array(line.scale)
    left, right = (np.array(point) for point in line.partners(2, 6.0))
    np.testing.assert_allclose((left + right) / 2, line.points[2])
    across = (right - left) * scale
    assert np.hypot(*across) == pytest.approx(12)
    assert np.arctan2(-across[0], across[1]) == pytest.approx(0.3)


def test_partners_of_a_perpendicular_pair_angle_stand_at_right_angles_to_the_line():
    line = midline(np.arange(6), 0.4 * np.arange(6))
    line = midline(line.rows, line.cols, pair_angle=line.tangent)
    left, right = line.partners(3, 2.0)
    assert np.dot(np.subtract(right, left), np.diff(line.points, axis=0)[3]) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("rows", [[3], [3, 5, 6], [3, 2, 1], [0.0, 0.5, 1.0]])
def test_refuses_rows_that_are_not_consecutive(rows):
    with pytest.raises(ValueError, match=r"two or more points .* consecutive rows"):
        midline(np.array(rows, dtype=float), np.zeros(len(rows)))


@pytest.mark.parametrize("name", ["pair_angle", "symmetry", "sd"])
def test_refuses_columns_of_another_length(name):
    with pytest.raises(ValueError, match=f"{name} has 2 values; the midline has 4 points"):
        midline(np.arange(4), np.zeros(4), **{name: np.zeros(2)})


def test_arrays_are_read_only():
    with pytest.raises(ValueError, match="read-only"):
        midline(np.arange(4), np.zeros(4)).points[0, 0] = 1
