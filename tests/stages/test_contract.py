"""What every stage promises."""

from dataclasses import fields, replace

import numpy as np
import pytest

from symline.errors import ConfigError
from symline.model.parameters import Parameters
from symline.stages import STAGES
from symline.transforms.affine import Affine
from symline.transforms.midpoints import straighten
from tests.conftest import synthetic_back
from tests.stages.conftest import errors, on_grid, truth

BACK = synthetic_back(midline=lambda row: 63.5 + 4 * np.sin(row / 40), noise=0.02)
PAIR = on_grid(BACK)
POINTS = PAIR.points[PAIR.coverage > 0.9]


@pytest.fixture(params=STAGES)
def stage(request):
    return STAGES[request.param]()


def test_the_same_input_gives_the_same_result(stage):
    one, other = (stage(PAIR, truth(BACK, PAIR, 2.0)) for _ in range(2))
    np.testing.assert_array_equal(one.transform.partners(POINTS), other.transform.partners(POINTS))
    assert one.trace == other.trace


def test_writes_into_nothing_it_was_given(stage):
    pair, initial = on_grid(BACK), truth(BACK, PAIR, 2.0)
    given = (pair.fixed, pair.coverage, initial.nodes, initial.pair_angle)
    copies = [array.copy() for array in given]
    for array in given:
        array.flags.writeable = False
    stage(pair, initial)
    for array, copy in zip(given, copies, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_garbage_under_the_mask_changes_nothing(stage):
    garbage = replace(PAIR, fixed=np.where(PAIR.coverage > 0, PAIR.fixed, np.float32(1e4)))
    one, other = (stage(pair, truth(BACK, PAIR, 2.0)) for pair in (PAIR, garbage))
    np.testing.assert_array_equal(one.transform.partners(POINTS), other.transform.partners(POINTS))
    assert one.trace == other.trace


@pytest.mark.parametrize("name", ["path", "keypoints", "furrow"])
def test_the_start_of_a_search_is_of_no_importance(name):
    one, other = (STAGES[name]()(PAIR, initial).transform for initial in (truth(BACK, PAIR, 30.0), Affine.reflection((0.1, 0.2), 0.3)))
    np.testing.assert_array_equal(one.partners(POINTS), other.partners(POINTS))


def test_the_truth_stays(stage):
    found = stage(PAIR, truth(BACK, PAIR))
    assert found.trace.converged
    curve = straighten(found.transform, PAIR)
    assert np.median(errors(curve, BACK, PAIR)) < (0.15 if found.trace.stage == "curve" else 2)


def test_says_how_it_went(stage):
    trace = stage(PAIR, truth(BACK, PAIR, 2.0)).trace
    assert STAGES[trace.stage] is type(stage)
    assert all(len(level) for level in trace.metric)
    assert np.isfinite(np.concatenate(trace.metric)).all()


def test_parameters_know_their_range_and_what_they_are(stage):
    for each in fields(stage):
        assert each.metadata["about"]
        if "range" in each.metadata:
            low, high = each.metadata["range"]
            default = each.default if isinstance(each.default, tuple) else (each.default,)
            for outside in (low - 1, high + 1):
                value = type(default[0])(outside)
                with pytest.raises(ConfigError, match=rf"^{each.name}: .* is out of range; it must lie between"):
                    type(stage)(**{each.name: (value,) if isinstance(each.default, tuple) else value})


def test_choices_know_their_options(stage):
    for each in fields(stage):
        if options := each.metadata.get("options"):
            assert getattr(stage, each.name) in options
            assert all(getattr(type(stage)(**{each.name: option}), each.name) == option for option in options)
            with pytest.raises(ConfigError, match=rf"^{each.name}: '{options[0]}x' is unknown; did you mean {options[0]}"):
                type(stage)(**{each.name: options[0] + "x"})


def test_parameters_are_given_by_name(stage):
    assert isinstance(stage, Parameters)
    with pytest.raises(TypeError, match="positional argument"):
        type(stage)(1)
