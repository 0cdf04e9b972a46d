"""Straight registration from a metric's gradient: known maps come back, whatever the metric, the optimiser, the size and the mask."""

from dataclasses import replace

import numpy as np
import pytest

from symline.errors import ConfigError, RegistrationError
from symline.model.refinement import RAN_OUT, WORSE
from symline.numerics.matching import Matching
from symline.numerics.metrics import METRICS, make_metric
from symline.numerics.optimizers import OPTIMIZERS
from symline.numerics.pyramids import pyramid
from symline.stages.parametric import AffineStage, Rigid, Rotation, Similarity, StraightProblem, Translation, centre_and_radius
from symline.transforms.affine import Affine
from symline.transforms.families import FAMILIES, nearest_affine
from symline.transforms.moving import see
from symline.transforms.straightening import Straightening
from tests.stages.known_axes import known_axis, offset

STAGES = (Translation, Rotation, Rigid, Similarity, AffineStage)
CHOICES = [(m, o) for m, kind in METRICS.items() for o in OPTIMIZERS if kind.has_curvature or o != "gauss-newton"]
METRICS_WITH_THEIR_BEST = [(m, "auto") for m in METRICS]
SMALL = known_axis(160)
#: px, degrees, and terms of the matrix by which a result may be off.
SHIFT, TURN, TERM = 0.05, 0.05, 0.002


def misplaced(known, family):
    """A map as far off as a family can correct."""
    resolution = known.pair.resolution
    centre, _ = centre_and_radius(known.pair)
    about = {
        "translation": offset(resolution, (2.0, -4.0)),
        "rotation": Affine.about(centre, offset(resolution, turn_deg=3).matrix, np.zeros(2)),
        "rigid": offset(resolution, (2.0, -4.0), 3),
        "similarity": offset(resolution, (2.0, -3.0), -3, 1.03 * np.eye(2)),
        "affine": offset(resolution, (-2.0, 3.0), 2, np.array([[1.02, 0.03], [-0.01, 0.97]])),
    }
    return known.before(about[family])


@pytest.mark.parametrize("rows", [160, 420])
@pytest.mark.parametrize("stage", STAGES)
def test_recovers_what_the_family_can_correct(stage, rows):
    known = known_axis(rows)
    initial = misplaced(known, stage.family)
    found = stage()(known.pair, initial)
    assert known.error(initial) > 3
    # a term of the matrix, 0.7 L from the middle
    assert known.error(found.transform) < SHIFT + TERM * 0.7 * known.pair.resolution * (stage is AffineStage)
    np.testing.assert_allclose(found.transform.matrix, known.mirror.matrix, atol=TERM)
    assert abs(known.turn(found.transform)) < TURN
    assert found.trace.converged
    assert isinstance(found.transform, Affine)


@pytest.mark.parametrize(("metric", "optimizer"), CHOICES)
def test_every_metric_and_every_optimizer_find_the_axis(metric, optimizer):
    initial = misplaced(SMALL, "rigid")
    found = Rigid(metric=metric, optimizer=optimizer)(SMALL.pair, initial)
    assert SMALL.error(found.transform) < SHIFT
    assert abs(SMALL.turn(found.transform)) < TURN
    assert found.trace.metric_name == metric
    assert found.trace.stage == "rigid"
    assert len(found.trace.metric) == 3
    for level in found.trace.metric:
        assert level[-1] <= level[0]


@pytest.mark.parametrize(("metric", "optimizer"), METRICS_WITH_THEIR_BEST)
def test_every_metric_finds_an_affine_map(metric, optimizer):
    found = AffineStage(metric=metric, optimizer=optimizer)(SMALL.pair, misplaced(SMALL, "affine"))
    np.testing.assert_allclose(found.transform.matrix, SMALL.mirror.matrix, atol=TERM)
    assert SMALL.error(found.transform) < 2 * SHIFT


@pytest.mark.parametrize("stage", STAGES)
def test_the_truth_stays(stage):
    found = stage()(SMALL.pair, SMALL.mirror)
    assert found.trace.converged
    assert SMALL.error(found.transform) < SHIFT


def test_a_clean_image_in_its_mirror_is_at_rest():
    middle = known_axis(noise=0.0, hole=False).pair
    even = replace(middle, fixed=middle.fixed + middle.fixed[:, ::-1])
    found = Rigid()(even, Affine.reflection())
    assert found.trace.converged
    np.testing.assert_allclose(found.transform.matrix, Affine.reflection().matrix, atol=1e-5)
    np.testing.assert_allclose(found.transform.offset, 0, atol=1e-5)


@pytest.mark.parametrize(("metric", "optimizer"), METRICS_WITH_THEIR_BEST)
def test_garbage_under_the_mask_changes_nothing(metric, optimizer):
    initial, stage = misplaced(SMALL, "rigid"), Rigid(metric=metric, optimizer=optimizer)
    garbage = np.where(SMALL.pair.coverage > 0, SMALL.pair.fixed, np.float32(1e6))
    one, other = (stage(pair, initial) for pair in (SMALL.pair, replace(SMALL.pair, fixed=garbage)))
    np.testing.assert_array_equal(one.transform.matrix, other.transform.matrix)
    np.testing.assert_array_equal(one.transform.offset, other.transform.offset)
    assert one.trace == other.trace


def test_what_the_outline_is_like_does_not_draw_the_axis():
    known = known_axis(hole=False)
    coverage = known.pair.coverage.copy()
    coverage[30:, -35:] = 0
    cut = replace(known.pair, coverage=coverage, fixed=known.pair.fixed * (coverage > 0))
    assert known.error(Rigid()(cut, misplaced(known, "rigid")).transform) < SHIFT


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("family", FAMILIES)
def test_gradients_match_finite_differences(family, metric):
    pair = known_axis(100, noise=0.0, hole=False).pair
    moving, coverage = see(pair, misplaced(SMALL, "affine"))
    fixed, other = (
        pyramid(values, weights, pair.resolution, (1,), 1.5)[0] for values, weights in ((pair.fixed, pair.coverage), (moving, coverage))
    )
    matching = Matching.of(fixed, other, make_metric(metric, window=4.0, bins=24))
    problem = StraightProblem(matching, FAMILIES[family], *centre_and_radius(pair))
    parameters = np.random.default_rng(0).normal(0, 0.005, problem.family.size)
    points = problem.points(parameters)
    weights = matching.weights(points)
    counted = fixed.weights > 0
    velocities = problem.family.velocities(parameters, fixed.points[counted] - problem.centre, problem.radius)
    gradient = np.einsum("nkd,nd->k", velocities, matching.at(points, weights).pull[counted])
    np.testing.assert_allclose(gradient, problem.at(parameters).gradient, rtol=1e-9)
    step = 1e-5
    for index in range(problem.family.size):
        nudge = step * np.eye(problem.family.size)[index]
        ahead, behind = (matching.at(problem.points(parameters + sign * nudge), weights).value for sign in (1, -1))
        assert gradient[index] == pytest.approx((ahead - behind) / (2 * step), abs=0.02 * np.abs(gradient).max())


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_velocities_are_those_of_the_map(family):
    random = np.random.default_rng(0)
    centre, points, parameters = np.array([0.1, -0.2]), random.normal(size=(7, 2)), random.normal(0, 0.1, family.size)
    velocities = family.velocities(parameters, points - centre, 0.4)
    for index in range(family.size):
        nudge = 1e-6 * np.eye(family.size)[index]
        numeric = (family.map(parameters + nudge, centre, 0.4)(points) - family.map(parameters - nudge, centre, 0.4)(points)) / 2e-6
        np.testing.assert_allclose(velocities[:, index], numeric, atol=1e-8)
    np.testing.assert_array_equal(family.map(np.zeros(family.size), centre, 0.4)(points), points)


def test_a_map_that_is_not_straight_is_started_from_as_if_it_were():
    along = np.linspace(-0.9, 0.9, 40)
    curve = Straightening(np.stack([along, 0.02 + 0.02 * np.sin(2 * along)], axis=1), np.zeros(40))
    assert SMALL.error(AffineStage()(SMALL.pair, curve).transform) < 2 * SHIFT
    # a straight curve with slanted pairs is an affine map, too
    slanted = Straightening(np.stack([along, 0.02 + 0.1 * along], axis=1), np.full(40, 0.05))
    points = SMALL.pair.points[::9, ::9]
    np.testing.assert_allclose(nearest_affine(slanted, SMALL.pair).partners(points), slanted.partners(points), atol=1e-9)


@pytest.mark.parametrize("covered", [1.0, 0.6], ids=["whole", "full of dropouts"])
def test_worse_gives_back_what_was_given(monkeypatch, covered):
    found = np.array([0.1, 0.0, 0.0])
    monkeypatch.setattr("symline.stages.gradient.minimise", lambda *_: _Stopped(found))
    result = Rigid()(replace(SMALL.pair, coverage=covered * SMALL.pair.coverage), SMALL.mirror)
    assert result.transform is SMALL.mirror
    assert (result.trace.converged, result.trace.why) == (False, WORSE)


class _Stopped:
    """An optimiser's answer that is anything but an optimum."""

    history = (1.0, 0.5)
    converged = True

    def __init__(self, parameters):
        self.parameters = parameters


def test_says_when_the_iterations_ran_out():
    found = Rigid(optimizer="gd", iterations=(2, 2, 2))(SMALL.pair, misplaced(SMALL, "rigid"))
    assert (found.trace.converged, found.trace.why) == (False, RAN_OUT)
    assert [len(level) for level in found.trace.metric] == [3, 3, 3]


def test_no_overlap_is_an_error():
    with pytest.raises(RegistrationError, match="hardly any pixel has a mirror partner") as raised:
        Rigid()(SMALL.pair, Affine.reflection((0.0, 2.0)))
    assert raised.value.reason == "little_overlap"


@pytest.mark.parametrize("metric", ["mi", "nmi"])
def test_gauss_newton_wants_a_sum_of_squares(metric):
    with pytest.raises(ConfigError, match=rf"^optimizer: gauss-newton needs .* and {metric} is none; take lbfgs, .* ssd, ncc, lncc"):
        Rigid(metric=metric, optimizer="gauss-newton")


def test_auto_takes_what_suits_the_metric():
    initial = misplaced(SMALL, "rigid")
    for metric, optimizer in (("ncc", "gauss-newton"), ("mi", "lbfgs")):
        one, other = (Rigid(metric=metric, optimizer=name)(SMALL.pair, initial).trace for name in ("auto", optimizer))
        assert one == other


def test_levels_are_given_alike():
    with pytest.raises(ConfigError, match=r"^iterations: 2 numbers for the 3 levels of shrink; one for each level"):
        Rigid(iterations=(5, 5))
