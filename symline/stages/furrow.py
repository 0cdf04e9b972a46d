"""The spine's own line, by morphology: the furrow or the ridge down the middle of the back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from symline.errors import RegistrationError
from symline.model.mirror import Kind, MirrorMap
from symline.model.pair import Pair
from symline.model.parameters import parameter
from symline.model.refinement import Refinement, Trace
from symline.stages.stage import Stage
from symline.transforms.fitted import Evidence, fit_straightening
from symline.transforms.furrow import FurrowShape, find_furrow


@dataclass(frozen=True, slots=True, kw_only=True)
class FurrowSearch(Stage):
    """The centre line of the furrow or ridge that the spine draws on the back; mirror partners lie perpendicular to it.

    It is where the spine runs, which need not be the axis of symmetry. Lengths are fractions of the back's size L, the square
    root of its area.
    """

    holds: ClassVar[Kind] = Kind.CURVED
    takes: ClassVar[Kind] = Kind.DENSE
    is_fresh: ClassVar[bool] = True
    source: ClassVar[str] = "threshold: Otsu 1979, doi 10.1109/TSMC.1979.4310076; openings: Serra 1982; best path: Bellman 1957"

    smoothing: float = parameter(0.01, 0.0, 0.1, "Gaussian smoothing of the back, in L")
    opening: float = parameter(0.013, 0.0, 0.1, "radius of the flat disk that takes away specks, in L")
    closing: float = parameter(0.035, 0.0, 0.1, "radius of the flat disk that fills the gaps left by spinous processes and markers, in L")
    half_width: float = parameter(0.05, 0.015, 0.3, "half the width of the widest furrow, in L")
    length: float = parameter(0.12, 0.02, 1.0, "length of the line that a piece of the furrow has to hold, in L")
    largest_angle_deg: float = parameter(40.0, 0.0, 60.0, "largest angle of a piece to the vertical")
    centrality: float = parameter(0.12, 0.02, 1.0, "how far from the middle of the outline the furrow is likely, in L")
    visible_length: float = parameter(0.15, 0.02, 2.0, "length of the furrow that has to be visible, in L")
    tolerance: float = parameter(0.06, 0.001, 1.0, "offset from the smooth line up to which a piece of the furrow is no outlier, in L")
    stiffness: float = parameter(0.05, 0.005, 0.5, "length over which the line is stiff, in L")

    def __call__(self, pair: Pair, initial: MirrorMap) -> Refinement:  # noqa: ARG002
        """Find the furrow.

        Parameters
        ----------
        pair
            The back on the working grid.
        initial
            Not used: the search is global.

        Raises
        ------
        RegistrationError
            No furrow is visible, or it hardly touches the back.
        """
        furrow = find_furrow(pair, self.shape)
        if furrow is None:
            raise RegistrationError(
                f"no furrow or ridge of {self.visible_length:g} times the back's size is visible down the middle; "
                "use another stage, such as path, or lower furrow.visible_length",
                "no_furrow",
            )
        weights = furrow.contrast[np.isfinite(furrow.points[:, 1])]
        points = furrow.visible
        # the chord, by the median slope of points half a furrow apart
        half = len(points) // 2
        down, right = np.median(points[-half:] - points[:half], axis=0)
        found = fit_straightening(pair, Evidence(points, weights, self.tolerance), float(np.arctan2(right, down)), self.stiffness)
        return Refinement(found, Trace("furrow", ((-furrow.value,),)))

    @property
    def shape(self) -> FurrowShape:
        """What it looks for."""
        return FurrowShape(
            smoothing=self.smoothing,
            opening=self.opening,
            closing=self.closing,
            half_width=self.half_width,
            length=self.length,
            largest_angle=float(np.deg2rad(self.largest_angle_deg)),
            centrality=self.centrality,
            visible_length=self.visible_length,
        )
