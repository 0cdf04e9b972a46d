"""Symmetric diffeomorphic registration: the fixed and the moving image both move, to the middle, and nothing can fold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from symline.model.image import FloatArray
from symline.model.mirror import Kind, MirrorMap
from symline.model.pair import Pair
from symline.model.parameters import parameter
from symline.model.refinement import ROUNDING, Refinement, Trace
from symline.numerics.displacements import compose, displace, extend_smoothly, invert, jacobian, resize, smooth_displacement
from symline.numerics.local_correlation import local_correlation
from symline.numerics.sampling import resample
from symline.stages.correction import FEWEST_PIXELS, correct, require_overlap
from symline.stages.stage import Stage
from symline.transforms.copies import soften
from symline.transforms.moving import see

#: Least Jacobian determinant that either half of the way may have.
_LEAST_AREA = 0.1
#: What a step is multiplied by after one that lowered the metric, and after one that did not; the longest and the shortest, in px.
_FASTER, _SLOWER, _LONGEST, _SHORTEST = 1.1, 0.5, 0.5, 0.01
#: Iterations over which a level must gain something.
_PATIENCE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Diffeomorphic(Stage):
    """Greedy symmetric normalisation with local correlation, coarse to fine.

    Lengths are fractions of the back's size L, the square root of its area.
    """

    holds: ClassVar[Kind] = Kind.DENSE
    takes: ClassVar[Kind] = Kind.DENSE
    source: ClassVar[str] = "SyN: Avants et al. 2008, doi 10.1016/j.media.2007.06.004"

    resolutions: tuple[float, ...] = parameter((37.5, 75.0), 10.0, 150.0, "grid pixels per L of each level, coarse to fine")
    smoothing: float = parameter(0.0135, 0.0, 0.1, "Gaussian smoothing before the comparison, in L")
    window: float = parameter(0.05, 0.01, 0.5, "Gaussian window of the local correlation, in L")
    relief: float = parameter(0.3, 1e-4, 10.0, "variance that all windows share, in that of the standardised image: flat ones agree")
    stiffness: float = parameter(0.25, 0.005, 0.5, "Gaussian smoothing of each step, in L")
    tension: float = parameter(0.02, 0.0, 0.2, "Gaussian smoothing of the whole displacement after each step, in L")
    iterations: int = parameter(60, 1, 1000, "largest number of iterations a level")
    rest: float = parameter(3e-4, 1e-7, 0.1, "a level is at rest when ten iterations lower the metric by less than this")

    def __call__(self, pair: Pair, initial: MirrorMap) -> Refinement:
        """Refine a mirror map.

        Parameters
        ----------
        pair
            The back on the working grid.
        initial
            Where to start; anything within about 0.1 L of the answer will do.

        Raises
        ------
        RegistrationError
            Too few pixels have a partner on the back.
        """
        rows, cols = pair.fixed.shape
        soft = soften(pair, self.smoothing)
        moving, covered = see(soft, initial)
        require_overlap(soft.coverage * covered)
        way, reached, history, converged = None, 0.0, [], True
        for resolution in self.resolutions:
            level = _Level.of(self, soft, replace(soft, fixed=moving, coverage=covered), min(resolution, pair.resolution))
            start = way.on(level.shape, level.resolution / reached) if way else _Way(*np.zeros((2, 2, *level.shape)))
            way, metric, converged = level.descend(start)
            reached = level.resolution
            history.append(metric)
        assert way is not None
        displacement = resize(way.whole(), (rows, cols), pair.resolution / reached)
        while jacobian(displacement).min() < _LEAST_AREA:
            # each half keeps its area, but interpolated and chained they may miss it by a little
            displacement = smooth_displacement(displacement, self.stiffness * pair.resolution)
        trace = Trace.ended("diffeomorphic", history, converged)
        found = correct(pair, initial, displacement)
        if self._is_worse(soft, initial, found):
            return Refinement(initial, trace.worse())
        return Refinement(found, trace)

    def _is_worse(self, pair: Pair, initial: MirrorMap, found: MirrorMap) -> bool:
        """Whether a map correlates less than the initial one, over the pixels that both cover."""
        (before, covered_before), (after, covered_after) = (see(pair, mirror) for mirror in (initial, found))
        weights = pair.coverage * covered_before * covered_after
        window = self.window * pair.resolution
        values = [local_correlation(pair.fixed, moving, weights, window, self.relief).value for moving in (before, after)]
        return bool(weights.sum() < FEWEST_PIXELS) or values[1] > values[0] + ROUNDING


@dataclass(frozen=True, slots=True, eq=False)
class _Way:
    """From each pixel of the middle to its point in the fixed and in the moving image: displacements in px of the level."""

    to_fixed: FloatArray
    to_moving: FloatArray

    def whole(self) -> FloatArray:
        """From the fixed image through the middle to the moving one, shape (2, rows, cols)."""
        return compose(invert(self.to_fixed), self.to_moving)

    def is_sound(self) -> bool:
        """Whether both halves keep enough of every area."""
        return all(float(jacobian(half).min()) > _LEAST_AREA for half in (self.to_fixed, self.to_moving))

    def on(self, shape: tuple[int, int], ratio: float) -> _Way:
        """The same way on a grid that shares the middle and has `ratio` times the pixels."""
        return _Way(resize(self.to_fixed, shape, ratio), resize(self.to_moving, shape, ratio))


@dataclass(frozen=True, slots=True, eq=False)
class _State:
    """A way, the metric on it, and how the metric grows when the half to the fixed image is pushed and the other one pulled."""

    way: _Way
    value: float
    slope: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class _Level:
    """Both images at one resolution, carried on smoothly beyond the back, with what is theirs of the settings in px."""

    settings: Diffeomorphic
    resolution: float
    images: tuple[FloatArray, FloatArray]
    weights: tuple[FloatArray, FloatArray]

    @classmethod
    def of(cls, settings: Diffeomorphic, pair: Pair, moving: Pair, resolution: float) -> _Level:
        """The images of two pairs on one working grid, brought to a resolution."""
        step = pair.resolution / resolution
        images, weights = [], []
        for each in (pair, moving):
            values, coverage = resample(each.fixed * each.coverage, each.coverage, (step, step))
            beyond = extend_smoothly(values, coverage, 1.0)
            images.append(np.asarray(coverage * values + (1 - coverage) * beyond, dtype=np.float32))
            weights.append(coverage)
        return cls(settings, resolution, (images[0], images[1]), (weights[0], weights[1]))

    @property
    def shape(self) -> tuple[int, int]:
        rows, cols = self.images[0].shape
        return rows, cols

    def descend(self, way: _Way) -> tuple[_Way, tuple[float, ...], bool]:
        """Improve a way until it is at rest: the way, the metric of each iteration, and whether it came to rest."""
        state, step = self._evaluate(way), _LONGEST
        metric = [state.value]
        for _ in range(self.settings.iterations):
            trial = self._advance(state, step)
            further = self._evaluate(trial) if trial.is_sound() else None
            if further is not None and further.value < state.value:
                state, step = further, min(_FASTER * step, _LONGEST)
            else:
                step *= _SLOWER
            metric.append(state.value)
            if step < _SHORTEST or (len(metric) > _PATIENCE and metric[-1 - _PATIENCE] - metric[-1] < self.settings.rest):
                return state.way, tuple(metric), True
        return state.way, tuple(metric), False

    def _evaluate(self, way: _Way) -> _State:
        """Compare both images in the middle."""
        fixed, on_fixed = displace((self.images[0], self.weights[0]), way.to_fixed)
        moving, on_moving = displace((self.images[1], self.weights[1]), way.to_moving)
        weights = on_fixed * on_moving
        found = local_correlation(fixed, moving, weights, self.settings.window * self.resolution, self.settings.relief)
        push, pull = (np.array(np.gradient(image)) * each for image, each in ((fixed, found.by_fixed), (moving, found.by_moving)))
        # what moves both images alike would only move the middle
        return _State(way, found.value, (push - pull) / 2)

    def _advance(self, state: _State, step: float) -> _Way:
        """The way after a step of a length in px at most, smooth in itself, and with both halves smoothed."""
        slope = smooth_displacement(state.slope, self.settings.stiffness * self.resolution)
        push = slope * (step / max(float(np.hypot(slope[0], slope[1]).max()), 1e-12))
        # in proportion to the step, so that short steps do not end as nothing but smoothing
        tension = self.settings.tension * self.resolution * float(np.sqrt(step / _LONGEST))
        halves = ((-push, state.way.to_fixed), (push, state.way.to_moving))
        return _Way(*(smooth_displacement(compose(update, half), tension) for update, half in halves))
