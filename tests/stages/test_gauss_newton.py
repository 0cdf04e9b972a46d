"""Steps of Gauss-Newton until the state is at rest."""

from dataclasses import dataclass

import pytest

from symline.stages.gauss_newton import descend


@dataclass
class Slope:
    """Half the distance to 0 is left after each step."""

    place: float

    @property
    def metric(self):
        return self.place**2

    def step(self):
        return self.place / 2, self.place / 2


def test_steps_end_when_the_state_is_at_rest():
    place, metric, converged = descend(Slope, 1.0, 100, 0.1)
    assert converged
    assert place == 0.0625
    assert metric == (1.0, 0.25, 0.0625, 0.015625)


@pytest.mark.parametrize(("rest", "near_enough"), [(0.02, True), (0.01, False)])
def test_iterations_that_run_out_end_at_rest_only_if_the_last_step_was_short(rest, near_enough):
    place, metric, converged = descend(Slope, 1.0, 3, rest)
    assert (place, len(metric)) == (0.125, 3)
    assert converged is near_enough
