"""Block matching, optical flow and symmetric normalisation on displacements that are known."""

import sys
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from symline.errors import RegistrationError
from symline.model.refinement import RAN_OUT, WORSE, Trace
from symline.numerics.displacements import jacobian
from symline.stages.blocks import BlockMatching
from symline.stages.correction import correct, keep_better, squared_difference
from symline.stages.diffeomorphic import Diffeomorphic
from symline.stages.flow import OpticalFlow
from symline.transforms.affine import Affine
from symline.transforms.copies import soften
from symline.transforms.dense import DenseMirror
from symline.transforms.moving import see
from tests.stages.known_warps import PX, known, shift, smooth_relief, wave

STAGES = {"blocks": BlockMatching(), "ilk": OpticalFlow(), "tvl1": OpticalFlow(method="tvl1"), "diffeomorphic": Diffeomorphic()}


@pytest.fixture(params=STAGES)
def stage(request):
    return STAGES[request.param]


def displacement(found, pair):
    return np.moveaxis(found.displacement.vectors, -1, 0) * pair.resolution


@lru_cache(maxsize=32)
def recovered(name, resolution=75.0, length=5 * PX):
    """A case with a smooth displacement, and what a stage makes of it."""
    pair = smooth_relief(resolution, hole=True)
    case = known(pair, wave(pair, length))
    return case, STAGES[name](pair, case.initial)


@pytest.mark.parametrize("name", STAGES)
@pytest.mark.parametrize("resolution", [75.0, 105.0])
def test_recovers_a_smooth_displacement(name, resolution):
    case, found = recovered(name, resolution)
    assert found.trace.converged
    assert case.errors(case.initial).mean() > 2.5
    assert case.errors(found.transform).mean() < 0.3


def test_recovers_a_shift(stage):
    pair = smooth_relief(75.0)
    case = known(pair, shift(pair, 3 * PX, -4 * PX))
    errors = case.errors(stage(pair, case.initial).transform)
    assert errors.mean() < 0.3
    assert np.median(errors) < 0.2


def test_what_is_symmetric_stays(stage):
    pair = smooth_relief(60.0, noise=0.0)
    errors = known(pair, shift(pair, 0, 0)).errors(stage(pair, Affine.reflection()).transform)
    assert errors.mean() < 0.1


@pytest.mark.parametrize("name", STAGES)
def test_goes_on_from_a_dense_map(name):
    case, half = recovered(name)
    again = STAGES[name](case.pair, half.transform)
    assert case.errors(again.transform).mean() < 0.3


def test_what_is_under_the_mask_changes_nothing(stage):
    pair = smooth_relief(60.0, hole=True)
    case = known(pair, wave(pair))
    garbage = np.random.default_rng(5).normal(0, 50, pair.fixed.shape).astype(np.float32)
    spoilt = replace(pair, fixed=np.where(pair.coverage > 0, pair.fixed, garbage))
    one, other = (stage(each, case.initial) for each in (pair, spoilt))
    np.testing.assert_array_equal(one.transform.displacement.vectors, other.transform.displacement.vectors)
    assert one.trace == other.trace


@pytest.mark.parametrize("name", STAGES)
def test_is_smooth_beyond_the_back(name):
    case, found = recovered(name)
    steps = np.diff(displacement(found.transform, case.pair), axis=1)
    assert np.hypot(*steps)[case.pair.coverage[1:] == 0].max() < 0.5


@pytest.mark.parametrize("name", STAGES)
def test_each_iteration_lowers_the_metric(name):
    metric = recovered(name)[1].trace.metric
    for level in metric:
        assert (np.diff(level) <= 0).all()
    assert metric[-1][-1] < 0.1 * metric[0][0]


@pytest.mark.parametrize("name", STAGES)
def test_in_the_map_found_the_back_looks_like_itself(name):
    case, found = recovered(name)
    moving, covered = see(case.pair, found.transform)
    both = (covered > 0.9) & (case.pair.coverage > 0.9)
    assert np.corrcoef(moving[both], case.pair.fixed[both])[0, 1] > 0.99


def test_noise_alone_gives_no_worse_a_map(stage):
    pair = smooth_relief(60.0)
    noise = np.random.default_rng(3).normal(size=pair.fixed.shape) * pair.coverage
    pair = soften(replace(pair, fixed=noise.astype(np.float32)), stage.smoothing)
    initial = Affine.reflection((0.0, 0.03), 0.05)
    found = stage(pair, initial)
    before, after = (see(pair, mirror) for mirror in (initial, found.transform))
    weights = pair.coverage * before[1] * after[1]
    assert squared_difference(pair.fixed, after[0], weights) <= squared_difference(pair.fixed, before[0], weights)


@pytest.mark.parametrize("name", ["blocks", "ilk"])
def test_what_gets_worse_is_not_kept(name, monkeypatch):
    pair = smooth_relief(60.0, noise=0.0)
    monkeypatch.setattr(sys.modules[type(STAGES[name]).__module__], "settle", lambda *_: (wave(pair), (1.0, 0.5), True))
    found = STAGES[name](pair, Affine.reflection())
    assert isinstance(found.transform, Affine)
    assert (found.trace.converged, found.trace.why) == (False, WORSE)


def test_symmetric_normalisation_knows_what_is_worse():
    pair = smooth_relief(60.0)
    right, wrong = Affine.reflection(), correct(pair, Affine.reflection(), wave(pair))
    assert STAGES["diffeomorphic"]._is_worse(pair, right, wrong)
    assert not STAGES["diffeomorphic"]._is_worse(pair, wrong, right)


def test_too_few_iterations_are_told(stage):
    pair = smooth_relief(60.0)
    hurried = replace(stage, iterations=1, **({"blocks": (0.09,)} if isinstance(stage, BlockMatching) else {}))
    trace = hurried(pair, known(pair, wave(pair, 8 * PX)).initial).trace
    assert (trace.converged, trace.why) == (False, RAN_OUT)


def test_a_map_without_partners_on_the_back_is_refused(stage):
    with pytest.raises(RegistrationError, match="hardly any pixel has a mirror partner") as raised:
        stage(smooth_relief(60.0), Affine.reflection((0.0, 3.0)))
    assert raised.value.reason == "little_overlap"


@pytest.mark.parametrize("length", [5 * PX, 12 * PX])
def test_symmetric_normalisation_never_folds(length):
    case, found = recovered("diffeomorphic", length=length)
    assert jacobian(displacement(found.transform, case.pair)).min() > 0
    noisy = replace(case.pair, fixed=case.pair.fixed + 0.5 * np.random.default_rng(0).normal(size=case.pair.fixed.shape))
    assert jacobian(displacement(STAGES["diffeomorphic"](noisy, case.initial).transform, case.pair)).min() > 0


def test_a_correction_that_makes_things_worse_is_not_kept():
    pair = soften(smooth_relief(75.0), 0.0)
    trace = Trace.ended("blocks", [(1.0, 0.5)], converged=True)
    kept = keep_better(pair, Affine.reflection(), wave(pair), trace)
    assert isinstance(kept.transform, Affine)
    assert (kept.trace.converged, kept.trace.why) == (False, WORSE)
    assert isinstance(keep_better(pair, Affine.reflection((0.0, 0.05)), shift(pair, 0, 0.1), trace).transform, DenseMirror)


def test_squared_differences_are_of_what_counts():
    fixed, moving = np.array([[1.0, 2.0, 9.0]]), np.array([[0.0, 4.0, -9.0]])
    assert squared_difference(fixed, moving, np.array([[1.0, 0.5, 0.0]])) == pytest.approx(2.0)
