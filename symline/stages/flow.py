"""Dense optical flow between the fixed and the moving image, a displacement for every pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from symline.model.image import FloatArray
from symline.model.mirror import Kind, MirrorMap
from symline.model.pair import Pair
from symline.model.parameters import choice, parameter
from symline.model.refinement import Refinement, Trace
from symline.numerics.displacements import extend_smoothly
from symline.stages.correction import Step, keep_better, settle
from symline.stages.stage import Stage
from symline.transforms.copies import soften

#: Half-width in L over which the images are carried on beyond the back: about what the solvers look at across its rim.
_BEYOND = 0.02
#: Shares of a pixel that lie on both halves, from which on it has a full vote, and below which none.
_COVERED, _BARE = 0.9, 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class OpticalFlow(Stage):
    """Optical flow as scikit-image has it: local least squares over windows, or total variation with an absolute difference.

    Lengths are fractions of the back's size L, the square root of its area.
    """

    holds: ClassVar[Kind] = Kind.DENSE
    takes: ClassVar[Kind] = Kind.DENSE
    source: ClassVar[str] = (
        "ILK: Le Besnerais & Champagnat 2005, doi 10.1109/ICIP.2005.1529706; "
        "TV-L1: Zach, Pock & Bischof 2007, doi 10.1007/978-3-540-74936-3_22; both from scikit-image"
    )

    method: str = choice("ilk", ("ilk", "tvl1"), "ilk = local least squares over windows, tvl1 = total variation")
    smoothing: float = parameter(0.0067, 0.0, 0.1, "Gaussian smoothing before the comparison, in L")
    radius: float = parameter(0.12, 0.01, 0.5, "ilk: half-width of the window, in L")
    attachment: float = parameter(3.0, 0.1, 100.0, "tvl1: weight of the difference of the images against the variation of the displacement")
    spread: float = parameter(0.08, 0.0, 0.3, "Gaussian smoothing of the displacement found, in L")
    iterations: int = parameter(3, 1, 20, "largest number of times the flow is found anew, against the moving image as seen by then")
    rest: float = parameter(0.002, 1e-5, 0.1, "at rest after a step smaller than this, root mean square, in L")

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
        pair = soften(pair, self.smoothing)
        start, limits = np.zeros((2, *pair.fixed.shape)), (self.iterations, self.rest * pair.resolution)
        displacement, metric, converged = settle(pair, initial, start, self._step(pair), limits)
        return keep_better(pair, initial, displacement, Trace.ended("flow", [metric], converged))

    def _step(self, pair: Pair) -> Step:
        """How the flow is found, smoothed, and carried on to where there is nothing to compare."""

        def step(moving: FloatArray, covered: FloatArray, _: FloatArray) -> FloatArray:
            counts = np.clip((pair.coverage * covered - _BARE) / (_COVERED - _BARE), 0, 1)
            fixed, moving = self._fill(pair, np.stack([pair.fixed, moving]), counts)
            found = self._solve(fixed, moving, pair.resolution)
            return extend_smoothly(found, counts, max(self.spread * pair.resolution, 0.5))

        return step

    def _fill(self, pair: Pair, images: FloatArray, counts: FloatArray) -> FloatArray:
        """Both images with the same smooth continuation where there is nothing to compare, so that nothing pulls there."""
        beyond = extend_smoothly(images, counts, _BEYOND * pair.resolution).mean(axis=0)
        return np.asarray(counts * images + (1 - counts) * beyond, dtype=np.float32)

    def _solve(self, fixed: FloatArray, moving: FloatArray, resolution: float) -> FloatArray:
        # imported here: it takes a while, and the command line should start fast
        from skimage.registration import optical_flow_ilk, optical_flow_tvl1

        if self.method == "tvl1":
            found = optical_flow_tvl1(fixed, moving, attachment=self.attachment)  # type: ignore[no-untyped-call]
        else:
            found = optical_flow_ilk(fixed, moving, radius=max(1, round(self.radius * resolution)))  # type: ignore[no-untyped-call]
        return np.asarray(found, dtype=np.float64)
