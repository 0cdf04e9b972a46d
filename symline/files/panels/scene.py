"""What all panels of one registration page share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from symline.files.drawing.frame import Frame
from symline.files.drawing.page import CELL
from symline.files.drawing.sheet import Ruler
from symline.model.analysis import Analysis
from symline.model.image import FloatArray
from symline.model.midline import Midline
from symline.model.mirror import MirrorMap
from symline.model.pair import Pair
from symline.model.refinement import Refinement
from symline.model.registration import Registration
from symline.transforms.affine import Affine
from symline.transforms.moving import look_at, see

#: Highest picture of the back, in picture pixels.
HIGHEST = 640


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A registration, and how to draw it.

    Parameters
    ----------
    registration
        What is drawn.
    midline
        The line found.
    axis
        The reflection about the straight axis closest to it.
    frame
        Of all pictures of the back.
    partners
        Partner of each working pixel by the last map, in units of L; NaN where there is none; shape (rows, cols, 2).
    """

    registration: Registration
    midline: Midline
    axis: Affine
    frame: Frame
    partners: FloatArray

    @classmethod
    def of(cls, analysis: Analysis) -> Self | None:
        """The scene of an analysis, or None where it found nothing."""
        registration, midline, axis = analysis.registration, analysis.midline, analysis.axis
        if registration is None or midline is None or axis is None:
            return None
        pair = registration.pair
        row, col = pair.from_image(np.array(axis.point)).tolist()
        return cls(
            registration=registration,
            midline=midline,
            axis=Affine.reflection((row, col), axis.angle),
            frame=Frame.of(pair, CELL, HIGHEST),
            partners=registration.steps[-1].transform.partners(pair.points),
        )

    @property
    def pair(self) -> Pair:
        """The working grid."""
        return self.registration.pair

    @property
    def mirror(self) -> MirrorMap:
        """The last map."""
        return self.registration.steps[-1].transform

    @property
    def unit(self) -> str:
        """What lengths are in."""
        return "mm" if self.midline.spacing else "px"

    @property
    def length(self) -> float:
        """How many mm, or px where the spacing is unknown, make up L."""
        return self.pair.resolution * self.pair.step[1] * self.midline.scale[1]

    @property
    def ruler(self) -> Ruler:
        """How long things are in the pictures."""
        return Ruler(self.pair.resolution * self.frame.zoom / self.length, self.unit)

    @property
    def line(self) -> FloatArray:
        """The midline in the picture, (x, y), shape (n, 2)."""
        return self.frame.place(self.pair.from_image(self.midline.points))

    @property
    def departure(self) -> FloatArray:
        """Distance between each working pixel's partner and its reflection about the straight axis, mm or px; NaN where there is none."""
        return self._distance(self.partners, self.axis.partners(self.pair.points))

    @property
    def inconsistency(self) -> FloatArray:
        """Distance between each working pixel and its partner's partner, mm or px; NaN where there is none."""
        return self._distance(self.mirror.partners(self.partners), self.pair.points)

    def see(self, step: Refinement) -> tuple[FloatArray, FloatArray]:
        """The moving image of a step and its coverage, on the working grid."""
        is_last = step is self.registration.steps[-1]
        return look_at(self.pair, self.partners) if is_last else see(self.pair, step.transform)

    def _distance(self, first: FloatArray, second: FloatArray) -> FloatArray:
        return np.asarray(np.hypot(*np.moveaxis(first - second, -1, 0)) * self.length)
