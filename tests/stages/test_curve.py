"""The refinement of the curve."""

from dataclasses import replace

import numpy as np
import pytest

from symline.errors import RegistrationError
from symline.model.refinement import WORSE
from symline.stages.curve import CurveRefinement, _Problem
from symline.transforms.curve_pairs import CurvePairs, CurveState
from symline.transforms.extent import fit_extent
from symline.transforms.smoothed import Smoothed
from symline.transforms.straightening import Straightening
from tests.conftest import synthetic_back
from tests.stages.conftest import errors, on_grid, truth


def bent(row):
    return 63.5 + 3 * np.sin(row / 45)


@pytest.mark.parametrize("sign", [1, -1], ids=["furrow", "ridge"])
@pytest.mark.parametrize("aside", [-4.0, 1.0, 5.0])
def test_recovers_a_straight_line(sign, aside):
    back = synthetic_back(tilt=12)
    pair = on_grid(back, sign)
    found = CurveRefinement()(pair, truth(back, pair, aside))
    assert errors(found.transform, back, pair).max() < 0.1
    np.testing.assert_allclose(np.rad2deg(found.transform.pair_angle), 12, atol=0.3)


@pytest.mark.parametrize("sign", [1, -1], ids=["furrow", "ridge"])
@pytest.mark.parametrize("aside", [-4.0, 1.0, 5.0])
def test_recovers_a_curve(sign, aside):
    back = synthetic_back(midline=bent)
    pair = on_grid(back, sign)
    found = CurveRefinement()(pair, truth(back, pair, aside))
    assert np.sqrt((errors(found.transform, back, pair) ** 2).mean()) < 0.1


def test_all_levels_share_the_iterations():
    back = synthetic_back(midline=bent)
    pair = on_grid(back)
    free, bounded, least = (
        [len(metric) for metric in CurveRefinement(iterations=allowed)(pair, truth(back, pair, 2.0)).trace.metric] for allowed in (30, 6, 1)
    )
    assert 6 < sum(free) < 30
    assert (bounded, least) == ([free[0], 6 - free[0]], [1, 1])


def test_what_is_on_one_side_only_does_not_draw_the_line():
    back = synthetic_back()
    row, col = np.indices(back.values.shape)
    blob = 4 * np.nanstd(back.values) * np.exp(-0.5 * (np.hypot(row - 80, col - 76) / 6) ** 2)
    pair = on_grid(replace(back, values=back.values + blob))
    found = CurveRefinement()(pair, truth(back, pair))
    assert errors(found.transform, back, pair).max() < 0.3


@pytest.mark.parametrize("rows", [4, 6])
def test_what_lies_aside_at_the_rim_does_not_swing_the_end(rows):
    back = synthetic_back((320, 256), noise=0.3)
    rim = np.flatnonzero(np.isfinite(back.values).any(axis=1))[:rows]
    values = back.values.copy()
    values[rim] = np.roll(values[rim], 3, axis=1)
    pair = on_grid(replace(back, values=values))
    fading, not_fading = (errors(CurveRefinement(rim=rim)(pair, truth(back, pair)).transform, back, pair).max() for rim in (0.04, 0.0))
    assert fading < 0.5
    assert fading < 0.6 * not_fading


@pytest.mark.parametrize("aside", [0.0, 2.0, 6.0])
def test_never_worse_than_the_start(aside):
    back = synthetic_back(midline=bent, noise=0.3)
    pair, stage = on_grid(back), CurveRefinement()
    initial = truth(back, pair, aside)
    found = stage(pair, initial)
    level = Smoothed.of(pair, stage.smoothing[-1])
    after = _Problem.of(stage, level, CurveState.of(found.transform, stage.distances))
    before = _Problem.of(stage, level, CurveState.of(fit_extent(initial, pair, stage.node_spacing), stage.distances), after.scale)
    assert after.metric <= before.metric


def test_worse_gives_back_what_was_given(monkeypatch):
    back = synthetic_back(tilt=12, noise=0.02)
    pair = on_grid(back)
    initial = replace(truth(back, pair), pair_angle=np.zeros(len(truth(back, pair).nodes)))

    def astray(_problem, state, *_):
        count = len(state.curve.nodes)
        step = np.repeat([0.05, 0.0], [count, count + 1])
        return state.moved(step, step), (1.0,), True

    monkeypatch.setattr("symline.stages.curve.descend", astray)
    found = CurveRefinement()(pair, initial)
    assert found.transform is initial
    assert (found.trace.converged, found.trace.why) == (False, WORSE)


@pytest.mark.parametrize("noise", [0.3, 0.6, 1.5])
def test_smoothing_the_pair_directions_does_not_count_as_worse(noise):
    back = synthetic_back((320, 256), noise=noise)
    pair = on_grid(back)
    found = CurveRefinement()(pair, truth(back, pair))
    assert found.trace.converged
    assert np.median(errors(found.transform, back, pair)) < 0.5


def test_more_noise_means_more_uncertainty():
    sd = []
    for noise in (0.02, 0.2, 1.0):
        back = synthetic_back(noise=noise)
        pair = on_grid(back)
        sd.append(np.median(CurveRefinement()(pair, truth(back, pair)).sd))
    assert 0 < sd[0] < sd[1] < sd[2]


@pytest.mark.parametrize("name", ["by_shift", "by_turn", "by_yaw"])
def test_derivatives_of_the_residuals(name):
    back = synthetic_back((320, 256), lambda row: 127 + 6 * np.sin(row / 90))
    pair = on_grid(back)
    level = Smoothed.of(pair, 0.027)
    state = CurveState.of(truth(back, pair, 4.0), CurveRefinement(half_width=0.3).distances).free_to_turn(level)
    step = 2e-2 if name == "by_yaw" else 2e-3
    count = len(state.curve.nodes)
    moved = np.repeat([name == "by_shift", name == "by_turn", name == "by_yaw"], [count, count, 1]) * step

    def residual(sign):
        return CurvePairs.of(level, state.moved(sign * moved, moved))

    pairs, ahead, behind = CurvePairs.of(level, state), residual(1), residual(-1)
    numeric = (ahead.residual - behind.residual) / (2 * step)
    whole = (pairs.covered > 0.9) & (ahead.covered > 0.9) & (behind.covered > 0.9)
    # the outermost nodes feel the rim of the back
    whole[:3] = whole[-3:] = False
    analytic = getattr(pairs, name)
    assert whole.sum() > 200
    assert np.corrcoef(analytic[whole], numeric[whole])[0, 1] > 0.995
    assert np.abs(analytic - numeric)[whole].max() < 0.15 * np.abs(numeric[whole]).max()


def test_a_line_beside_the_back_is_an_error(back):
    pair = on_grid(back)
    beside = Straightening(np.array([[-0.5, 3.0], [0.5, 3.0]]), np.zeros(2))
    with pytest.raises(RegistrationError, match="hardly any pixel has a mirror partner") as raised:
        CurveRefinement()(pair, beside)
    assert raised.value.reason == "little_overlap"


def test_levels_of_the_same_smoothing_are_not_all_the_last(monkeypatch):
    seen = []
    free = CurveState.free_to_turn
    monkeypatch.setattr(CurveState, "free_to_turn", lambda state, level: seen.append(level) or free(state, level))
    back = synthetic_back()
    pair = on_grid(back)
    CurveRefinement(smoothing=(0.011, 0.022, 0.011))(pair, truth(back, pair))
    assert len(seen) == 1
