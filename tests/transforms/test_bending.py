"""The price of a curve, against finite differences."""

from dataclasses import replace

import numpy as np
import pytest

from symline.transforms.bending import Bending, Prices
from symline.transforms.straightening import Straightening


def straight(angle_deg, count=12, step=0.05):
    angle = np.deg2rad(angle_deg)
    nodes = np.arange(count)[:, None] * step * np.array([np.cos(angle), np.sin(angle)])
    return Straightening(nodes, np.full(count, angle))


@pytest.fixture
def slightly_bent():
    """Nearly even nodes, pairs nearly perpendicular: the expansion is about such curves."""
    random = np.random.default_rng(1)
    state = straight(20)
    nodes = state.nodes + 1e-4 * random.normal(size=state.nodes.shape)
    return Straightening(nodes, Bending(nodes).direction + 0.02 * random.normal(size=len(nodes)))


def moved(state, update):
    count = len(state.nodes)
    return replace(state, nodes=state.nodes + update[:count, None] * state.across, pair_angle=state.pair_angle + update[count:])


@pytest.mark.parametrize("angle_deg", [-60, 0, 25])
def test_a_straight_line_with_perpendicular_pairs_costs_nothing(angle_deg):
    state = straight(angle_deg)
    _, gradient, price = Bending(state.nodes).prior(state, Prices(1.0, 1.0, 1.0, 1.0))
    assert price == pytest.approx(0, abs=1e-12)
    np.testing.assert_allclose(gradient, 0, atol=1e-6)
    np.testing.assert_allclose(Bending(state.nodes).direction, np.deg2rad(angle_deg), atol=1e-12)


@pytest.mark.parametrize("prices", np.eye(4), ids=["bending", "unevenness", "slant", "twist"])
def test_the_gradient_is_half_the_derivative_of_the_price(slightly_bent, prices):
    _, gradient, _ = Bending(slightly_bent.nodes).prior(slightly_bent, Prices(*prices))
    numeric = np.empty_like(gradient)
    for index in range(len(gradient)):
        step = np.zeros_like(gradient)
        step[index] = 1e-6
        ahead, behind = (moved(slightly_bent, sign * step) for sign in (1, -1))
        numeric[index] = (
            Bending(ahead.nodes).prior(ahead, Prices(*prices))[2] - Bending(behind.nodes).prior(behind, Prices(*prices))[2]
        ) / 2e-6
    assert np.abs(2 * gradient - numeric).max() < 0.03 * np.abs(numeric).max()


@pytest.mark.parametrize("prices", [*np.eye(4), (0.1, 0.01, 0.2, 0.3)])
def test_the_matrix_is_the_change_of_the_gradient(slightly_bent, prices):
    matrix, gradient, _ = Bending(slightly_bent.nodes).prior(slightly_bent, Prices(*prices))
    np.testing.assert_allclose(matrix, matrix.T, atol=1e-9 * np.abs(matrix).max())
    assert np.linalg.eigvalsh(matrix).min() > -1e-9 * np.abs(matrix).max()
    update = 1e-5 * np.random.default_rng(0).normal(size=len(gradient))
    state = moved(slightly_bent, update)
    change = Bending(state.nodes).prior(state, Prices(*prices))[1] - gradient
    assert np.abs(matrix @ update - change).max() < 0.05 * np.abs(change).max()


def test_an_arc_is_even_and_an_s_is_not():
    along = np.linspace(-0.5, 0.5, 41)
    arc, s_shape = (np.stack([along, aside], axis=1) for aside in (0.1 * along**2, 0.2 * along**3))
    prices = [Bending(nodes).prior(Straightening(nodes, Bending(nodes).direction), Prices(0, 1, 0, 0))[2] for nodes in (arc, s_shape)]
    assert prices[0] < 0.05 * prices[1]
