"""Free-form deformation: known smooth displacements come back, nothing folds, and what is flat stays."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from symline.errors import ConfigError, RegistrationError
from symline.model.refinement import WORSE
from symline.numerics.lattice import Lattice, Side
from symline.numerics.matching import Matching
from symline.numerics.metrics import METRICS, make_metric
from symline.numerics.optimizers import OPTIMIZERS
from symline.numerics.pyramids import pyramid
from symline.stages.bspline import FreeForm, LatticeProblem
from symline.transforms.affine import Affine
from symline.transforms.dense import DenseMirror
from symline.transforms.moving import see
from tests.stages.known_warps import known, shift, smooth_relief, wave

#: px of an image of about 300 rows: mean error of a displacement of 5 px, and of none.
NEAR, STILL = 0.3, 0.1


@cache
def waved(resolution=100.0):
    pair = smooth_relief(resolution, hole=True)
    return known(pair, wave(pair))


def jacobian(found, pair):
    """Smallest growth of an area under the displacement of a map."""
    down, aside = (np.gradient(found.displacement.vectors * pair.resolution, axis=axis) for axis in (0, 1))
    return ((1 + down[..., 0]) * (1 + aside[..., 1]) - down[..., 1] * aside[..., 0]).min()


@pytest.mark.parametrize("resolution", [100.0, 150.0])
def test_recovers_a_smooth_displacement(resolution):
    given = waved(resolution)
    found = FreeForm()(given.pair, given.initial)
    assert given.errors(given.initial).mean() > 2.5
    assert given.errors(found.transform).mean() < NEAR
    assert found.trace.converged
    assert isinstance(found.transform, DenseMirror)
    assert found.transform.initial is given.initial
    assert jacobian(found.transform, given.pair) > 0


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_recovers_it(metric):
    given = waved()
    # two levels do on a grid as small as this
    stage = FreeForm(metric=metric, optimizer="lbfgs", spacing=0.15, shrink=(4, 2), iterations=(40, 30), rest=1e-4)
    found = stage(given.pair, given.initial)
    assert given.errors(found.transform).mean() < NEAR
    assert (found.trace.stage, found.trace.metric_name) == ("bspline", metric)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_recovers_it(optimizer):
    given = waved()
    stage = FreeForm(metric="ncc", optimizer=optimizer, spacing=0.15, shrink=(4, 2), iterations=(60, 30), rest=1e-4)
    found = stage(given.pair, given.initial)
    assert given.errors(found.transform).mean() < NEAR
    for level in found.trace.metric:
        assert np.all(np.diff(level) <= 0)


def test_recovers_a_shift():
    pair = smooth_relief(100.0)
    given = known(pair, shift(pair, 0.02, -0.03))
    assert given.errors(FreeForm()(pair, given.initial).transform).mean() < STILL


def test_the_truth_stays():
    given = waved()
    found = FreeForm()(given.pair, Affine.reflection())
    assert given.errors(found.transform).mean() < STILL


def test_flat_skin_is_not_moved_about():
    pair = smooth_relief(100.0, noise=0.0)
    rows = pair.fixed.shape[0]
    window = 1 / (1 + np.exp(-(np.arange(rows) - 0.35 * rows) / 4))[:, None]
    noise = np.random.default_rng(3).normal(0, 0.01, pair.fixed.shape)
    flat = replace(pair, fixed=((pair.fixed * window + noise) * (pair.coverage > 0)).astype(np.float32))
    found = FreeForm()(flat, Affine.reflection((0.0, 0.01)))
    vectors = found.transform.displacement.vectors[: rows // 4]
    # all of it follows the relief below it: the axis was off by 0.01 L, so every pair was by twice that
    np.testing.assert_allclose(vectors[..., 1][pair.coverage[: rows // 4] > 0], 0.02, atol=0.01)
    assert jacobian(found.transform, flat) > 0.7


def test_what_wants_to_fold_does_not():
    pair = smooth_relief(100.0)
    shuffled = replace(
        pair, fixed=np.where(np.indices(pair.fixed.shape)[1] > 60, np.roll(pair.fixed, 23, axis=0), pair.fixed) * pair.coverage
    )
    found = FreeForm(bending_price=0.0, metric="ssd", shrink=(2, 1), iterations=(25, 5))(shuffled, Affine.reflection())
    assert jacobian(found.transform, pair) > 0
    assert np.isfinite(found.transform.displacement.vectors).all()


@pytest.mark.parametrize("metric", METRICS)
def test_gradients_match_finite_differences(metric):
    pair = smooth_relief(60.0, noise=0.0)
    moving, coverage = see(pair, Affine.reflection((0.0, 0.01), 0.02))
    levels = (pyramid(values, weights, 60.0, (1,), 1.5)[0] for values, weights in ((pair.fixed, pair.coverage), (moving, coverage)))
    lattice, price = Lattice(Side.over(0.85, 0.3), Side.over(0.6, 0.3)), 1e-3
    matching = Matching.of(*levels, make_metric(metric, window=4.0, bins=24))
    problem = LatticeProblem.of(matching, lattice, price)
    parameters = np.random.default_rng(0).normal(0, 0.004, len(problem.start))
    weights = matching.weights(problem.points(parameters))

    def value(place):
        coefficients = place.reshape(lattice.shape)
        # the weights count as constant
        bending = (lattice.bending_gradient(coefficients) * coefficients).sum()
        return matching.at(problem.points(place), weights).value + price * bending

    assert value(parameters) == pytest.approx(problem.at(parameters).value)
    gradient, step = problem.at(parameters).gradient, 1e-5
    for index in np.argsort(-np.abs(gradient))[:8]:
        nudge = step * np.eye(len(parameters))[index]
        numeric = (value(parameters + nudge) - value(parameters - nudge)) / (2 * step)
        assert gradient[index] == pytest.approx(numeric, abs=0.02 * np.abs(gradient).max())


def test_worse_gives_back_what_was_given(monkeypatch):
    given = waved()

    class Stopped:
        history, converged = (1.0,), True
        parameters = np.full(int(np.prod(Lattice(*(Side.over(size / 100.0, 0.1) for size in given.pair.middle)).shape)), 0.02)

    monkeypatch.setattr("symline.stages.gradient.minimise", lambda *_: Stopped)
    mirror = Affine.reflection()
    result = FreeForm()(given.pair, mirror)
    assert result.transform is mirror
    assert (result.trace.converged, result.trace.why) == (False, WORSE)


def test_refuses_what_cannot_be():
    with pytest.raises(ConfigError, match="gauss-newton needs a metric that is a sum of squares"):
        FreeForm(metric="nmi", optimizer="gauss-newton")
    with pytest.raises(RegistrationError, match="hardly any pixel has a mirror partner"):
        FreeForm()(waved().pair, Affine.reflection((0.0, 2.0)))
