"""The spine's own line, by morphology: the furrow or the ridge down the middle of the back, wherever the axis of symmetry may be.

Beside a midline that is known, `symline.measures.furrow` follows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from symline.errors import RegistrationError
from symline.model.image import FloatArray
from symline.model.mirror import Kind, MirrorMap
from symline.model.pair import Pair
from symline.model.parameters import parameter
from symline.model.refinement import Refinement, Trace
from symline.numerics.central_strip import Strip, StripRules, central_strip
from symline.stages.stage import Stage
from symline.transforms.copies import soften
from symline.transforms.fitted import Evidence, fit_straightening

#: Grid pixels per L on which to look: enough for the centre of a furrow, and fast.
_RESOLUTION = 75.0
#: The directions in which pieces are opened: the largest angle to either side, and half of it.
_DIRECTIONS = (-1.0, -0.5, 0.0, 0.5, 1.0)
#: Least area of a piece, in shares of its length times the half-width.
_AREA = 0.6
#: Least contrast, in standard deviations of the back: a tenth of what faint furrows have.
_FAINTEST = 0.08
#: How far inside the outline a furrow stays, in units of L.
_RIM = 0.05
#: Prices of a turn, in L for each radian, and of a slip, in L for each L.
_TURN_PRICE, _SLIP_PRICE = 0.1, 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Furrow:
    """The spine's own line.

    Parameters
    ----------
    points
        (row, col) in units of L for each row of the working grid, col NaN where the furrow is not visible; shape (rows, 2).
    contrast
        How far it stands out in each row, in standard deviations of the back; 0 where it is not visible. Shape (rows,).
    sign
        1 where its values are higher than those beside it, -1 where they are lower.
    value
        How convincing it is.
    """

    points: FloatArray
    contrast: FloatArray
    sign: int
    value: float

    @property
    def visible(self) -> FloatArray:
        """The points of the rows in which it is visible, shape (n, 2)."""
        return self.points[np.isfinite(self.points[:, 1])]


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
        furrow = self.find(pair)
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

    def find(self, pair: Pair) -> Furrow | None:
        """The dark or the bright strip, whichever is the more convincing; None where too little of a furrow is visible."""
        small = soften(pair, self.smoothing, _RESOLUTION)
        rules = self._rules(small.resolution)
        inside = small.coverage > 0.5
        strips = [(strip, sign) for sign in (1, -1) if (strip := central_strip(sign * small.fixed, inside, rules)) is not None]
        if not strips:
            return None
        strip, sign = max(strips, key=lambda each: each[0].value)
        furrow = _to_working_grid(pair, small, strip, sign)
        enough = len(furrow.visible) >= self.visible_length * pair.resolution
        return furrow if enough else None

    def _rules(self, resolution: float) -> StripRules:
        return StripRules(
            opening=self.opening * resolution,
            closing=self.closing * resolution,
            half_width=self.half_width * resolution,
            faintest=_FAINTEST,
            length=self.length * resolution,
            area=_AREA * self.length * self.half_width * resolution**2,
            directions=tuple(direction * float(np.deg2rad(self.largest_angle_deg)) for direction in _DIRECTIONS),
            rim=_RIM * resolution,
            centrality=self.centrality * resolution,
            turn_price=_TURN_PRICE * resolution,
            slip_price=_SLIP_PRICE,
        )


def _to_working_grid(pair: Pair, small: Pair, strip: Strip, sign: int) -> Furrow:
    """From the rows of the small grid to those of the working grid; between a visible row and one that is not, nothing is visible."""
    centres = small.from_grid(np.stack([np.arange(len(strip.cols), dtype=float), strip.cols], axis=1))
    rows = pair.from_grid(np.stack([np.arange(len(pair.fixed)), np.zeros(len(pair.fixed))], axis=1))[:, 0]
    # NaN on either side of a row makes it NaN
    cols = np.interp(rows, centres[:, 0], centres[:, 1], left=np.nan, right=np.nan)
    contrast = np.where(np.isfinite(cols), np.interp(rows, centres[:, 0], strip.contrast), 0.0)
    return Furrow(np.stack([rows, cols], axis=1), contrast, sign, strip.value / small.resolution)
