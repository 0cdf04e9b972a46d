"""Block matching against the moving image: large blocks first, then smaller ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from symline.model.image import FloatArray
from symline.model.mirror import Kind, MirrorMap
from symline.model.pair import Pair
from symline.model.parameters import parameter
from symline.model.refinement import Refinement, Trace
from symline.numerics.block_matching import Blocks, match_blocks, solve_blocks
from symline.stages.correction import Step, keep_better, settle
from symline.stages.stage import Stage
from symline.transforms.copies import soften


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockMatching(Stage):
    """Displacements of blocks, each with a quadratic price of its own, solved together with a price on bending.

    Lengths are fractions of the back's size L, the square root of its area.
    """

    holds: ClassVar[Kind] = Kind.DENSE
    takes: ClassVar[Kind] = Kind.DENSE
    source: ClassVar[str] = "block matching with quadratic fits and a smoothness price, as in elastic registration of image montages"

    blocks: tuple[float, ...] = parameter((0.09, 0.065, 0.045), 0.02, 0.25, "spacing of the blocks of each level, coarse to fine, in L")
    price: float = parameter(10.0, 0.0, 1000.0, "price of bending, against the typical curvature of the blocks' own prices")
    smoothing: float = parameter(0.0135, 0.0, 0.1, "Gaussian smoothing before the comparison, in L")
    iterations: int = parameter(4, 1, 50, "largest number of iterations a level")
    rest: float = parameter(0.002, 1e-5, 0.1, "a level is at rest after a step smaller than this, root mean square, in L")

    def __call__(self, pair: Pair, initial: MirrorMap) -> Refinement:
        """Refine a mirror map.

        Parameters
        ----------
        pair
            The back on the working grid.
        initial
            Where to start; anything within about a third of the largest block of the answer will do.

        Raises
        ------
        RegistrationError
            Too few pixels have a partner on the back.
        """
        pair = soften(pair, self.smoothing)
        displacement, history, converged = np.zeros((2, *pair.fixed.shape)), [], True
        for block in self.blocks:
            step = self._step(pair, block * pair.resolution)
            displacement, metric, converged = settle(pair, initial, displacement, step, (self.iterations, self.rest * pair.resolution))
            history.append(metric)
        return keep_better(pair, initial, displacement, Trace.ended("blocks", history, converged))

    def _step(self, pair: Pair, block: float) -> Step:
        """How blocks of one size, in working pixels, are matched and moved."""
        blocks, reach = Blocks.over(pair.fixed.shape, block), max(2, round(block / 3))

        def step(moving: FloatArray, covered: FloatArray, so_far: FloatArray) -> FloatArray:
            quadratics = match_blocks((pair.fixed, moving), (pair.coverage, covered), blocks, reach)
            return blocks.spread(solve_blocks(quadratics, blocks, blocks.sample(so_far), self.price, block / 3))

        return step
