"""Difference matrices and the natural spline."""

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

from symline.numerics.differences import first_difference, natural_spline, second_difference


@pytest.mark.parametrize("count", [3, 4, 9])
def test_derivatives_of_a_line_are_exact(count):
    line = 3 + 2 * 0.25 * np.arange(count)
    np.testing.assert_allclose(first_difference(count, 0.25) @ line, 2)
    np.testing.assert_allclose(second_difference(count, 0.25) @ line, 0, atol=1e-12)


def test_derivatives_of_a_parabola_are_exact_inside():
    x = 0.5 * np.arange(8)
    np.testing.assert_allclose((first_difference(8, 0.5) @ x**2)[1:-1], 2 * x[1:-1])
    np.testing.assert_allclose(second_difference(8, 0.5) @ x**2, 2)


@pytest.mark.parametrize("count", [3, 4, 5, 30])
def test_the_spline_is_scipys_natural_one(count):
    values = np.random.default_rng(count).normal(size=(count, 2))
    at = np.linspace(0, count - 1, 101)
    np.testing.assert_allclose(natural_spline(values, at), CubicSpline(np.arange(count), values, bc_type="natural")(at), atol=1e-12)


def test_the_spline_passes_through_its_nodes():
    values = np.random.default_rng(0).normal(size=12)
    np.testing.assert_allclose(natural_spline(values, np.arange(12.0)), values, atol=1e-12)


def test_the_spline_is_straight_beyond_its_ends():
    values = np.random.default_rng(0).normal(size=6)
    spline = CubicSpline(np.arange(6), values, bc_type="natural")
    np.testing.assert_allclose(natural_spline(values, np.array([-3.0, -0.5])), values[0] + np.array([-3, -0.5]) * spline(0, 1), atol=1e-12)
    np.testing.assert_allclose(natural_spline(values, np.array([5.5, 9.0])), values[-1] + np.array([0.5, 4]) * spline(5, 1), atol=1e-12)


def test_the_spline_is_exact_on_a_line():
    at = np.linspace(-4, 12, 33)
    line = np.arange(8)[:, None] * np.array([2.0, -1.0]) + 5
    np.testing.assert_allclose(natural_spline(line, at), at[:, None] * np.array([2.0, -1.0]) + 5, atol=1e-12)
