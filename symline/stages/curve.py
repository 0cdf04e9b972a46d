"""Refine the curve and its pair direction by robust Gauss-Newton, coarse to fine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar

import numpy as np
import scipy

from symline.errors import RegistrationError
from symline.model.image import FloatArray
from symline.model.mirror import Kind, MirrorMap
from symline.model.pair import Pair
from symline.model.parameters import parameter
from symline.model.refinement import ROUNDING, Refinement, Trace
from symline.numerics.level_correlation import correlate_levels
from symline.numerics.votes import count_votes
from symline.stages.gauss_newton import descend
from symline.stages.look_ahead import look_ahead
from symline.stages.stage import Stage
from symline.transforms.bending import Bending, Prices
from symline.transforms.curve_pairs import CurvePairs, CurveState
from symline.transforms.extent import fit_extent
from symline.transforms.midpoints import straighten
from symline.transforms.outline import OutlineTerm
from symline.transforms.smoothed import Smoothed
from symline.transforms.straightening import Straightening

#: Of the symmetry of a level's relief: window along the curve in L, variance that counts as flat, softness of the outline's taking over.
_WINDOW, _FLATNESS, _SOFTNESS = 0.055, 0.03, 0.2
#: The least scale of the votes, in variances of the values, on the last level, and in squares of the smoothing on those before: what being
#: off by some of it makes. On a clean surface votes would else fade at next to nothing, and be lost where the curve is still off.
_CLEAN, _OFF = 1e-3, 100.0
#: Area over which residuals go together, in squares of the region whose pairs vote together: so a 95 % band holds known lines.
_DEPENDENT = 0.87
#: The longest step of a node, in L: a longer one would leave what the gradient of the smoothed back knows about.
_LONGEST_STEP = 0.05
#: The step that tells how far off a curve is at most, in L: half as wide as a back.
_FARTHEST = 0.25
#: Share of the mean diagonal entry added to all, so that what neither pairs nor prices can tell stays where it is.
_RIDGE = 1e-6
#: How many times `rest` is rest on the levels before the last one, which goes on from there anyway.
_NEAR_REST = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveRefinement(Stage):
    """Robust Gauss-Newton on the lateral shift and the pair direction of a curve, and at the end on the yaw of the body.

    Where the relief of a level is hardly symmetric the outline has a say: sides of unequal width pull the curve aside.
    Towards the ends of the curve pairs lose their vote: there the recording was cut, and curvature tells of the cut.
    The yaw keeps a body that stands turned from pulling the curve aside; the curve is all that is handed on.
    Lengths are fractions of the back's size L, the square root of its area; the bending price is that of a thin rod
    against squared residuals in units of their typical size.
    """

    holds: ClassVar[Kind] = Kind.CURVED
    takes: ClassVar[Kind] = Kind.CURVED
    source: ClassVar[str] = "robust weights: Geman & McClure 1987"

    node_spacing: float = parameter(0.025, 0.005, 0.1, "spacing of the curve's nodes, in L")
    pair_spacing: float = parameter(0.0125, 0.004, 0.05, "spacing of the pairs on each level, in L")
    half_width: float = parameter(0.37, 0.05, 1.0, "how far to the sides pairs are compared, in L")
    smoothing: tuple[float, ...] = parameter((0.023, 0.0085), 0.002, 0.2, "Gaussian smoothing of each level, coarse to fine, in L")
    iterations: int = parameter(27, 1, 200, "largest number of iterations of all levels together; each takes one")
    rim: float = parameter(0.04, 0.0, 0.3, "distance from either end of the curve within which pairs lose their vote, in L")
    region: float = parameter(0.046, 0.01, 0.3, "neighbourhood whose pairs gain or lose their vote together, in L")
    tolerance: float = parameter(0.48, 0.05, 10.0, "regional squared residual, in medians, at which the vote begins to fade")
    bending_price: float = parameter(0.008, 0.0, 1.0, "price of the curve's bending")
    unevenness_price: float = parameter(1e-5, 0.0, 0.1, "price of bending that varies along the curve: one arc is cheaper than an S")
    slant_price: float = parameter(0.55, 0.0, 10.0, "price of a pair direction that is not perpendicular to the curve")
    twist_price: float = parameter(0.28, 0.0, 10.0, "price of a pair direction that varies along the curve")
    yaw_price: float = parameter(0.22, 0.0, 1e6, "price of the squared yaw of the body, in its own unit")
    outline_price: float = parameter(28.0, 0.0, 1000.0, "price of sides of unequal width, where the relief is hardly symmetric")
    outline_symmetry: float = parameter(0.4, -1.0, 1.0, "symmetry of a level's relief below which the outline has a say")
    outline_tolerance: float = parameter(0.01, 0.0, 1.0, "difference in width that costs nothing, in L")
    outline_bend: float = parameter(0.4, 0.0, 1.0, "the same for each radian by which the whole line bends, in L")
    pair_smoothing: float = parameter(0.11, 0.0, 0.5, "smoothing of the pair direction along the curve at the end, in L")
    rest: float = parameter(1.5e-4, 0.0, 0.01, "the last level is at rest when no node is off by more than this, in L")

    def __call__(self, pair: Pair, initial: MirrorMap) -> Refinement:
        """Refine a curve.

        Parameters
        ----------
        pair
            The back on the working grid.
        initial
            Where to start; anything within about 0.1 L of the answer will do.

        Raises
        ------
        RegistrationError
            Too few pairs lie inside the back.
        """
        start = fit_extent(straighten(initial, pair), pair, self.node_spacing)
        curve = replace(start, pair_angle=Bending(start.nodes).direction)  # pairs start perpendicular to it
        history: list[tuple[float, ...]] = []
        converged = True
        for number, sigma in enumerate(self.smoothing, 1):
            level = Smoothed.of(pair, sigma)
            state = CurveState.of(fit_extent(curve, pair, self.node_spacing), self.distances)
            is_last = number == len(self.smoothing)
            if is_last:  # before, the curve is too far off to tell what belongs together
                state = state.free_to_turn(level)
            least, rest = (_CLEAN, self.rest) if is_last else (_OFF * sigma**2, _NEAR_REST * self.rest)
            left = max(1, self.iterations - sum(len(metric) for metric in history))
            state, metric, converged = descend(partial(_Problem.of, self, level, least=least), state, left, rest)
            curve = state.curve
            history.append(metric)
        found = _Problem.of(self, level, state)
        given = _Problem.of(self, level, CurveState.of(start, self.distances), found.scale)
        trace = Trace.ended("curve", history, converged)
        if not found.metric <= given.metric + ROUNDING:
            return Refinement(initial, trace.worse())
        return Refinement(self._smooth(curve), trace, sd=found.deviation())

    def doubt(self, pair: Pair, curve: Straightening) -> tuple[FloatArray, FloatArray]:
        """What the back says against a curve, wherever it comes from.

        Returns
        -------
        sd, step
            At each node of the curve: the standard deviation of a curve that was refined there, and the shift that one more step of the
            refinement would make, which is small where it was. In L, shape (n,); NaN where too few pairs lie on the back to tell.
        """
        level, fitted = Smoothed.of(pair, self.smoothing[-1]), fit_extent(curve, pair, self.node_spacing)
        try:
            problem = _Problem.of(self, level, CurveState.of(fitted, self.distances).free_to_turn(level))
        except RegistrationError:
            unknown = np.full(len(curve.nodes), np.nan)
            return unknown, unknown
        nearest = np.hypot(*(curve.nodes[:, None] - fitted.nodes).T).argmin(axis=0)
        return problem.deviation()[nearest], np.clip(problem.update, -_FARTHEST, _FARTHEST)[nearest]

    def _smooth(self, curve: Straightening) -> Straightening:
        """The curve with smoother pair directions: level by level they follow the noise."""
        return replace(
            curve,
            pair_angle=scipy.ndimage.gaussian_filter1d(curve.pair_angle, max(self.pair_smoothing / curve.spacing, 1e-9), mode="nearest"),
        )

    def trust_in_levels(self, count: int, spacing: float) -> FloatArray:
        """How much each node's level counts at most: 1, and hardly at all at the ends."""
        node = np.arange(count)
        distance = (np.minimum(node, node[::-1]) + 0.5) * spacing
        return np.asarray(1 - np.exp(-((distance / max(self.rim, 1e-9)) ** 2)))

    def outline_weights(self, pairs: CurvePairs, spacing: float) -> FloatArray:
        """How much the outline has to say at each level: nothing where the relief is symmetric."""
        symmetry = correlate_levels(pairs.left, pairs.right, pairs.covered, _WINDOW / spacing, _FLATNESS)
        return np.asarray(self.outline_price * np.clip((self.outline_symmetry - symmetry) / _SOFTNESS, 0, 1))

    @property
    def prices(self) -> Prices:
        """What a curve costs."""
        return Prices(self.bending_price, self.unevenness_price, self.slant_price, self.twist_price)

    @property
    def distances(self) -> FloatArray:
        """Distances at which pairs are compared, in L."""
        return (np.arange(round(self.half_width / self.pair_spacing)) + 0.5) * self.pair_spacing


@dataclass(frozen=True, slots=True, eq=False)
class _Problem:
    """The normal equations about one state: unknowns are the shift and the turn of every node, and the yaw."""

    state: CurveState
    matrix: FloatArray
    gradient: FloatArray
    metric: float
    scale: float
    correlated: float

    @classmethod
    def of(
        cls, settings: CurveRefinement, level: Smoothed, state: CurveState, scale: float | None = None, least: float = _CLEAN
    ) -> _Problem:
        pairs = CurvePairs.of(level, state)
        curve = state.curve
        bending = Bending(curve.nodes)
        spacing = bending.step
        region = (settings.region / spacing, settings.region / settings.pair_spacing)
        covered = pairs.covered * settings.trust_in_levels(len(curve.nodes), spacing)[:, None]
        votes = count_votes(pairs.residual, covered, region, settings.tolerance, scale, least)
        # one pair stands for the area between its neighbours, whatever the spacing
        cell = spacing * settings.pair_spacing / votes.scale
        matrix, gradient = pairs.normal_equations(votes.vote * cell)
        count = len(curve.nodes)
        prior, slope, price = bending.prior(curve, settings.prices)
        matrix[:-1, :-1] += prior
        gradient[:-1] += slope
        matrix[-1, -1] += settings.yaw_price
        gradient[-1] += settings.yaw_price * state.yaw
        price += settings.yaw_price * state.yaw**2
        weights = settings.outline_weights(pairs, spacing)
        if weights.any():
            outline = OutlineTerm.of(level.pair, curve, weights, settings.outline_tolerance, settings.outline_bend)
            node = np.arange(count)
            matrix[node, node] += outline.matrix * spacing
            gradient[:count] += outline.gradient * spacing
            price += float(outline.price.sum()) * spacing
        matrix.flat[:: len(matrix) + 1] += _RIDGE * np.trace(matrix) / len(matrix)
        metric = float(votes.cost * votes.scale * pairs.residual.size * cell + price)
        return cls(state, matrix, gradient, metric, votes.scale, _DEPENDENT * settings.region**2)

    @property
    def update(self) -> FloatArray:
        """Shifts and turns of all nodes, and the yaw, that solve the equations."""
        # the matrix is positive definite: what it costs to move
        return np.asarray(
            scipy.linalg.cho_solve(scipy.linalg.cho_factor(self.matrix, check_finite=False), -self.gradient, check_finite=False)
        )

    def step(self) -> tuple[CurveState, float]:
        """The state after one step, and how far the equations say that its nodes were off at most, in L."""
        update = self.update
        count = len(self.state.curve.nodes)
        step = look_ahead(update, self.state.last, count, _LONGEST_STEP)
        return self.state.moved(step, update), float(np.abs(update[:count]).max())

    def deviation(self) -> FloatArray:
        """Standard deviation of each node's shift, in L: the posterior, with neighbouring residuals taken as dependent."""
        count = len(self.state.curve.nodes)
        covariance = np.linalg.inv(self.matrix)
        return np.sqrt(np.diag(covariance)[:count] * self.correlated)
