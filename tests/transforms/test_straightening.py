"""Straightened coordinates and the working grid."""

import numpy as np
import pytest

from symline.model.pair import Pair
from symline.transforms.straightening import Straightening

NODES = np.array([[0.0, 0.0], [3.0, 4.0], [3.0, 9.0]])


def test_mirror_partners_lie_on_either_side_of_their_node():
    state = Straightening(NODES, np.array([0.0, 0.3, -0.5]))
    distances = np.array([0.1, 0.4])
    np.testing.assert_allclose((state.points(distances) + state.points(-distances)) / 2, NODES[:, None].repeat(2, axis=1))
    np.testing.assert_allclose(np.linalg.norm(state.points(distances) - NODES[:, None], axis=2), np.tile(distances, (3, 1)))


def test_axes_are_perpendicular_unit_vectors():
    state = Straightening(NODES, np.array([0.0, 0.3, -0.5]))
    np.testing.assert_allclose((state.across * state.along).sum(axis=1), 0, atol=1e-15)
    np.testing.assert_allclose(np.linalg.norm([state.across, state.along], axis=2), 1)
    np.testing.assert_allclose(state.across[0], [0, 1])
    assert state.across[1, 0] < 0, "the right partner is the higher one"


def test_arc_length():
    np.testing.assert_allclose(Straightening(NODES, np.zeros(3)).arc, [0, 5, 10])


@pytest.mark.parametrize(("nodes", "angles"), [(NODES[:1], np.zeros(1)), (NODES, np.zeros(2)), (NODES[:, :1], np.zeros(3))])
def test_refuses_shapes_that_do_not_match(nodes, angles):
    with pytest.raises(ValueError, match="need two or more nodes"):
        Straightening(nodes, angles)


def test_the_grid_and_the_image_are_reached_from_units_of_the_back():
    pair = Pair(np.arange(20.0).reshape(4, 5), np.ones((4, 5)), 10.0, (50.0, 70.0), (2.0, 3.0))
    points = np.array([[0.0, 0.0], [0.1, -0.2]])
    np.testing.assert_allclose(pair.to_grid(points), [[1.5, 2.0], [2.5, 0.0]])
    np.testing.assert_allclose(pair.from_grid(pair.to_grid(points)), points, atol=1e-12)
    np.testing.assert_allclose(pair.to_image(points), [[50, 70], [52, 64]])
    np.testing.assert_allclose(pair.from_image(pair.to_image(points)), points, atol=1e-12)


def test_a_point_that_is_not_there_has_no_partner():
    partners = Straightening(NODES, np.zeros(3)).partners(np.array([[np.nan, np.nan], [0.5, 0.5]]))
    assert np.isnan(partners[0]).all()
    assert np.isfinite(partners[1]).all()


def test_tangents_are_how_places_change():
    curve, step = Straightening(NODES, np.array([0.0, 0.3, -0.5])), 1e-6
    # between the samples of the curve, at which they jump
    at = np.array([[1.013, 0.4], [4.127, -0.7], [7.321, 0.2]])
    points, *tangents = curve.place_with_tangents(at)
    np.testing.assert_array_equal(points, curve.place(at))
    for direction, tangent in enumerate(tangents):
        offset = step * np.eye(2)[direction]
        np.testing.assert_allclose((curve.place(at + offset) - curve.place(at - offset)) / (2 * step), tangent, atol=1e-6)
