"""What every stage promises."""

from dataclasses import FrozenInstanceError, fields

import numpy as np
import pytest

from symline.errors import ConfigError
from symline.model.parameters import Parameters
from symline.stages import STAGES
from symline.transforms.midpoints import straighten
from tests.conftest import synthetic_back
from tests.stages.conftest import errors, on_grid, truth

BACK = synthetic_back(midline=lambda row: 63.5 + 4 * np.sin(row / 40), noise=0.02)
PAIR = on_grid(BACK)
POINTS = PAIR.points[PAIR.coverage > 0.9]
FIELDS = [(name, each.name, each.metadata) for name, kind in STAGES.items() for each in fields(kind)]
PARAMETERS = [(name, field) for name, field, metadata in FIELDS if "range" in metadata]
CHOICES = [(name, field, metadata["options"]) for name, field, metadata in FIELDS if "options" in metadata]


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


@pytest.mark.parametrize(("name", "field"), PARAMETERS)
def test_a_parameter_knows_its_range_and_what_it_is(name, field):
    kind = STAGES[name]
    about = next(each for each in fields(kind) if each.name == field)
    low, high = about.metadata["range"]
    assert about.metadata["about"]
    default = about.default if isinstance(about.default, tuple) else (about.default,)
    for outside in (low - 1, high + 1):
        value = type(default[0])(outside)
        with pytest.raises(ConfigError, match=rf"^{field}: .* is out of range; it must lie between"):
            kind(**{field: (value,) if isinstance(about.default, tuple) else value})
    with pytest.raises(FrozenInstanceError, match="cannot assign"):
        setattr(kind(), field, about.default)


@pytest.mark.parametrize(("name", "field", "options"), CHOICES)
def test_a_choice_knows_its_options(name, field, options):
    assert getattr(STAGES[name](), field) in options
    assert all(getattr(STAGES[name](**{field: option}), field) == option for option in options)
    with pytest.raises(ConfigError, match=rf"^{field}: '{options[0]}x' is unknown; did you mean {options[0]}"):
        STAGES[name](**{field: options[0] + "x"})


def test_parameters_are_given_by_name(stage):
    assert isinstance(stage, Parameters)
    with pytest.raises(TypeError, match="positional argument"):
        type(stage)(1)
