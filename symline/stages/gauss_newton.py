"""What the curve and the elastic stage share: Gauss-Newton steps at one smoothing of the back, until the state is at rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

S_co = TypeVar("S_co", covariant=True)
S = TypeVar("S")

#: When the iterations run out, a last step of less than this many times one at rest is near enough.
_NEARLY = 10


class Problem(Protocol[S_co]):
    """The normal equations about a state."""

    @property
    def metric(self) -> float:
        """How badly the state fits; lower is better."""
        ...

    def step(self) -> tuple[S_co, float]:
        """The state after one step, and how far the equations say that the one before was off at most."""
        ...


def descend(linearise: Callable[[S], Problem[S]], state: S, iterations: int, rest: float) -> tuple[S, tuple[float, ...], bool]:
    """Take steps until the state is at rest.

    Parameters
    ----------
    linearise
        From a state to the normal equations about it.
    state
        Where to start.
    iterations
        The most steps, one or more.
    rest
        What is off by less than this is at rest.

    Returns
    -------
    state, metric, converged
        Where the steps end, the metric before each of them, and whether they came to rest.
    """
    metric: list[float] = []
    off = 0.0
    for _ in range(iterations):
        problem = linearise(state)
        metric.append(problem.metric)
        state, off = problem.step()
        if off < rest:
            break
    return state, tuple(metric), off < _NEARLY * rest
