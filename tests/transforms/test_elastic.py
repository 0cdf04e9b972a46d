"""Elastic mirror maps: involutions that do not fold and keep their midline."""

import numpy as np
import pytest

from symline.transforms.elastic import ElasticMirror, Velocity
from symline.transforms.straightening import Straightening

POINTS = np.random.default_rng(0).uniform(-0.45, 0.45, (800, 2))
ALONG = np.linspace(-0.7, 0.7, 57)
CURVE = Straightening(np.stack([ALONG, 0.08 * np.sin(3 * ALONG)], axis=1), np.arctan(0.24 * np.cos(3 * ALONG)))


def velocity(size=0.01):
    return Velocity(size * np.random.default_rng(1).normal(size=(2, 13, 6)), 0.15, 0.05)


def test_the_partner_of_the_partner_is_the_point():
    mirror = ElasticMirror(CURVE, velocity())
    there = mirror.partners(POINTS)
    assert np.quantile(np.linalg.norm(there - CURVE.partners(POINTS), axis=1), 0.9) > 0.005
    error = np.linalg.norm(mirror.partners(there) - POINTS, axis=1)
    assert np.quantile(error, 0.99) < 2e-4  # 0.07 px where L is 340 px
    assert error.max() < 5e-4


def test_points_of_the_midline_are_their_own_partners():
    np.testing.assert_allclose(ElasticMirror(CURVE, velocity()).partners(CURVE.nodes), CURVE.nodes, atol=1e-6)


def test_without_velocity_it_is_the_reflection_of_its_coordinates():
    np.testing.assert_allclose(ElasticMirror(CURVE, velocity(0)).partners(POINTS), CURVE.partners(POINTS), atol=1e-9)


def test_a_flow_backwards_undoes_the_flow():
    flow = velocity()
    np.testing.assert_allclose(flow.flow(flow.flow(POINTS, 1.0), -1.0), POINTS, atol=1e-5)


def test_a_grid_drifts_as_its_points_do():
    flow, s, t = velocity(), np.linspace(-0.5, 2.1, 30), np.linspace(-1.0, 1.1, 20)
    points = np.stack(np.meshgrid(s, t, indexing="ij"), axis=-1)
    np.testing.assert_allclose(flow.flow(points, 1.5, flow.on_grid(s, t)), flow.flow(points, 1.5), atol=1e-12)


def test_reflection_turns_the_flow_around():
    flow, swap = velocity(), (1.0, -1.0)
    np.testing.assert_allclose(flow.flow(POINTS * swap, 1.0), flow.flow(POINTS, -1.0) * swap, atol=1e-12)


@pytest.mark.parametrize("size", [0.01, 0.03])
def test_nothing_folds(size):
    step = 1e-3
    mirror = ElasticMirror(CURVE, velocity(size))
    here, down, right = (mirror.partners(POINTS + offset) for offset in ((0, 0), (step, 0), (0, step)))
    by_row, by_col = (down - here) / step, (right - here) / step
    assert (by_row[:, 0] * by_col[:, 1] - by_row[:, 1] * by_col[:, 0]).max() < -0.05, "a reflection that folds nowhere is negative"
