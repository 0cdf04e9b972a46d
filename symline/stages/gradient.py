"""What the stages have in common that follow the gradient of a metric down a pyramid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from symline.errors import ConfigError, RegistrationError
from symline.model.image import FloatArray
from symline.model.mirror import MirrorMap
from symline.model.pair import Pair
from symline.model.parameters import choice, parameter
from symline.model.refinement import Trace
from symline.numerics.matching import Matching
from symline.numerics.metrics import METRICS, make_metric
from symline.numerics.optimizers import OPTIMIZERS, Limits, Place, minimise
from symline.numerics.pyramids import pyramid
from symline.stages.stage import Stage
from symline.transforms.moving import see

#: A metric that grew by less than this did not grow.
_ROUNDING = 1e-9
#: Pixels of the finest level that both images must cover.
_FEWEST_PIXELS = 60


class Problem(Protocol):
    """What is minimised on one level."""

    @property
    def start(self) -> FloatArray:
        """The parameters of no change at all: 0."""
        ...

    @property
    def longest(self) -> float:
        """The most that a parameter may change at once."""
        ...

    def at(self, parameters: FloatArray) -> Place:
        """The objective."""
        ...

    def points(self, parameters: FloatArray) -> FloatArray:
        """Where each pixel of the level looks in the moving image, in L, shape (rows, cols, 2)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class GradientStage(Stage):
    """A stage that minimises a metric over some parameters, coarse to fine; all parameters 0 is the map it was given.

    Raises
    ------
    ConfigError
        Besides what parameters always raise: the levels are given in two lengths, or the optimizer cannot use the metric.
    """

    metric: str = choice("ncc", tuple(METRICS), "what is minimised")
    optimizer: str = choice("auto", ("auto", *OPTIMIZERS), "how it is minimised; auto = gauss-newton, or lbfgs for mi and nmi")
    shrink: tuple[int, ...] = parameter((4, 2, 1), 1, 32, "by how much each level is smaller than the working grid, coarse to fine")
    iterations: tuple[int, ...] = parameter((60, 40, 25), 1, 10000, "largest number of iterations on each level")
    smoothing: float = parameter(0.0067, 0.0, 0.2, "Gaussian smoothing of both images, in L; coarse levels have more")
    window: float = parameter(0.05, 0.005, 0.5, "Gaussian window of local metrics, in L")
    bins: int = parameter(32, 5, 256, "bins of the joint histogram, for each image")
    first_step: float = parameter(0.01, 1e-4, 0.1, "first step of optimizers that only know the slope, in L")
    rest: float = parameter(2e-5, 1e-8, 0.01, "a level is at rest when nothing would move by more than this, in L")

    def _check(self) -> None:
        if len(self.iterations) != len(self.shrink):
            raise ConfigError(
                f"iterations: {len(self.iterations)} numbers for the {len(self.shrink)} levels of shrink; one for each level is needed"
            )
        if self.optimizer == "gauss-newton" and not METRICS[self.metric].has_curvature:
            squares = ", ".join(name for name, kind in METRICS.items() if kind.has_curvature)
            raise ConfigError(
                f"optimizer: gauss-newton needs a metric that is a sum of squares, and {self.metric} is none; "
                f"take lbfgs, or one of the metrics {squares}"
            )

    @property
    def _optimizer(self) -> str:
        if self.optimizer != "auto":
            return self.optimizer
        return "gauss-newton" if METRICS[self.metric].has_curvature else "lbfgs"

    def _minimise(self, pair: Pair, initial: MirrorMap, pose: Callable[[Matching], Problem], name: str) -> tuple[FloatArray, Trace]:
        """The parameters at which the metric is lowest on the finest level, and how it went; all 0 if that is worse than the start."""
        matchings = self._levels(pair, initial)
        history, converged, parameters = [], True, pose(matchings[0]).start
        for matching, iterations in zip(matchings, self.iterations, strict=True):
            problem = pose(matching)
            limits = Limits(iterations=iterations, first=self.first_step, longest=problem.longest, rest=self.rest)
            optimum = minimise(self._optimizer, problem.at, parameters, limits)
            if not np.isfinite(optimum.history[0]):
                # what the coarser levels found is no answer here
                optimum = minimise(self._optimizer, problem.at, problem.start, limits)
            parameters, converged = optimum.parameters, optimum.converged
            history.append(optimum.history)
        start, found = (problem.points(each) for each in (problem.start, parameters))
        same = matching.weights(start) * matching.weights(found)
        trace = Trace.ended(name, history, converged, self.metric)
        if not matching.at(found, same).value <= matching.at(start, same).value + _ROUNDING:
            return problem.start, trace.worse()
        return parameters, trace

    def _levels(self, pair: Pair, initial: MirrorMap) -> list[Matching]:
        sigma = self.smoothing * pair.resolution
        moving, coverage = see(pair, initial)
        fixed_levels = pyramid(pair.fixed, pair.coverage, pair.resolution, self.shrink, sigma)
        moving_levels = pyramid(moving, coverage, pair.resolution, self.shrink, sigma)
        made = []
        for fixed, other in zip(fixed_levels, moving_levels, strict=True):
            metric = make_metric(self.metric, window=self.window * fixed.resolution, bins=self.bins)
            made.append(Matching.of(fixed, other, metric))
        if made[-1].overlap < _FEWEST_PIXELS:
            raise RegistrationError.for_little_overlap()
        return made
