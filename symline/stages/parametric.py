"""Straight registration of the back with its mirror image: shift, turn, stretch, or any affine map, from a metric's gradient."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from symline.model.image import FloatArray
from symline.model.mirror import Kind, MirrorMap
from symline.model.pair import Pair
from symline.model.refinement import Refinement
from symline.numerics.matching import Matching
from symline.numerics.optimizers import Place
from symline.stages.gradient import GradientStage
from symline.transforms.families import FAMILIES, Family, nearest_affine

#: The longest step, in pixels of the level: farther the slopes say nothing.
_LONGEST = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ParametricStage(GradientStage):
    """A straight map about the centre of the back, applied before the mirror map it was given."""

    holds: ClassVar[Kind] = Kind.STRAIGHT
    takes: ClassVar[Kind] = Kind.STRAIGHT
    source: ClassVar[str] = "Brown 1992, doi 10.1145/146370.146374; normal equations: Lucas & Kanade 1981"
    #: Its name in `FAMILIES` and in `STAGES`.
    family: ClassVar[str]

    def __call__(self, pair: Pair, initial: MirrorMap) -> Refinement:
        """Refine a straight mirror map.

        Parameters
        ----------
        pair
            The back on the working grid.
        initial
            Where to start; of a map that is not straight, the nearest one that is.

        Raises
        ------
        RegistrationError
            Too little of the back and of its mirror image overlaps.
        """
        start = nearest_affine(initial, pair)
        centre, radius = centre_and_radius(pair)
        parameters, trace = self._minimise(pair, start, self._problem(centre, radius), self.family)
        if not parameters.any():
            return Refinement(initial, trace)
        return Refinement(start @ FAMILIES[self.family].map(parameters, centre, radius), trace)

    def _problem(self, centre: FloatArray, radius: float) -> Callable[[Matching], StraightProblem]:
        return lambda matching: StraightProblem(matching, FAMILIES[self.family], centre, radius)


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation(ParametricStage):
    """Shift the mirror image: the axis moves, its angle stays."""

    family: ClassVar[str] = "translation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation(ParametricStage):
    """Turn the mirror image about the middle of the back."""

    family: ClassVar[str] = "rotation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rigid(ParametricStage):
    """Shift and turn the mirror image: any straight axis."""

    family: ClassVar[str] = "rigid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Similarity(ParametricStage):
    """Shift, turn and stretch the mirror image evenly."""

    family: ClassVar[str] = "similarity"


@dataclass(frozen=True, slots=True, kw_only=True)
class AffineStage(ParametricStage):
    """Any affine map of the mirror image: pairs may be slanted, and one half larger than the other."""

    family: ClassVar[str] = "affine"


@dataclass(frozen=True, slots=True, eq=False)
class StraightProblem:
    """A metric as a function of the parameters of a family of straight maps."""

    matching: Matching
    family: Family
    centre: FloatArray
    radius: float

    @property
    def start(self) -> FloatArray:
        """The parameters of the identity."""
        return np.zeros(self.family.size)

    @property
    def longest(self) -> float:
        """The most that a parameter may change at once, in L."""
        return _LONGEST / self.matching.fixed.resolution

    def points(self, parameters: FloatArray) -> FloatArray:
        """Where each pixel of the level looks in the moving image, in L, shape (rows, cols, 2)."""
        return self.family.map(parameters, self.centre, self.radius)(self.matching.fixed.points)

    def at(self, parameters: FloatArray) -> Place:
        """The objective: the metric, its gradient, and the normal equations where it is a sum of squares."""
        match = self.matching.at(self.points(parameters))
        counted = self.matching.fixed.weights > 0
        velocities = self.family.velocities(parameters, self.matching.fixed.points[counted] - self.centre, self.radius)
        gradient = np.einsum("nkd,nd->k", velocities, match.pull[counted])
        if match.curvature is None:
            return Place(match.value, gradient)
        change = np.einsum("nkd,nd->nk", velocities, match.slopes[counted])
        matrix = (change * match.curvature[counted][:, None]).T @ change
        return Place(match.value, gradient, lambda damping: _solve(matrix, gradient, damping))


def centre_and_radius(pair: Pair) -> tuple[FloatArray, float]:
    """The centre of the covered pixels, and the root mean square distance of the pixels from it, in L."""
    centre = pair.centroid
    distances = ((pair.points - centre) ** 2).sum(axis=-1)
    return centre, float(np.sqrt(np.average(distances, weights=pair.coverage.astype(np.float64))))


def _solve(matrix: FloatArray, gradient: FloatArray, damping: float) -> FloatArray:
    diagonal = np.diag(matrix)
    # a little more than nothing, so that what no pixel can tell stays where it is
    ridge = damping * diagonal + 1e-9 * max(float(diagonal.max()), 1e-300)
    return np.asarray(-np.linalg.solve(matrix + np.diag(ridge), gradient))
