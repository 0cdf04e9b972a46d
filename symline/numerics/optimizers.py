"""Optimizers of one interface: from an objective and a start to the parameters at which it is lowest.

All spend the same coin: an iteration is one evaluation of the objective, and the history holds the value of the best parameters
known after each, so the cost curves of different optimizers compare. All come to rest by the same rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

import numpy as np

from symline.model.image import FloatArray
from symline.numerics.descent import RULES, Rule

#: This many successes in a row that hardly changed the value are rest.
_PATIENCE = 3
#: An optimizer that failed this many times in a row stands at a minimum, as far as rounding lets it see.
_MOST_FAILURES = 12


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """An objective at one place.

    Parameters
    ----------
    value
        Lower is better; infinite where the parameters are no answer at all.
    gradient
        Shape (n,).
    step
        From a damping (share of the diagonal added to it) to the solution of the normal equations, shape (n,); None where there are none.
    """

    value: float
    gradient: FloatArray
    step: Callable[[float], FloatArray] | None = None


Objective: TypeAlias = Callable[[FloatArray], Place]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When to stop, and how far to go at once; lengths in units of the parameters.

    Parameters
    ----------
    iterations
        Largest number of evaluations after the first.
    first
        Length of the first step of methods that only know the slope: the most that any parameter changes.
    longest
        The most that any parameter changes in one step.
    rest
        Parameters are at rest when none would change by more.
    flat
        Relative change of the value that counts as none.
    """

    iterations: int = 100
    first: float = 0.1
    longest: float = np.inf
    rest: float = 1e-4
    flat: float = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """Where an optimizer stopped.

    Parameters
    ----------
    parameters
        The best ones seen, shape (n,).
    history
        Value of the best parameters known at the start and after each iteration; it never rises.
    converged
        Whether they came to rest, rather than the iterations to their end.
    """

    parameters: FloatArray
    history: tuple[float, ...]
    converged: bool


def minimise(name: str, objective: Objective, start: FloatArray, limits: Limits) -> Optimum:
    """Minimise an objective by one of `OPTIMIZERS`; gauss-newton needs one with normal equations."""
    run = _Run(objective, np.array(start, dtype=np.float64), limits)
    if name == "lbfgs":
        _quasi_newton(run)
    elif name == "gauss-newton":
        _gauss_newton(run)
    else:
        _descend(run, RULES[name]())
    return Optimum(run.parameters, tuple(run.history), run.is_at_rest)


@dataclass(slots=True, eq=False)
class _Run:
    """An optimisation under way: the best parameters so far, and whether it is time to stop."""

    objective: Objective
    parameters: FloatArray
    limits: Limits
    best: Place = field(init=False)
    history: list[float] = field(init=False)
    is_at_rest: bool = False
    idle: int = 0
    failures: int = 0

    def __post_init__(self) -> None:
        self.best = self.objective(self.parameters)
        self.history = [self.best.value]

    @property
    def is_over(self) -> bool:
        return self.is_at_rest or len(self.history) > self.limits.iterations

    def attempt(self, step: FloatArray) -> bool:
        """Evaluate the objective one step on, and go there if it is better."""
        step = step * min(1.0, self.limits.longest / max(float(np.abs(step).max()), 1e-300))
        _, is_better = self.visit(self.parameters + step)
        if float(np.abs(step).max()) < self.limits.rest or self.idle >= _PATIENCE:
            self.is_at_rest = True
        return is_better

    def visit(self, parameters: FloatArray) -> tuple[Place, bool]:
        """Evaluate the objective, and keep the parameters if they are better than all before."""
        there, before = self.objective(parameters), self.best.value
        is_better = there.value < before
        self.failures = 0 if is_better else self.failures + 1
        self.is_at_rest |= self.failures >= _MOST_FAILURES
        if is_better:
            hardly = before - there.value <= self.limits.flat * abs(before)
            self.idle = self.idle + 1 if hardly else 0
            self.parameters, self.best = parameters, there
        self.history.append(self.best.value)
        return there, is_better


def _descend(run: _Run, rule: Rule) -> None:
    """Follow a rule of `descent`; its rate grows by a tenth with each success and is halved by each failure."""
    rate = rule.first_rate(run.best.gradient, run.limits.first)
    while not run.is_over and run.best.gradient.any():
        if run.attempt(rule.step(run.best.gradient, rate)):
            rule.accept(run.best.gradient)
            rate *= 1.1
        else:
            rule.forget()
            rate *= 0.5
    run.is_at_rest |= not run.best.gradient.any()


def _gauss_newton(run: _Run) -> None:
    """Gauss-Newton steps, damped as long as they fail (Levenberg 1944, Marquardt 1963)."""
    damping = 0.0
    while not run.is_over:
        assert run.best.step is not None, "stages refuse a metric that is no sum of squares"
        is_better = run.attempt(run.best.step(damping))
        damping = max(10 * damping, 1e-3) if not is_better else damping / 10 if damping > 1e-4 else 0.0


class _EnoughError(Exception):
    """The iterations are over in the middle of a line search."""


def _quasi_newton(run: _Run) -> None:
    """Limited-memory BFGS of SciPy, one step at a time."""
    # imported here: it takes a while, and finding a midline does not need it
    from scipy.optimize import minimize

    if not np.isfinite(run.best.value):
        return
    scaled = _Scaled(run)
    try:
        found = minimize(
            scaled.evaluate,
            np.zeros_like(run.parameters),
            jac=True,
            method="L-BFGS-B",
            callback=scaled.stop_at_rest,
            options={"maxiter": run.limits.iterations, "maxfun": run.limits.iterations + 1, "ftol": 1e-14, "gtol": 1e-14},
        )
    except _EnoughError:
        return
    # it ends by the rule, or at a place from which no line leads down; 1 is for those it did not come to the end of
    run.is_at_rest = found.status != 1


class _Scaled:
    """A run in units in which the first step of SciPy's method, which is as long as the slope, is as long as asked for."""

    def __init__(self, run: _Run) -> None:
        self._run, self._unit = run, run.limits.first
        self._start, self._first, self._last = run.parameters, run.best, run.parameters
        self._scale = 1 / max(float(np.abs(run.best.gradient).max()), 1e-300)

    def evaluate(self, place: FloatArray) -> tuple[float, FloatArray]:
        """Value and gradient, finite everywhere: the line search interpolates values."""
        run, parameters = self._run, self._start + self._unit * place
        if run.is_over:
            raise _EnoughError
        move = np.abs(parameters - run.parameters)
        if not place.any():
            there = self._first
        elif move.max() > run.limits.longest:
            there = Place(np.inf, run.best.gradient)
        else:
            there, _ = run.visit(parameters)
        worse = run.best.value + float((move * np.abs(run.best.gradient)).sum())
        return (there.value if np.isfinite(there.value) else worse) * self._scale / self._unit, self._scale * there.gradient

    def stop_at_rest(self, xk: FloatArray) -> None:
        """Stop SciPy's method after a step that changed next to nothing."""
        before, self._last = self._last, self._start + self._unit * xk
        if float(np.abs(self._last - before).max()) < self._run.limits.rest or self._run.idle >= _PATIENCE:
            raise StopIteration


#: Name in configurations -> what it is, and its source.
OPTIMIZERS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        **{name: (str(rule.__doc__).splitlines()[0], rule.source) for name, rule in RULES.items()},
        "lbfgs": ("Limited-memory quasi-Newton method with line search.", "Byrd et al. 1995, doi 10.1137/0916069"),
        "gauss-newton": ("Normal equations of a sum of squares, damped where a step fails.", "Marquardt 1963, doi 10.1137/0111030"),
    }
)
