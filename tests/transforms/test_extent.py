"""Where a curve begins and ends on the back."""

from dataclasses import replace

import numpy as np
import pytest

from symline.model.pair import Pair
from symline.transforms.extent import fit_extent
from symline.transforms.straightening import Straightening

RESOLUTION, SPACING = 150.0, 0.025
#: Half the height and width of the back, in L; its middle is the origin.
HALF = 0.5


def back(half=HALF):
    """A square back without relief, whose outline cuts through working pixels."""
    edge = np.clip(half * RESOLUTION + 0.5 - np.abs(np.arange(-110, 111)), 0, 1)
    coverage = np.outer(edge, edge).astype(np.float32)
    return Pair(coverage * 0, coverage, RESOLUTION, (0.0, 0.0), (1.0, 1.0))


def arc(first, last, count):
    """A curve bent to one side, with pairs along its perpendiculars."""
    row = np.linspace(first, last, count)
    return Straightening(np.stack([row, 0.1 * row**2], axis=1), np.arctan(0.2 * row))


@pytest.mark.parametrize(("first", "last"), [(-0.55, 0.55), (-0.45, 0.45), (-0.42, 0.58)])
def test_a_curve_begins_and_ends_on_the_outline(first, last):
    fitted = fit_extent(arc(first, last, 30), back(), SPACING)
    # the softened outline is a little wider than a working pixel, and a curve is on the back when it is behind that
    np.testing.assert_allclose(fitted.nodes[[0, -1], 0], [-HALF + 0.016, HALF - 0.016], atol=0.003)
    np.testing.assert_allclose(np.diff(fitted.arc), SPACING, rtol=0.03)


@pytest.mark.parametrize("other", [arc(-0.6, 0.52, 57), arc(-0.49, 0.47, 39)], ids=["longer", "shorter"])
def test_only_the_course_of_a_curve_counts(other):
    one, same = fit_extent(arc(-0.55, 0.55, 45), back(), SPACING), fit_extent(other, back(), SPACING)
    assert np.abs(same.nodes - one.nodes).max() * RESOLUTION < 0.05
    assert np.abs(same.pair_angle - one.pair_angle).max() < 0.01


def test_a_second_time_changes_nothing():
    once = fit_extent(arc(-0.45, 0.52, 45), back(), SPACING)
    twice = fit_extent(once, back(), SPACING)
    assert np.abs(twice.nodes - once.nodes).max() * RESOLUTION < 0.02


@pytest.mark.parametrize("by", [0.1, 0.4, 0.9])
def test_the_ends_move_with_the_outline_in_no_steps(by):
    """By a part of a working pixel."""
    before, after = (fit_extent(arc(-0.55, 0.55, 45), back(HALF + add / RESOLUTION), SPACING).nodes for add in (0.0, by))
    np.testing.assert_allclose((after - before)[[0, -1], 0] * RESOLUTION, [-by, by], atol=0.15)


def test_a_straight_line_needs_two_nodes():
    fitted = fit_extent(Straightening(np.array([[-0.3, 0.1], [0.3, 0.1]]), np.zeros(2)), back(), SPACING)
    np.testing.assert_allclose(fitted.nodes[:, 1], 0.1)
    assert fitted.nodes[0, 0] == pytest.approx(-0.4)  # it is not carried on without end


def test_a_curve_beside_the_back_keeps_its_ends():
    beside = arc(-0.5, 0.5, 45)
    beside = Straightening(beside.nodes + np.array([0.0, 2.0]), beside.pair_angle)
    np.testing.assert_allclose(fit_extent(beside, back(), SPACING).nodes[[0, -1]], beside.nodes[[0, -1]])


def test_a_hole_under_the_curve_does_not_end_it():
    whole = back()
    coverage = whole.coverage.copy()
    coverage[90:130, 95:125] = 0
    holed = replace(whole, coverage=coverage)
    curve = arc(-0.55, 0.55, 45)
    np.testing.assert_allclose(fit_extent(curve, holed, SPACING).nodes, fit_extent(curve, whole, SPACING).nodes)


@pytest.mark.parametrize(("width", "is_filled"), [(0.1, True), (0.3, False)])
def test_a_narrow_notch_is_no_end(width, is_filled):
    """A curve that runs up a gap between two flanks."""
    pair = back()
    row, col = np.indices(pair.coverage.shape) - 110
    coverage = np.where((row < -0.2 * RESOLUTION) & (np.abs(col) < width / 2 * RESOLUTION), 0, pair.coverage)
    straight = Straightening(np.stack([np.linspace(-0.45, 0.45, 37), np.zeros(37)], axis=1), np.zeros(37))
    top = fit_extent(straight, replace(pair, coverage=coverage), SPACING).nodes[0, 0]
    assert top == pytest.approx(-HALF if is_filled else -0.2, abs=0.03)
