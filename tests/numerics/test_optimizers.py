"""Optimisers on functions whose minimum is known."""

import numpy as np
import pytest

from symline.numerics.optimizers import OPTIMIZERS, Limits, Place, minimise

SLOPE_ONLY = [name for name in OPTIMIZERS if name != "gauss-newton"]


def bowl(*curvatures):
    """A quadratic with its minimum, 1, at (0.3, 0.6, …), and that minimum's place."""
    matrix, lowest = np.diag(curvatures).astype(float), 0.3 * np.arange(1, len(curvatures) + 1)

    def objective(place):
        gradient = matrix @ (place - lowest)

        def step(damping):
            return -gradient / (np.diag(matrix) * (1 + damping))

        return Place(1 + 0.5 * float((place - lowest) @ gradient), gradient, step)

    return objective, lowest


def valley(place):
    """Rosenbrock's: a bent valley with its minimum, 0, at (1, 1)."""
    x, y = place
    residuals, slopes = np.array([10 * (y - x * x), 1 - x]), np.array([[-20 * x, 10], [-1, 0]])
    gradient, matrix = 2 * slopes.T @ residuals, 2 * slopes.T @ slopes

    def step(damping):
        return -np.linalg.solve(matrix + damping * np.diag(np.diag(matrix)), gradient)

    return Place(float(residuals @ residuals), gradient, step)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_finds_the_bottom_of_a_round_bowl(name):
    objective, lowest = bowl(1, 2)
    found = minimise(name, objective, np.zeros(2), Limits(iterations=200, rest=1e-6, flat=1e-12))
    np.testing.assert_allclose(found.parameters, lowest, atol=1e-4)
    assert found.converged


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_finds_the_bottom_of_a_narrow_bowl(name):
    objective, lowest = bowl(1, 3, 100)
    found = minimise(name, objective, np.zeros(3), Limits(iterations=1000, rest=1e-7, flat=1e-12))
    np.testing.assert_allclose(found.parameters, lowest, atol=1e-3)
    assert found.converged


@pytest.mark.parametrize(
    ("name", "near"), [(name, 0.02) for name in SLOPE_ONLY if name != "lbfgs"] + [("lbfgs", 1e-5), ("gauss-newton", 1e-5)]
)
def test_follows_a_bent_valley(name, near):
    found = minimise(name, valley, np.array([-1.2, 1.0]), Limits(iterations=5000, rest=1e-7, flat=1e-13))
    np.testing.assert_allclose(found.parameters, [1, 1], atol=near)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_history_falls_and_has_an_entry_for_every_evaluation(name):
    objective, _ = bowl(1, 3, 100)
    evaluated = []

    def counted(place):
        evaluated.append(objective(place).value)
        return objective(place)

    found = minimise(name, counted, np.zeros(3), Limits(iterations=12, rest=0.0, flat=0.0))
    assert len(found.history) == len(evaluated) <= 13
    assert np.all(np.diff(found.history) <= 0)
    assert found.history[-1] == objective(found.parameters).value == min(evaluated)


@pytest.mark.parametrize("name", SLOPE_ONLY)
def test_says_when_the_iterations_ran_out(name):
    found = minimise(name, valley, np.array([-1.2, 1.0]), Limits(iterations=5, rest=1e-9, flat=0.0))
    assert not found.converged
    assert found.history[-1] < found.history[0]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_stays_at_the_minimum(name):
    objective, lowest = bowl(1, 2)
    found = minimise(name, objective, lowest, Limits())
    np.testing.assert_array_equal(found.parameters, lowest)
    assert found.converged


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_walks_around_what_is_no_answer(name):
    objective, lowest = bowl(1, 2)

    def fenced(place):
        there = objective(place)
        return there if place.max() < 0.65 else Place(np.inf, there.gradient, there.step)

    found = minimise(name, fenced, np.zeros(2), Limits(iterations=300, first=0.4, rest=1e-6, flat=1e-12))
    np.testing.assert_allclose(found.parameters, lowest, atol=1e-3)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_no_step_is_longer_than_allowed(name):
    objective, _ = bowl(1, 2)
    best, longest = [np.zeros(2)], []

    def watched(place):
        there = objective(place)
        longest.append(np.abs(place - best[-1]).max())
        if there.value < objective(best[-1]).value:
            best.append(place)
        return there

    minimise(name, watched, np.zeros(2), Limits(iterations=30, first=0.5, longest=0.05))
    assert max(longest) < 0.05 + 1e-12
    assert len(best) > 3


def test_every_optimizer_says_what_it_is():
    for about, source in OPTIMIZERS.values():
        assert about.endswith(".")
        assert any(year in source for year in ("18", "19", "20"))


def test_a_quasi_newton_method_that_ran_out_has_not_converged():
    def winding(place):
        """Rosenbrock's valley in four dimensions."""
        ahead, here = place[1:] - place[:-1] ** 2, 1 - place[:-1]
        gradient = np.zeros_like(place)
        gradient[:-1] = -400 * place[:-1] * ahead - 2 * here
        gradient[1:] += 200 * ahead
        return Place(float((100 * ahead**2 + here**2).sum()), gradient)

    # most places that are tried are too far away, and count for SciPy's limits alone
    found = minimise("lbfgs", winding, np.array([-1.2, 1.0, -1.0, 0.5]), Limits(iterations=40, first=0.05, longest=0.1))
    assert np.abs(winding(found.parameters).gradient).max() > 10
    assert not found.converged
