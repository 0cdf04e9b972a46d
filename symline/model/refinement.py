"""What a stage returns: a better map, and how it got there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Self

from symline.model.image import FloatArray
from symline.model.mirror import MirrorMap

#: Why a stage did not converge, in the two ways that every iterative one knows.
WORSE = "it made the metric worse; the map it was given is kept"
RAN_OUT = "the iterations ran out before it came to rest"
#: A metric that grew by less than this did not grow: on an exactly symmetric back it is nothing but rounding errors.
ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Trace:
    """How a stage went.

    Parameters
    ----------
    stage
        Its name.
    metric
        Its metric at each state that it looked at (lower is better), one tuple a level, coarsest first. `curve` and `elastic` look before
        each step, so that the last one is that before the last step; stages driven by a metric look at the start and after each step.
    converged
        Whether it came to rest. A stage that would have made things worse returns what it was given, with False.
    why
        Where it did not converge: what happened, in words.
    metric_name
        Which metric it was, where the stage has a choice, for example ``ncc``.
    """

    stage: str
    metric: tuple[tuple[float, ...], ...] = ()
    converged: bool = True
    why: str = ""
    metric_name: str = ""

    @classmethod
    def ended(cls, stage: str, metric: Iterable[tuple[float, ...]], converged: bool, metric_name: str = "") -> Self:
        """The trace of an iterative stage that ran to its end, at rest or not."""
        return cls(stage, tuple(metric), converged, "" if converged else RAN_OUT, metric_name)

    def worse(self) -> Self:
        """The trace of a stage that went so, but would have made things worse, and returns what it was given."""
        return replace(self, converged=False, why=WORSE)


@dataclass(frozen=True, slots=True, eq=False)
class Refinement:
    """The answer of a stage.

    Parameters
    ----------
    transform
        The mirror map found.
    trace
        How the stage went.
    sd
        Standard deviation of each node of a curve across it, in units of L, shape (n,), or None where the stage cannot tell.
    ambiguity
        How close the runner-up came, from 0 (nothing comes near) to 1 (as good), or None where the stage cannot tell.
    """

    transform: MirrorMap
    trace: Trace = field(default_factory=lambda: Trace("given"))
    sd: FloatArray | None = None
    ambiguity: float | None = None
