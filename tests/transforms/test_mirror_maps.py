"""What every mirror map does with points: known reflections, involution, and the midline that its pairs have."""

import numpy as np
import pytest

from symline.errors import RegistrationError
from symline.transforms.affine import Affine
from symline.transforms.dense import DenseMirror, Displacement
from symline.transforms.midpoints import straighten
from symline.transforms.moving import see
from symline.transforms.straightening import Straightening
from tests.conftest import synthetic_back
from tests.stages.conftest import errors, on_grid, truth

BACK = synthetic_back(midline=lambda row: 63.5 + 6 * np.sin(row / 40))
PAIR = on_grid(BACK)
POINTS = np.random.default_rng(0).uniform(-0.4, 0.4, (500, 2))


def bent():
    along = np.linspace(-0.7, 0.7, 57)
    nodes = np.stack([along, 0.1 * np.sin(3 * along)], axis=1)
    return Straightening(nodes, np.arctan(0.3 * np.cos(3 * along)))


def wavy(size=0.01):
    rows, cols = PAIR.fixed.shape
    wave = np.sin(np.linspace(0, 3, rows))[:, None] * np.cos(np.linspace(0, 4, cols))
    return Displacement(size * np.stack([wave, -wave], axis=-1), PAIR.resolution)


@pytest.mark.parametrize("mirror", [Affine.reflection(), Affine.reflection((0.1, -0.05), 0.3), bent()], ids=["vertical", "tilted", "bent"])
def test_reflections_are_involutions(mirror):
    np.testing.assert_allclose(mirror.partners(mirror.partners(POINTS)), POINTS, atol=1e-6)


def test_a_reflection_keeps_its_axis_and_swaps_sides():
    mirror = Affine.reflection((0.1, -0.05), np.deg2rad(30))
    along, right = np.array([np.cos(np.pi / 6), 0.5]), np.array([-0.5, np.cos(np.pi / 6)])
    np.testing.assert_allclose(mirror.partners((0.1, -0.05) + 0.4 * along), (0.1, -0.05) + 0.4 * along, atol=1e-12)
    np.testing.assert_allclose(mirror.partners((0.1, -0.05) + 0.2 * right), (0.1, -0.05) - 0.2 * right, atol=1e-12)


def test_affine_maps_compose_and_invert():
    first, then = Affine(np.array([[1.1, 0.2], [-0.1, 0.9]]), np.array([0.1, 0.2])), Affine.reflection((0.2, 0.1), 0.4)
    np.testing.assert_allclose((then @ first)(POINTS), then(first(POINTS)))
    np.testing.assert_allclose((~first)(first(POINTS)), POINTS, atol=1e-12)
    about = Affine.about(np.array([0.3, 0.1]), first.matrix, np.array([0.01, 0.02]))
    np.testing.assert_allclose(about(np.array([0.3, 0.1])), [0.31, 0.12])


def test_place_and_locate_undo_each_other():
    curve = bent()
    located = curve.locate(POINTS)
    assert np.isfinite(located).all()
    np.testing.assert_allclose(curve.place(located), POINTS, atol=1e-6)
    np.testing.assert_allclose(curve.locate(curve.nodes)[:, 1], 0, atol=1e-6)


def test_points_at_the_centre_of_curvature_have_no_partner():
    turn = np.linspace(-1, 1, 41)
    tight = Straightening(0.2 * np.stack([np.sin(turn), 1 - np.cos(turn)], axis=1), turn)
    assert np.isnan(tight.partners(np.array([[0.0, 0.19]]))).all()
    assert np.isfinite(tight.partners(np.array([[0.0, 0.1]]))).all()


def test_a_displacement_moves_points_before_they_are_reflected():
    shift = Displacement(np.full((*PAIR.fixed.shape, 2), (0.02, -0.01)), PAIR.resolution)
    np.testing.assert_allclose(DenseMirror(Affine.reflection(), shift).partners(POINTS), (POINTS + np.array([0.02, -0.01])) * (1, -1))


def test_in_the_true_mirror_the_back_looks_like_itself():
    curve = truth(BACK, PAIR)
    level = Straightening(curve.nodes, np.zeros(len(curve.nodes)))  # this back is mirrored along its rows
    moving, coverage = see(PAIR, level)
    both = (coverage > 0.9) & (PAIR.coverage > 0.9)
    assert both.mean() > 0.3
    assert np.corrcoef(moving[both], PAIR.fixed[both])[0, 1] > 0.98
    assert (moving[coverage == 0] == 0).all()


def test_the_midline_of_a_curved_map_is_its_curve():
    curve = truth(BACK, PAIR)
    level = Straightening(curve.nodes, np.zeros(len(curve.nodes)))
    assert straighten(level, PAIR) is level
    found = straighten(DenseMirror(level, Displacement(np.zeros((*PAIR.fixed.shape, 2)), PAIR.resolution)), PAIR)
    assert np.quantile(errors(found, BACK, PAIR), 0.95) < 0.3
    assert np.abs(found.pair_angle[3:-3]).max() < 0.02


def test_a_region_matched_wrongly_does_not_move_the_midline():
    vectors = np.zeros((*PAIR.fixed.shape, 2))
    rows, cols = PAIR.fixed.shape
    vectors[rows // 3 : rows // 2, cols * 2 // 3 :] = (0.05, 0.08)
    found = straighten(DenseMirror(Affine.reflection(), Displacement(vectors, PAIR.resolution)), PAIR)
    assert np.abs(found.nodes[:, 1]).max() < 0.005


def test_a_glide_reflection_has_its_axis_as_midline():
    glide = Affine(np.diag([1.0, -1.0]), np.array([0.05, 0.1]))
    found = straighten(glide, PAIR)
    np.testing.assert_allclose(found.nodes[:, 1], 0.05, atol=5e-4)


def test_a_map_without_pairs_on_the_back_has_no_midline():
    with pytest.raises(RegistrationError, match="hardly any pixel has a mirror partner"):
        straighten(Affine.reflection((0.0, 3.0)), PAIR)


def test_displacements_and_affine_maps_refuse_other_shapes():
    with pytest.raises(ValueError, match="need the shape"):
        Displacement(np.zeros((4, 5)), 10.0)
    with pytest.raises(ValueError, match="matrix of an affine map"):
        Affine(np.zeros((3, 3)), np.zeros(2))
    assert wavy().vectors.flags.writeable is False
    assert PAIR.points.shape == (*PAIR.fixed.shape, 2)
