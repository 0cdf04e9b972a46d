"""What a stage returns: a better map, and how it got there."""

from __future__ import annotations

from dataclasses import dataclass, field

from symline.model.image import FloatArray
from symline.model.straightening import Straightening


@dataclass(frozen=True, slots=True)
class Trace:
    """How a stage went.

    Parameters
    ----------
    stage
        Its name.
    metric
        Its metric after each iteration (lower is better), one tuple a level, coarsest first.
    converged
        Whether it came to rest. A stage that would have made things worse returns what it was given, with False.
    """

    stage: str
    metric: tuple[tuple[float, ...], ...] = ()
    converged: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Refinement:
    """The answer of a stage.

    Parameters
    ----------
    transform
        The straightened coordinates found.
    trace
        How the stage went.
    sd
        Standard deviation of each node across the curve, in units of L, shape (n,), or None where the stage cannot tell.
    ambiguity
        How close the runner-up came, from 0 (nothing comes near) to 1 (as good), or None where the stage cannot tell.
    """

    transform: Straightening
    trace: Trace = field(default_factory=lambda: Trace("given"))
    sd: FloatArray | None = None
    ambiguity: float | None = None
