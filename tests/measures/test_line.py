"""Measures of lines whose shape is known in closed form."""

import numpy as np
import pytest

from symline.measures.line import NO_SPACING, measure_line
from symline.measures.line_shape import lateral_deviation
from symline.model.midline import Midline

ROWS = np.arange(40.0, 441.0)
HEIGHT = ROWS[-1] - ROWS[0]


def line(cols, spacing=None, rows=ROWS, sd=0.0):
    nothing = np.zeros(len(rows))
    return Midline(np.column_stack([rows, cols]), nothing, nothing, nothing + sd, spacing)


def wave(amplitude, periods, rows=ROWS):
    return 150 + amplitude * np.sin(2 * np.pi * periods * (rows - rows[0]) / (rows[-1] - rows[0]))


def ends(curves):
    return [row for curve in curves for row in (curve.upper_row, curve.lower_row)]


@pytest.mark.parametrize("slope", [-0.6, 0.0, 0.1])
def test_a_straight_line_only_leans(slope):
    found = measure_line(line(50 + slope * (ROWS - 200)))
    assert (found.apices, found.curves) == ((), ())
    assert found.measures["lateral_deviation_max_px"] == pytest.approx(0, abs=1e-9)
    assert found.measures["lateral_deviation_rms_px"] == pytest.approx(0, abs=1e-9)
    assert found.measures["curvature_max_per_px"] == pytest.approx(0, abs=1e-9)
    assert found.measures["tangent_angle_deg"] == 0
    assert found.measures["trunk_imbalance_px"] == pytest.approx(-slope * HEIGHT)
    assert found.measures["trunk_imbalance_deg"] == pytest.approx(-np.rad2deg(np.arctan(slope)))
    assert found.measures["length_px"] == pytest.approx(HEIGHT * np.hypot(1, slope))
    assert found.measures["chord_length_px"] == pytest.approx(HEIGHT * np.hypot(1, slope))


def arc(radius, rows=ROWS):
    """Bulges to the right between ends in one column."""
    middle, half = rows.mean(), (rows[-1] - rows[0]) / 2
    return 100 + np.sqrt(radius**2 - (rows - middle) ** 2) - np.sqrt(radius**2 - half**2)


@pytest.mark.parametrize("radius", [350.0, 800.0, 3000.0])
def test_a_circular_arc(radius):
    found = measure_line(line(arc(radius)))
    half_angle, sagitta = np.arcsin(HEIGHT / 2 / radius), radius - np.sqrt(radius**2 - (HEIGHT / 2) ** 2)
    assert found.measures["curvature_max_per_px"] == pytest.approx(-1 / radius, rel=0.01)
    assert found.measures["lateral_deviation_max_px"] == pytest.approx(sagitta, rel=1e-4)
    assert found.measures["tangent_angle_deg"] == pytest.approx(2 * np.rad2deg(half_angle), rel=2e-3)
    assert found.measures["length_px"] == pytest.approx(2 * radius * half_angle, rel=1e-4)
    assert found.measures["chord_length_px"] == pytest.approx(HEIGHT)
    assert found.measures["trunk_imbalance_px"] == pytest.approx(0, abs=1e-6)
    (apex,) = found.apices
    assert (apex.row, apex.percent, apex.side) == (pytest.approx(240), pytest.approx(50), "right")
    (curve,) = found.curves
    assert (curve.upper_row, curve.lower_row, curve.side) == (40, 440, "right")
    assert curve.apex_row == pytest.approx(240)


@pytest.mark.parametrize("amplitude", [3.0, -12.0, 25.0])
@pytest.mark.parametrize("periods", [1, 2])
def test_apices_and_curves_of_a_sinusoid(amplitude, periods):
    found = measure_line(line(wave(amplitude, periods)))
    halves = 2 * periods
    tops = ROWS[0] + HEIGHT * (np.arange(halves) + 0.5) / halves
    signs = np.sign(amplitude) * (-1.0) ** np.arange(halves)
    np.testing.assert_allclose([apex.row for apex in found.apices], tops, atol=0.05)
    np.testing.assert_allclose([apex.amplitude_px for apex in found.apices], signs * abs(amplitude), rtol=2e-3)
    np.testing.assert_allclose([apex.percent for apex in found.apices], 100 * (np.arange(halves) + 0.5) / halves, atol=0.05)
    sides = ["right" if sign > 0 else "left" for sign in signs]
    assert [apex.side for apex in found.apices] == sides
    assert [curve.side for curve in found.curves] == sides
    borders = ROWS[0] + HEIGHT * np.arange(halves + 1) / halves
    np.testing.assert_allclose(ends(found.curves), np.repeat(borders, 2)[1:-1], atol=0.5)
    np.testing.assert_allclose([curve.apex_row for curve in found.curves], tops, atol=0.5)
    steepest = np.arctan(2 * np.pi * periods * abs(amplitude) / HEIGHT)
    np.testing.assert_allclose([curve.angle_deg for curve in found.curves], 2 * np.rad2deg(steepest), rtol=0.01)
    assert found.measures["tangent_angle_deg"] == max(curve.angle_deg for curve in found.curves)
    assert found.measures["lateral_deviation_rms_px"] == pytest.approx(abs(amplitude) / np.sqrt(2), rel=5e-3)
    sharpest = abs(amplitude) * (2 * np.pi * periods / HEIGHT) ** 2
    assert abs(found.measures["curvature_max_per_px"]) == pytest.approx(sharpest, rel=0.04)


def test_the_largest_curve_is_the_primary_one():
    cols = 100 + np.where(ROWS < 190, 8 * np.sin(np.pi * (ROWS - 40) / 150), -8 * 250 / 150 * np.sin(np.pi * (ROWS - 190) / 250))
    found = measure_line(line(cols))
    angles = [curve.angle_deg for curve in found.curves]
    assert len(angles) == 2
    assert [curve.side for curve in found.curves] == ["right", "left"]
    assert found.measures["tangent_angle_deg"] == max(angles)
    assert found.measures["lateral_deviation_max_px"] == pytest.approx(-8 * 250 / 150, rel=2e-3)


CORNERS = [[0, 15], [0, 24], [0, 11, -11], [0, 12, -2, 9]]


def polygon(corners):
    """A line of straight pieces: its columns, and the row and the bend of each of its corners."""
    at = np.linspace(ROWS[0], ROWS[-1], len(corners) + 1)
    bends = np.diff(np.rad2deg(np.arctan2(np.diff([*corners, 0]), np.diff(at))))
    return np.interp(ROWS, at, [*corners, 0]), at[1:-1], bends


@pytest.mark.parametrize("corners", CORNERS)
def test_lines_of_straight_pieces_have_curves_about_their_corners(corners):
    """Drawn with a few points: where the line is straight, its tangent has no extremum to go by."""
    cols, rows, bends = polygon(corners)
    found = measure_line(line(cols)).curves
    # a cubic goes a little too far where it is fitted to a corner
    np.testing.assert_allclose([curve.angle_deg for curve in found], np.abs(bends), rtol=0.15)
    np.testing.assert_allclose([curve.apex_row for curve in found], rows, atol=1)
    assert [curve.side for curve in found] == ["left" if bend > 0 else "right" for bend in bends]


@pytest.mark.parametrize("corners", CORNERS)
def test_rounding_errors_of_straight_pieces_change_no_curve(corners):
    cols, _, _ = polygon(corners)
    angles = [curve.angle_deg for curve in measure_line(line(cols)).curves]
    shaken = measure_line(line(cols + np.random.default_rng(0).normal(0, 1e-9, len(cols)))).curves
    turned = measure_line(line(cols[::-1])).curves
    np.testing.assert_allclose([curve.angle_deg for curve in shaken], angles, atol=1e-5)
    np.testing.assert_allclose([curve.angle_deg for curve in turned][::-1], angles, atol=1e-5)


def test_steps_from_pixel_to_pixel_are_no_bends():
    found = measure_line(line(np.rint(150 + 0.1 * ROWS)))
    assert (found.apices, found.curves, found.measures["tangent_angle_deg"]) == ((), (), 0)


def test_positions_are_those_of_the_line_itself():
    """Only its derivatives are smoothed: a corner and a hook at the end stay where they are."""
    hooked = np.interp(ROWS, [40, 240, 430, 440], [150, 165, 150, 158])
    found = measure_line(line(hooked)).measures
    chord = 150 + 8 * (ROWS - 40) / HEIGHT
    assert found["lateral_deviation_max_px"] == pytest.approx((hooked - chord)[np.abs(hooked - chord).argmax()])
    assert found["lateral_deviation_rms_px"] == pytest.approx(np.sqrt(np.mean((hooked - chord) ** 2)))
    assert found["trunk_imbalance_px"] == pytest.approx(-8)


@pytest.mark.parametrize("spacing", [(1.3, 1.3), (2.0, 0.5), (0.5, 2.5)])
def test_mm_are_px_times_their_spacing(spacing):
    row, col = spacing
    amplitude = 12 / col
    found = measure_line(line(wave(amplitude, 1) + 0.05 * ROWS, spacing)).measures
    assert found["lateral_deviation_max_mm"] == pytest.approx(found["lateral_deviation_max_px"] * col)
    assert found["lateral_deviation_rms_mm"] == pytest.approx(12 / np.sqrt(2), rel=5e-3)
    assert found["trunk_imbalance_mm"] == pytest.approx(-0.05 * HEIGHT * col, rel=1e-3)
    assert found["trunk_imbalance_deg"] == pytest.approx(-np.rad2deg(np.arctan(0.05 * col / row)), rel=1e-3)
    assert found["chord_length_mm"] == pytest.approx(np.hypot(HEIGHT * row, 0.05 * HEIGHT * col))
    assert found["chord_length_px"] == pytest.approx(np.hypot(HEIGHT, 0.05 * HEIGHT))
    lean, steepness = 0.05 * col / row, 2 * np.pi * 12 / (HEIGHT * row)
    angle = np.rad2deg(np.arctan(lean + steepness) - np.arctan(lean - steepness))
    assert found["tangent_angle_deg"] == pytest.approx(angle, rel=5e-3)


def test_apices_are_given_in_mm_too():
    (upper, lower) = measure_line(line(wave(8.0, 1), (3.0, 2.0))).apices
    assert (upper.amplitude_mm, lower.amplitude_mm) == (pytest.approx(16, rel=1e-3), pytest.approx(-16, rel=1e-3))
    assert upper.amplitude_px == pytest.approx(8, rel=1e-3)


def test_without_spacing_there_are_no_mm_and_a_reason():
    found = measure_line(line(wave(8.0, 1)))
    in_mm = {name for name in found.measures if name.endswith("_mm")}
    assert len(in_mm) == 6
    assert {name for name, value in found.measures.items() if value is None} == in_mm
    assert found.missing == dict.fromkeys(in_mm, NO_SPACING)
    assert measure_line(line(wave(8.0, 1), (1.0, 1.0))).missing == {}
    assert all(apex.amplitude_mm is None for apex in found.apices)


SIGNED = ("lateral_deviation_max_px", "trunk_imbalance_px", "trunk_imbalance_deg", "curvature_max_per_px")


def test_a_mirrored_line_has_the_other_signs_and_sides():
    cols = arc(500.0) + 0.04 * ROWS + wave(4.0, 1.3)
    one, other = measure_line(line(cols)), measure_line(line(300 - cols))
    for name, value in one.measures.items():
        if value is not None:
            assert other.measures[name] == pytest.approx(-value if name in SIGNED else value)
    assert len(one.apices) == len(other.apices) > 0
    for mine, its in zip(one.apices, other.apices, strict=True):
        assert (its.row, its.amplitude_px) == (pytest.approx(mine.row), pytest.approx(-mine.amplitude_px))
        assert its.side != mine.side
    for mine, its in zip(one.curves, other.curves, strict=True):
        assert (its.upper_row, its.lower_row, its.angle_deg) == pytest.approx((mine.upper_row, mine.lower_row, mine.angle_deg))
        assert its.side != mine.side


def test_upside_down_what_was_above_is_below():
    cols = arc(500.0) + wave(6.0, 1)
    one, other = measure_line(line(cols)), measure_line(line(cols[::-1]))
    total = ROWS[0] + ROWS[-1]
    np.testing.assert_allclose([total - apex.row for apex in other.apices][::-1], [apex.row for apex in one.apices], atol=1e-6)
    np.testing.assert_allclose([total - row for row in ends(other.curves)][::-1], ends(one.curves), atol=1e-6)


def test_ripples_are_no_bends():
    ripple = 0.3 * np.sin(ROWS / 6)
    quiet, rippled = measure_line(line(wave(12.0, 1))), measure_line(line(wave(12.0, 1) + ripple))
    assert len(rippled.apices) == len(quiet.apices) == 2
    assert len(rippled.curves) == len(quiet.curves) == 2
    assert measure_line(line(150 + ripple)).apices == ()
    assert measure_line(line(150 + ripple)).curves == ()


def test_a_bend_within_the_band_does_not_count():
    cols = 150 + 1.2 * np.sin(2 * np.pi * (ROWS - 40) / HEIGHT)
    sure, unsure = measure_line(line(cols, sd=0.1)), measure_line(line(cols, sd=2.0))
    assert (len(sure.apices), len(sure.curves)) == (2, 2)
    assert (unsure.apices, unsure.curves, unsure.measures["tangent_angle_deg"]) == ((), (), 0)
    assert unsure.measures["lateral_deviation_max_px"] == sure.measures["lateral_deviation_max_px"]


def test_a_deviation_that_nobody_knows_counts_for_none():
    cols = wave(12.0, 1)
    assert measure_line(line(cols, sd=np.nan)).curves == measure_line(line(cols)).curves


def test_between_two_rows_only():
    whole = line(wave(12.0, 1))
    found = measure_line(whole, 40, 240)
    (apex,) = found.apices
    assert apex.row == pytest.approx(140, abs=0.05)
    assert apex.amplitude_px == pytest.approx(12, rel=2e-3)
    assert found.measures["chord_length_px"] == pytest.approx(200)
    assert measure_line(whole, -5, 9999).measures == measure_line(whole).measures
    deviation = lateral_deviation(whole, 39.5, 240.2)
    np.testing.assert_allclose(deviation[:201], whole.cols[:201] - 150, atol=0.02)
    assert np.isnan(deviation[201:]).all()


def test_the_deviation_of_each_row_is_in_px():
    leaning = line(wave(12.0, 1) + 0.1 * ROWS, (2.0, 3.0))
    np.testing.assert_allclose(lateral_deviation(leaning), wave(12.0, 1) - 150, atol=0.02)


@pytest.mark.parametrize("count", [3, 4, 5, 8])
def test_short_lines_are_measured(count):
    rows = np.arange(float(count))
    found = measure_line(line(5 + 2 * rows, rows=rows))
    assert found.measures["length_px"] == pytest.approx((count - 1) * np.sqrt(5))
    assert found.measures["lateral_deviation_max_px"] == pytest.approx(0, abs=1e-9)
    assert found.measures["trunk_imbalance_deg"] == pytest.approx(-np.rad2deg(np.arctan(2)))


def test_of_two_rows_nothing_is_known():
    whole = measure_line(line(wave(12.0, 1)))
    for found in (measure_line(line(np.array([5.0, 6.0]), rows=np.arange(2.0))), measure_line(line(wave(12.0, 1)), 100, 101)):
        assert found.measures == dict.fromkeys(whole.measures)
        assert set(found.missing) == set(whole.measures)
        assert (found.apices, found.curves) == ((), ())
    assert "hardly any of the line lies between the rows 100 and 101" in found.missing["length_px"]


def test_far_from_the_origin_nothing_changes():
    near, far = (measure_line(line(wave(12.0, 1) + aside)).measures for aside in (0, 1e6))
    # of two bends that are equally sharp, either may be named
    assert abs(far["curvature_max_per_px"]) == pytest.approx(abs(near["curvature_max_per_px"]), rel=1e-6)
