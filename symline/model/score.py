"""What a symmetry score found: maps, levels, patches of asymmetry and measures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from symline.model.image import FloatArray, freeze


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One of several equal parts of the back, from top to bottom along the midline.

    Parameters
    ----------
    number
        From 1, the top.
    top_row, bottom_row
        Rows in which the midline enters and leaves it, px.
    symmetry, asymmetry_rms, signed_asymmetry, left_mean, right_mean
        Correlation of the two sides; root mean square asymmetry; mean of left minus right; means of the values; in the unit of the input.
    width
        Mean distance of the outermost mirror partners that both lie on the back, px across.
    furrow_offset
        Mean of the furrow's column minus the midline's, px.
    sd
        Mean standard deviation of the midline's column, px.

    What cannot be had is NaN.
    """

    number: int
    top_row: float
    bottom_row: float
    symmetry: float
    asymmetry_rms: float
    signed_asymmetry: float
    left_mean: float
    right_mean: float
    width: float
    furrow_offset: float
    sd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """A region whose values differ from those of its mirror region by more than the threshold.

    Of the two regions the one is given whose values depart more from those around it: that is where the mole, the scar or the hump is.

    Parameters
    ----------
    number
        From 1, the largest first.
    row, col
        Its centre of area, px.
    area_px, area_mm2
        Its area; the latter None where the spacing is unknown.
    side
        ``left`` or ``right``.
    peak
        Its largest smoothed asymmetry, value minus mirrored value, with its sign; in the unit of the input.
    level
        Number of the level where its middle lies along the line, or None outside all levels.
    """

    number: int
    row: float
    col: float
    area_px: float
    area_mm2: float | None
    side: str
    peak: float
    level: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Apex:
    """A local extremum of the lateral deviation of the midline from its chord.

    Parameters
    ----------
    row
        Its row, px.
    percent
        Where along the line's length it lies, from the top.
    side
        ``left`` or ``right`` of the chord.
    amplitude_px, amplitude_mm
        Lateral deviation, positive to the right; the latter None where the spacing is unknown.
    """

    row: float
    percent: float
    side: str
    amplitude_px: float
    amplitude_mm: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A curve of the midline between two neighbouring inflection points, where the tangent is most inclined.

    Parameters
    ----------
    upper_row, lower_row
        Rows of its two ends, px.
    apex_row
        Row of its apex, where the tangent passes the mean of those at its ends, px.
    side
        The convex side, ``left`` or ``right``.
    angle_deg
        Difference of the tangent angles at its ends, positive. No Cobb angle.
    """

    upper_row: float
    lower_row: float
    apex_row: float
    side: str
    angle_deg: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Score:
    """How symmetric a back is, where it is not, and by how much.

    Parameters
    ----------
    asymmetry
        value(x) - value(mirror(x)) in the unit of the input, shape (rows, cols), float32, NaN where undefined.
    symmetry
        Local correlation of the image with its mirror image, in [-1, 1], same shape, NaN where undefined.
    labels
        Number of the patch that each pixel belongs to, 0 where none, same shape, integers.
    threshold
        Absolute asymmetry, after smoothing, beyond which a pixel counts as asymmetric; in the unit of the input.
    levels, patches, apices, curves
        Details, top to bottom or largest first.
    measures
        Name (unit in the name) -> number, or None where it cannot be had.
    missing
        Name of a measure that is None -> why, in words.
    """

    asymmetry: FloatArray
    symmetry: FloatArray
    labels: npt.NDArray[np.int32]
    threshold: float
    levels: tuple[Level, ...]
    patches: tuple[Patch, ...]
    apices: tuple[Apex, ...]
    curves: tuple[Curve, ...]
    measures: Mapping[str, float | None]
    missing: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        freeze(self, asymmetry=self.asymmetry, symmetry=self.symmetry, labels=self.labels)
