"""The furrow, or the ridge, that the spine draws on a back: found by morphology, wherever the axis of symmetry may be.

Beside a midline that is known, `symline.measures.furrow` follows it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symline.model.image import FloatArray
from symline.model.pair import Pair
from symline.numerics.central_strip import Strip, StripRules, central_strip
from symline.transforms.agreement import soften


@dataclass(frozen=True, slots=True, kw_only=True)
class FurrowShape:
    """What a furrow looks like; lengths in units of L.

    Parameters
    ----------
    smoothing
        Gaussian smoothing of the back.
    opening, closing
        Radii of the disks that take away specks, and fill the gaps that spinous processes and markers leave.
    half_width
        Half the width of the widest furrow.
    length
        Length of the shortest piece.
    largest_angle
        Largest angle of a piece to the vertical, radians.
    centrality
        How far from the middle of the outline it is likely.
    visible_length
        Length that has to be visible.
    """

    smoothing: float
    opening: float
    closing: float
    half_width: float
    length: float
    largest_angle: float
    centrality: float
    visible_length: float


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


#: Grid pixels per L on which to look: enough for the centre of a furrow, and fast.
RESOLUTION = 75.0
#: The directions in which pieces are opened: the largest angle to either side, and half of it.
_DIRECTIONS = (-1.0, -0.5, 0.0, 0.5, 1.0)
#: Least area of a piece, in shares of its length times the half-width.
_AREA = 0.6
#: Least contrast, in standard deviations of the back: a tenth of what faint furrows have.
_FAINTEST = 0.08
#: How far inside the outline a furrow stays, in units of L.
_RIM = 0.05
#: Prices of a turn, in L for each radian, and of a slip, for each working pixel.
_TURN_PRICE, _SLIP_PRICE = 0.1, 1.0


def find_furrow(pair: Pair, shape: FurrowShape) -> Furrow | None:
    """Find the spine's own line: dark or bright, whichever is the more convincing strip.

    Parameters
    ----------
    pair
        The back on the working grid.
    shape
        What it looks like.

    Returns
    -------
    Furrow or None
        None where too little of a furrow is visible.
    """
    small = soften(pair, shape.smoothing, RESOLUTION)
    rules = _rules(shape, small.resolution)
    inside = small.coverage > 0.5
    strips = [(strip, sign) for sign in (1, -1) if (strip := central_strip(sign * small.fixed, inside, rules)) is not None]
    if not strips:
        return None
    strip, sign = max(strips, key=lambda each: each[0].value)
    furrow = _on_grid(pair, small, strip, sign)
    enough = len(furrow.visible) >= shape.visible_length * pair.resolution
    return furrow if enough else None


def _rules(shape: FurrowShape, resolution: float) -> StripRules:
    return StripRules(
        opening=shape.opening * resolution,
        closing=shape.closing * resolution,
        half_width=shape.half_width * resolution,
        faintest=_FAINTEST,
        length=shape.length * resolution,
        area=_AREA * shape.length * shape.half_width * resolution**2,
        directions=tuple(direction * shape.largest_angle for direction in _DIRECTIONS),
        rim=_RIM * resolution,
        centrality=shape.centrality * resolution,
        turn_price=_TURN_PRICE * resolution,
        slip_price=_SLIP_PRICE,
    )


def _on_grid(pair: Pair, small: Pair, strip: Strip, sign: int) -> Furrow:
    """From the rows of the small grid to those of the working grid; between a visible row and one that is not, nothing is visible."""
    centres = small.from_grid(np.stack([np.arange(len(strip.cols), dtype=float), strip.cols], axis=1))
    rows = pair.from_grid(np.stack([np.arange(len(pair.fixed)), np.zeros(len(pair.fixed))], axis=1))[:, 0]
    # NaN on either side of a row makes it NaN
    cols = np.interp(rows, centres[:, 0], centres[:, 1], left=np.nan, right=np.nan)
    contrast = np.where(np.isfinite(cols), np.interp(rows, centres[:, 0], strip.contrast), 0.0)
    return Furrow(np.stack([rows, cols], axis=1), contrast, sign, strip.value / small.resolution)
