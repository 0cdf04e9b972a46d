"""Refine a curve to a dense map: a small, smooth, fold-free displacement in straightened coordinates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar

import numpy as np

from symline.errors import RegistrationError
from symline.model.image import FloatArray
from symline.model.mirror import Kind, MirrorMap
from symline.model.pair import Pair
from symline.model.parameters import parameter
from symline.model.refinement import ROUNDING, Refinement, Trace
from symline.numerics.product_basis import ProductBasis
from symline.numerics.votes import Votes, count_votes
from symline.stages.gauss_newton import descend
from symline.stages.stage import Stage
from symline.transforms.elastic import ElasticMirror, Velocity, fade
from symline.transforms.elastic_pairs import ElasticPairs, ElasticState
from symline.transforms.midpoints import straighten
from symline.transforms.smoothed import Smoothed
from symline.transforms.straightening import Straightening

#: The squared residual, times the square of the noise's share in it, at which trust begins to fall. Noise tells nothing about where a
#: partner lies; a small share of it does not hide the rest, and a small residual means that the back is plain to see.
_NOISE = 0.005
#: How often a step is halved that made things worse, before there is none.
_HALVINGS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ElasticRefinement(Stage):
    """Robust Gauss-Newton on a smooth flow that keeps the map an exact involution and the midline where it is.

    Lengths are fractions of the back's size L. A region without a partner loses its vote as a whole and moves with its
    surroundings: it stays in the asymmetry, since no skin is stretched to explain it.
    """

    holds: ClassVar[Kind] = Kind.DENSE
    takes: ClassVar[Kind] = Kind.CURVED
    keeps_midline: ClassVar[bool] = True
    source: ClassVar[str] = "stationary velocity: Arsigny et al. 2006, doi 10.1007/11866565_113; votes: Geman & McClure 1987"

    lattice: float = parameter(0.131, 0.05, 0.5, "spacing of the lattice of the displacement, in L")
    half_width: float = parameter(0.5, 0.1, 1.0, "how far to the sides pairs are compared, in L")
    core: float = parameter(0.106, 0.01, 0.3, "distance from the midline within which the displacement fades, in L")
    level_spacing: float = parameter(0.025, 0.005, 0.1, "spacing of the levels compared, in L")
    pair_spacing: float = parameter(0.02, 0.004, 0.05, "spacing of the pairs on each level, in L")
    smoothing: tuple[float, ...] = parameter((0.0105, 0.01), 0.002, 0.2, "Gaussian smoothing of each step, coarse to fine, in L")
    iterations: int = parameter(20, 1, 100, "largest number of iterations a step")
    region: float = parameter(0.072, 0.01, 0.3, "neighbourhood whose pairs gain or lose their vote together, in L")
    tolerance: float = parameter(0.226, 0.05, 10.0, "regional squared residual, in medians, at which the vote begins to fade")
    floor: float = parameter(0.015, 0.0, 10.0, "squared residual added to the scale: what matches well is not worth matching better")
    unevenness_price: float = parameter(1.0, 0.0, 1000.0, "price of a displacement that varies from one lattice point to the next")
    size_price: float = parameter(0.144, 1e-9, 1000.0, "price of the displacement itself")
    yaw_price: float = parameter(
        1e-4, 0.0, 1e6, "price of the squared yaw of the body, in its own unit, instead of that of its displacement"
    )
    rest: float = parameter(2e-4, 0.0, 0.01, "a step is at rest when the velocity changes by no more than this, in L")

    def __call__(self, pair: Pair, initial: MirrorMap) -> Refinement:
        """Refine a curve with pair directions to a dense map.

        Parameters
        ----------
        pair
            The back on the working grid.
        initial
            Where to start; its midline stays.

        Raises
        ------
        RegistrationError
            Hardly any pixel has a mirror partner.
        """
        state = start = self._begin(pair, straighten(initial, pair))
        history, converged = [], True
        for sigma in self.smoothing:
            level = Smoothed.of(pair, sigma)
            pairs, metric, converged = descend(partial(_Problem.of, self), ElasticPairs.of(level, state), self.iterations, self.rest)
            state = pairs.state
            history.append(metric)
        found = _Problem.of(self, pairs)
        trace = Trace.ended("elastic", history, converged)
        if not found.metric <= _Problem.of(self, ElasticPairs.of(level, start), found.votes.scale).metric + ROUNDING:
            return Refinement(initial, trace.worse())
        return Refinement(state.mirror, trace)

    def _begin(self, pair: Pair, curve: Straightening) -> ElasticState:
        """The state without displacement; it knows how far what is seen can be trusted.

        Noise is white: its power falls to a quarter when the smoothing doubles. That of structure hardly falls.
        """
        state = self._without_displacement(curve)
        levels = [Smoothed.of(pair, factor * self.smoothing[-1]) for factor in (2, 1)]
        coarse, fine = (_Problem.of(self, ElasticPairs.of(level, state)).votes.scale for level in levels)
        share = max(0.0, (fine - coarse) / 3 / coarse)
        return replace(state.free_to_turn(levels[-1], self.level_spacing, self.yaw_price), trust=(1 + share**2 * fine / _NOISE) ** -3)

    def _without_displacement(self, curve: Straightening) -> ElasticState:
        """The state of a map that is no more than its curve."""
        length = float(curve.arc[-1])
        s = np.arange(0.5 * self.level_spacing, length, self.level_spacing)
        if not len(s):
            raise RegistrationError.for_little_overlap()
        t = (np.arange(round(self.half_width / self.pair_spacing)) + 0.5) * self.pair_spacing
        lattice = (int(np.ceil(length / self.lattice)) + 3, int(np.ceil(self.half_width / self.lattice)) + 2)
        velocity = Velocity(np.zeros((2, *lattice)), self.lattice, self.core)
        along, across = velocity.splines(s, t)
        odd, even = fade(t, self.core)
        coordinates = np.stack(np.meshgrid(s, t, indexing="ij"), axis=-1)
        basis = ProductBasis.of(along, (across * odd[:, None], across * even[:, None]))
        return ElasticState(ElasticMirror(curve, velocity), coordinates, basis, self._prior(lattice))

    def _prior(self, lattice: tuple[int, int]) -> FloatArray:
        """Price of the coefficients of both components: of their size, and of their differences between neighbours."""
        rows, cols = lattice
        steps = [np.diff(np.eye(count), axis=0) for count in (rows, cols)]
        uneven = np.kron(steps[0].T @ steps[0], np.eye(cols)) + np.kron(np.eye(rows), steps[1].T @ steps[1])
        return np.kron(np.eye(2), self.unevenness_price * uneven + self.size_price * np.eye(rows * cols))


@dataclass(frozen=True, slots=True, eq=False)
class _Problem:
    """How badly a map fits, and the normal equations about it.

    Parameters
    ----------
    settings
        Of the stage.
    pairs
        The two sides under the map.
    votes
        Of their pairs.
    metric
        How badly they fit, their mean cost times the area in which pairs are looked for, and the price of the displacement.
    """

    settings: ElasticRefinement
    pairs: ElasticPairs
    votes: Votes
    metric: float

    @classmethod
    def of(cls, settings: ElasticRefinement, pairs: ElasticPairs, scale: float | None = None) -> _Problem:
        residual, covered, state = pairs.residual, pairs.covered, pairs.state
        region = (settings.region / settings.level_spacing, settings.region / settings.pair_spacing)
        votes = count_votes(residual, covered, region, settings.tolerance, scale)
        coefficients = state.mirror.velocity.coefficients.ravel()
        cost = votes.cost * votes.scale * residual.size * _cell(settings, votes, state)
        return cls(settings, pairs, votes, cost + float(coefficients @ state.prior @ coefficients))

    def step(self) -> tuple[ElasticPairs, float]:
        """The two sides after one step of Gauss-Newton, halved until it makes nothing worse, and how much the velocity changed at most.

        On real backs that are not quite symmetric a full step may overshoot, again and again.
        """
        state = self.pairs.state
        coefficients = state.mirror.velocity.coefficients
        matrix, gradient = self._normal_equations()
        update = -np.linalg.solve(matrix + state.prior, gradient + state.prior @ coefficients.ravel()).reshape(coefficients.shape)
        for _ in range(_HALVINGS):
            pairs = self.pairs.moved(update)
            if _Problem.of(self.settings, pairs, self.votes.scale).metric <= self.metric:
                return pairs, float(np.abs(update).max())
            update = update / 2
        return self.pairs, 0.0

    def _normal_equations(self) -> tuple[FloatArray, FloatArray]:
        """Matrix and gradient in the coefficients, without their price."""
        basis = self.pairs.state.basis
        by_s, by_t = self.pairs.by_velocity
        weight = self.votes.vote * _cell(self.settings, self.votes, self.pairs.state)
        gradient = [basis.gather(weight * change * self.pairs.residual, kind) for kind, change in enumerate((by_s, by_t))]
        mixed = basis.gather_twice(weight * by_s * by_t, 0, 1)
        blocks = [
            [basis.gather_twice(weight * by_s**2, 0, 0), mixed],
            [mixed.T, basis.gather_twice(weight * by_t**2, 1, 1)],
        ]
        return np.block(blocks), np.concatenate(gradient)


def _cell(settings: ElasticRefinement, votes: Votes, state: ElasticState) -> float:
    """What the squared residual of a pair counts: the area between it and its neighbours, in squared residuals at which votes fade."""
    return settings.level_spacing * settings.pair_spacing / (votes.scale + settings.floor) * state.trust
