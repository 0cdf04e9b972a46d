"""How far steps go ahead."""

import numpy as np
import pytest

from symline.stages.look_ahead import look_ahead

DIRECTION = np.array([1.0, -2.0, 0.5])


def walk(rate, steps, start=1e-6, longest=0.05):
    """Where steps lead from somewhat off 0, when what solves the equations is so many times the distance from it."""
    place, last, places = start * DIRECTION, None, []
    for _ in range(steps):
        update = rate * place
        step = look_ahead(update, last, 3, longest)
        place, last = place + step, (update, step)
        places.append(np.abs(place).max())
    return np.array(places)


@pytest.mark.parametrize("rate", [-0.7, -0.5, -0.3])
def test_one_look_back_tells_where_shrinking_steps_end(rate):
    np.testing.assert_allclose(walk(rate, 2)[-1], 0, atol=1e-12)


def test_steps_that_hardly_shrink_are_four_times_as_long():
    places = walk(-0.01, 6)
    np.testing.assert_allclose(places[1:] / places[:-1], 0.96)


def test_a_place_to_which_no_step_leads_is_left_by_long_steps():
    places = walk(0.1, 40)
    np.testing.assert_allclose(places[1:20] / places[:19], 1.4)
    assert places[-1] > 0.04
    assert np.diff(places, prepend=2e-6).max() <= 0.05 * (1 + 1e-9)


def test_steps_that_change_their_way_are_not_followed():
    update, last = np.array([1e-3, 0, 0]), np.array([0, 1e-3, 0])
    step = look_ahead(update, (last, last), 3, 0.05)
    assert np.abs(step).max() < 4e-3
