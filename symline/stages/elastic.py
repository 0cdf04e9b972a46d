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
from symline.numerics.cubic_spline import cubic_spline
from symline.numerics.product_basis import ProductBasis
from symline.numerics.votes import Votes, count_votes
from symline.stages.gauss_newton import descend
from symline.stages.stage import Stage
from symline.transforms.elastic import ElasticMirror, Velocity, fade
from symline.transforms.midpoints import straighten
from symline.transforms.smoothed import Samples, Smoothed
from symline.transforms.straightening import Straightening
from symline.transforms.yaw import displacement_by_yaw

#: The squared residual, times the square of the noise's share in it, at which trust begins to fall. Noise tells nothing about where a
#: partner lies; a small share of it does not hide the rest, and a small residual means that the back is plain to see.
_NOISE = 0.005
#: Share of the mean diagonal entry added where lattice points too far outside would leave a system open.
_RIDGE = 1e-6
#: How often a step is halved that made things worse, before there is none.
_HALVINGS = 8
#: Of a body that shows no yaw at all, where yaw has no price either: what is shared out is nothing.
_LEAST_PRICE = 1e-300


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
            compared, metric, converged = descend(partial(_Problem.of, self), _Compared.of(level, state), self.iterations, self.rest)
            state = compared.state
            history.append(metric)
        found = _Problem.of(self, compared)
        trace = Trace.ended("elastic", history, converged)
        if not found.metric <= _Problem.of(self, _Compared.of(level, start), found.votes.scale).metric + ROUNDING:
            return Refinement(initial, trace.worse())
        return Refinement(state.mirror, trace)

    def _begin(self, pair: Pair, curve: Straightening) -> _State:
        """The state without displacement; it knows how far what is seen can be trusted.

        Noise is white: its power falls to a quarter when the smoothing doubles. That of structure hardly falls.
        """
        state = _State.of(curve, self)
        levels = [Smoothed.of(pair, factor * self.smoothing[-1]) for factor in (2, 1)]
        coarse, fine = (_Problem.of(self, _Compared.of(level, state)).votes.scale for level in levels)
        share = max(0.0, (fine - coarse) / 3 / coarse)
        return replace(state.free_to_turn(levels[-1], self), trust=(1 + share**2 * fine / _NOISE) ** -3)


@dataclass(frozen=True, slots=True, eq=False)
class _State:
    """The map so far, and what does not change on its way.

    Parameters
    ----------
    mirror
        The map.
    coordinates
        Where it is compared, on its right side.
    basis
        Of its velocity there.
    prior
        Price of the velocity's coefficients, a matrix.
    trust
        How far what is seen can be trusted.
    """

    mirror: ElasticMirror
    coordinates: FloatArray
    basis: ProductBasis
    prior: FloatArray
    trust: float = 1.0

    @classmethod
    def of(cls, curve: Straightening, settings: ElasticRefinement) -> _State:
        """No displacement."""
        length = float(curve.arc[-1])
        s = np.arange(0.5 * settings.level_spacing, length, settings.level_spacing)
        t = (np.arange(round(settings.half_width / settings.pair_spacing)) + 0.5) * settings.pair_spacing
        lattice = (int(np.ceil(length / settings.lattice)) + 3, int(np.ceil(settings.half_width / settings.lattice)) + 2)
        mirror = ElasticMirror(curve, Velocity(np.zeros((2, *lattice)), settings.lattice, settings.core))
        along = cubic_spline((s / settings.lattice + 1)[:, None] - np.arange(lattice[0]))
        across = cubic_spline((t / settings.lattice)[:, None] - np.arange(lattice[1]))
        odd, even = fade(t, settings.core)
        coordinates = np.stack(np.meshgrid(s, t, indexing="ij"), axis=-1)
        basis = ProductBasis.of(along, (across * odd[:, None], across * even[:, None]))
        return cls(mirror, coordinates, basis, _prior(settings, lattice))

    def free_to_turn(self, level: Smoothed, settings: ElasticRefinement) -> _State:
        """The same with another price of what a yaw of the whole body explains."""
        distances, spacing = self.coordinates[0, :, 1], settings.level_spacing
        right, left = (_sample(level, self, side)[0] for side in (1, -1))
        displacement = displacement_by_yaw(right, left, distances, spacing)
        gram = self.basis.gather_twice(np.ones_like(displacement), 1, 1)
        across = np.linalg.solve(gram + _RIDGE * np.trace(gram) / len(gram) * np.eye(len(gram)), self.basis.gather(displacement, 1))
        yaw = np.concatenate([np.zeros_like(across), across])
        priced = self.prior @ yaw
        price = max(yaw @ priced + settings.yaw_price, _LEAST_PRICE)
        # least price of all ways to share what is displaced between the yaw and the rest
        return replace(self, prior=self.prior - np.outer(priced, priced) / price)

    def moved(self, update: FloatArray) -> _State:
        """The state with other coefficients."""
        velocity = replace(self.mirror.velocity, coefficients=self.mirror.velocity.coefficients + update)
        return replace(self, mirror=replace(self.mirror, velocity=velocity))


@dataclass(frozen=True, slots=True, eq=False)
class _Compared:
    """The two sides under a map.

    Parameters
    ----------
    level
        The back that is compared.
    state
        With the map.
    residual, covered
        Of each pair: its difference, and how much it counts at most; shape (levels, distances).
    by_velocity
        Change of the residual with the s and with the t component of the velocity, same shape.
    """

    level: Smoothed
    state: _State
    residual: FloatArray
    covered: FloatArray
    by_velocity: tuple[FloatArray, FloatArray]

    @classmethod
    def of(cls, level: Smoothed, state: _State) -> _Compared:
        """Read both sides.

        Raises
        ------
        RegistrationError
            No pair lies on the back.
        """
        right, by_right = _sample(level, state, 1)
        left, by_left = _sample(level, state, -1)
        covered = right.weight * left.weight
        if not covered.any():
            raise RegistrationError.for_little_overlap()
        # the s component is odd in t and the t component even: the left end moves by (-s, +t) when the right one moves by (s, t)
        by_velocity = (by_right[0] + by_left[0], by_right[1] - by_left[1])
        return cls(level, state, right.values - left.values, covered, by_velocity)

    def moved(self, update: FloatArray) -> _Compared:
        """The two sides with other coefficients of the velocity."""
        return _Compared.of(self.level, self.state.moved(update))


@dataclass(frozen=True, slots=True, eq=False)
class _Problem:
    """How badly a map fits, and the normal equations about it.

    Parameters
    ----------
    settings
        Of the stage.
    compared
        The two sides under the map.
    votes
        Of their pairs.
    metric
        How badly they fit, their mean cost times the area in which pairs are looked for, and the price of the displacement.
    """

    settings: ElasticRefinement
    compared: _Compared
    votes: Votes
    metric: float

    @classmethod
    def of(cls, settings: ElasticRefinement, compared: _Compared, scale: float | None = None) -> _Problem:
        residual, covered, state = compared.residual, compared.covered, compared.state
        region = (settings.region / settings.level_spacing, settings.region / settings.pair_spacing)
        votes = count_votes(residual, covered, region, settings.tolerance, scale)
        coefficients = state.mirror.velocity.coefficients.ravel()
        cost = votes.cost * votes.scale * residual.size * _cell(settings, votes, state)
        return cls(settings, compared, votes, cost + float(coefficients @ state.prior @ coefficients))

    def step(self) -> tuple[_Compared, float]:
        """The two sides after one step of Gauss-Newton, halved until it makes nothing worse, and how much the velocity changed at most.

        On real backs that are not quite symmetric a full step may overshoot, again and again.
        """
        state = self.compared.state
        coefficients = state.mirror.velocity.coefficients
        matrix, gradient = self._normal_equations()
        update = -np.linalg.solve(matrix + state.prior, gradient + state.prior @ coefficients.ravel()).reshape(coefficients.shape)
        for _ in range(_HALVINGS):
            compared = self.compared.moved(update)
            if _Problem.of(self.settings, compared, self.votes.scale).metric <= self.metric:
                return compared, float(np.abs(update).max())
            update = update / 2
        return self.compared, 0.0

    def _normal_equations(self) -> tuple[FloatArray, FloatArray]:
        """Matrix and gradient in the coefficients, without their price."""
        basis = self.compared.state.basis
        by_s, by_t = self.compared.by_velocity
        weight = self.votes.vote * _cell(self.settings, self.votes, self.compared.state)
        gradient = [basis.gather(weight * change * self.compared.residual, kind) for kind, change in enumerate((by_s, by_t))]
        mixed = basis.gather_twice(weight * by_s * by_t, 0, 1)
        blocks = [
            [basis.gather_twice(weight * by_s**2, 0, 0), mixed],
            [mixed.T, basis.gather_twice(weight * by_t**2, 1, 1)],
        ]
        return np.block(blocks), np.concatenate(gradient)


def _cell(settings: ElasticRefinement, votes: Votes, state: _State) -> float:
    """What the squared residual of a pair counts: the area between it and its neighbours, in squared residuals at which votes fade."""
    return settings.level_spacing * settings.pair_spacing / (votes.scale + settings.floor) * state.trust


def _sample(level: Smoothed, state: _State, side: int) -> tuple[Samples, tuple[FloatArray, FloatArray]]:
    """Values at the displaced points of one side, and their change with s and t."""
    curve, velocity = state.mirror.straightening, state.mirror.velocity
    displaced = velocity.flow(state.coordinates * (1, side), 1.0)
    samples = level.at(curve.place(displaced))
    by_s, by_t = curve.tangents(displaced)
    return samples, ((samples.gradient * by_s).sum(axis=-1), (samples.gradient * by_t).sum(axis=-1))


def _prior(settings: ElasticRefinement, lattice: tuple[int, int]) -> FloatArray:
    """Price of the coefficients of both components: of their size, and of their differences between neighbours."""
    rows, cols = lattice
    steps = [np.diff(np.eye(count), axis=0) for count in (rows, cols)]
    uneven = np.kron(steps[0].T @ steps[0], np.eye(cols)) + np.kron(np.eye(rows), steps[1].T @ steps[1])
    return np.kron(np.eye(2), settings.unevenness_price * uneven + settings.size_price * np.eye(rows * cols))
