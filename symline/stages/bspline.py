"""Free-form registration: a displacement on a lattice of control points, held back by the price of its bending."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from symline.model.image import FloatArray
from symline.model.mirror import Kind, MirrorMap
from symline.model.pair import Pair
from symline.model.parameters import choice, parameter
from symline.model.refinement import Refinement
from symline.numerics.lattice import Lattice, Sampled, Side
from symline.numerics.matching import Matching
from symline.numerics.metrics import METRICS
from symline.numerics.optimizers import Place
from symline.stages.gradient import GradientStage
from symline.transforms.dense import DenseMirror, Displacement

#: The longest step, in pixels of the level and in spacings of the control points.
_LONGEST, _LONGEST_SPACINGS = 2.0, 0.3
#: An area that would shrink to less than this share is about to fold.
_LEAST_JACOBIAN = 0.15
#: Places between two control points at which that is looked for.
_GUARDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeForm(GradientStage):
    """Free-form deformation: cubic B-splines between control points, with the bending energy of a thin plate."""

    holds: ClassVar[Kind] = Kind.DENSE
    takes: ClassVar[Kind] = Kind.DENSE
    source: ClassVar[str] = "Rueckert et al. 1999, doi 10.1109/42.796284"

    metric: str = choice("lncc", tuple(METRICS), "what is minimised")
    spacing: float = parameter(0.1, 0.03, 1.0, "distance of neighbouring control points, in L")
    bending_price: float = parameter(4e-3, 0.0, 100.0, "price of the bending energy")

    def __call__(self, pair: Pair, initial: MirrorMap) -> Refinement:
        """Refine a mirror map of any kind.

        Parameters
        ----------
        pair
            The back on the working grid.
        initial
            Where to start; anything within about 0.05 L of the answer will do.

        Raises
        ------
        RegistrationError
            Too little of the back and of its mirror image overlaps.
        """
        extents = (size / pair.resolution for size in pair.middle)
        lattice = Lattice(*(Side.over(extent, self.spacing) for extent in extents))
        parameters, trace = self._minimise(
            pair, initial, lambda matching: LatticeProblem.of(matching, lattice, self.bending_price), "bspline"
        )
        if not parameters.any():
            return Refinement(initial, trace)
        points = pair.points
        sampled = Sampled.of(lattice, points[:, 0, 0], points[0, :, 1])
        vectors = sampled.displacement(parameters.reshape(lattice.shape))
        return Refinement(DenseMirror(initial, Displacement(vectors, pair.resolution)), trace)


@dataclass(frozen=True, slots=True, eq=False)
class LatticeProblem:
    """A metric and the price of bending as a function of the coefficients of a lattice."""

    matching: Matching
    sampled: Sampled
    #: The lattice where it is looked at for folds: the same places on all levels, between all control points.
    guard: Sampled
    price: float

    @classmethod
    def of(cls, matching: Matching, lattice: Lattice, price: float) -> LatticeProblem:
        """Set up one level."""
        points = matching.fixed.points
        guard = Sampled.of(lattice, *(side.places(_GUARDS) for side in (lattice.rows, lattice.cols)))
        return cls(matching, Sampled.of(lattice, points[:, 0, 0], points[0, :, 1]), guard, price)

    @property
    def start(self) -> FloatArray:
        """The coefficients of no displacement."""
        return np.zeros(int(np.prod(self.sampled.lattice.shape)))

    @property
    def longest(self) -> float:
        """The most that a coefficient may change at once, in L."""
        return min(_LONGEST / self.matching.fixed.resolution, _LONGEST_SPACINGS * self.sampled.lattice.rows.spacing)

    def points(self, parameters: FloatArray) -> FloatArray:
        """Where each pixel of the level looks in the moving image, in L, shape (rows, cols, 2)."""
        return self.matching.fixed.points + self.sampled.displacement(parameters.reshape(self.sampled.lattice.shape))

    def at(self, parameters: FloatArray) -> Place:
        """The objective: metric and price, their gradient, and the normal equations where the metric is a sum of squares."""
        lattice = self.sampled.lattice
        coefficients = parameters.reshape(lattice.shape)
        match = self.matching.at(self.points(parameters))
        bending = self.price * lattice.bending_gradient(coefficients)
        gradient = self.sampled.gather(match.pull) + 2 * bending
        value = match.value + float((bending * coefficients).sum())
        if self.guard.jacobian(coefficients).min() < _LEAST_JACOBIAN:
            value = np.inf
        if match.curvature is None:
            return Place(value, gradient.ravel())
        slopes, curvature = match.slopes, match.curvature

        def step(damping: float) -> FloatArray:
            bands = {
                (one, other): self.sampled.normal_bands(curvature * slopes[..., one] * slopes[..., other])
                for one, other in ((0, 0), (0, 1), (1, 0), (1, 1))
            }
            for axis in (0, 1):
                bands[axis, axis] = bands[axis, axis] + 2 * self.price * lattice.bending_bands
            return -lattice.solve(bands, gradient, damping).ravel()

        return Place(value, gradient.ravel(), step)
