"""Where is the straight axis, by the outline alone? Through the centre of the back's area, along its principal axis."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from symline.model.mirror import Kind, MirrorMap
from symline.model.pair import Pair
from symline.model.parameters import parameter
from symline.model.refinement import ROUNDING, Refinement, Trace
from symline.stages.stage import Stage
from symline.transforms.affine import Affine
from symline.transforms.copies import soften
from symline.transforms.disagreement import disagreement


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments(Stage):
    """The axis through the centre of the back's area along the principal axis nearest to the vertical: fast and rough.

    The values are not weighed, since they have any sign; they only decide whether the answer is better than the start.
    A side that is cut away moves the centre, so this is a start for other stages.
    """

    holds: ClassVar[Kind] = Kind.STRAIGHT
    takes: ClassVar[Kind] = Kind.DENSE
    is_fresh: ClassVar[bool] = True
    source: ClassVar[str] = "image moments: Hu 1962, doi 10.1109/TIT.1962.1057692"

    least_elongation: float = parameter(
        1.15, 1.0, 10.0, "how much longer than wide the outline has to be (ratio of its principal lengths); else the axis stays vertical"
    )
    smoothing: float = parameter(0.0135, 0.0, 0.1, "Gaussian smoothing before the answer is compared with the start, in L")

    def __call__(self, pair: Pair, initial: MirrorMap) -> Refinement:
        """Find the axis of the outline.

        Parameters
        ----------
        pair
            The back on the working grid.
        initial
            Returned where the outline's axis is the worse one.
        """
        middle = pair.centroid
        angle, elongation = principal_angle(pair)
        is_long = elongation >= self.least_elongation
        row, col = (float(number) for number in middle)
        found = Affine.reflection((row, col), angle if is_long else 0.0)
        softened = soften(pair, self.smoothing)
        before, after = disagreement(softened, initial), disagreement(softened, found)
        trace = Trace("moments", ((after,),))
        if after > before + ROUNDING:
            return Refinement(initial, trace.worse())
        if not is_long:
            why = f"the outline has no clear long axis ({elongation:.2f} times as long as wide), so the axis is vertical"
            trace = replace(trace, converged=False, why=why)
        return Refinement(found, trace)


def principal_angle(pair: Pair) -> tuple[float, float]:
    """Angle to the vertical of the outline's principal axis nearest to it, radians, and how many times longer than wide the outline is."""
    down, right = (
        coordinate - centre for coordinate, centre in zip(np.indices(pair.coverage.shape), pair.to_grid(pair.centroid), strict=True)
    )
    rows, cols, both = (float((pair.coverage * product).sum(dtype=np.float64)) for product in (down**2, right**2, down * right))
    spread = np.hypot(rows - cols, 2 * both)
    elongation = np.sqrt((rows + cols + spread) / max(rows + cols - spread, 1e-12))
    angle = 0.5 * np.arctan2(2 * both, rows - cols)
    # the two principal axes are at right angles, and one of them is within 45 degrees of the vertical
    return float((angle + np.pi / 4) % (np.pi / 2) - np.pi / 4), float(elongation)
