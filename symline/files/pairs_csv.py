"""`S.pairs.csv`: a regular sample of mirror pairs over the whole back, as a table."""

from __future__ import annotations

import math

import numpy as np

from symline.files.cells import by_unit, table
from symline.model.image import FloatArray, Image
from symline.model.midline import Midline
from symline.model.registration import Registration
from symline.numerics.sampling import bilinear

#: Digits after the point, by unit. Fixed, so that the same pairs give the same bytes.
DIGITS = {"px": 3, "mm": 3}
COLUMNS = (
    *(f"{side}_{axis}_{unit}" for unit in ("px", "mm") for side in ("left", "right") for axis in ("row", "col")),
    "distance_mm",
    "left_value",
    "right_value",
    "error_px",
    "error_mm",
)
#: Levels, and distances on each of them, are this share of the midline's length apart.
STEP = 0.02


def pairs_csv(image: Image, midline: Midline, registration: Registration) -> bytes:
    """Write a regular sample of mirror pairs as CSV, UTF-8, with a header line.

    The right points lie at every 2 % of the midline's length, and from there every 2 % of it farther out along the pair direction, as far
    as the back reaches; the left points are their mirror partners. `distance_mm` is from the left to the right point. The error is
    how far the partner's partner lies from the right point; where pixels are not square, its px are square ones of the same area.
    What is in mm is empty where the spacing is unknown.

    Parameters
    ----------
    image
        The image that was registered.
    midline, registration
        What was found in it.
    """
    columns = _columns(image, midline, registration)
    return table(COLUMNS, zip(*(by_unit(columns[name].tolist(), name, DIGITS) for name in COLUMNS), strict=True))


def _columns(image: Image, midline: Midline, registration: Registration) -> dict[str, FloatArray]:
    """The columns by name, NaN where they cannot be given."""
    right = _lattice(image, midline)
    # interpolating between a partner and a NaN gives NaN: a pair counts where all four pixels around the right point have one
    *partner, error = bilinear((*registration.partners, registration.inconsistency), right)
    left = np.stack(partner, axis=-1)
    known = np.isfinite(left).all(axis=-1) & np.isfinite(error)
    right, left, error = right[known], left[known], error[known]
    left_value, right_value = _values(image, left), _values(image, right)
    # a partner may lie beside the outline, by less than a pixel
    known = np.isfinite(left_value) & np.isfinite(right_value)
    right, left, error = right[known], left[known], error[known]
    spacing = image.spacing or (math.nan, math.nan)
    return {
        **_sides(left, right, "px", (1.0, 1.0)),
        **_sides(left, right, "mm", spacing),
        "distance_mm": np.hypot(*((right - left) * spacing).T),
        "left_value": left_value[known],
        "right_value": right_value[known],
        "error_px": error / math.sqrt(math.prod(image.spacing or (1.0, 1.0))),
        "error_mm": error * (1.0 if image.spacing else math.nan),
    }


def _lattice(image: Image, midline: Midline) -> FloatArray:
    """Points (row, col) to the right of the midline, level by level, out to the edge of the image; shape (n, 2)."""
    arc = midline.arc
    levels = np.searchsorted(arc, np.arange(STEP / 2, 1, STEP) * arc[-1])
    scale = np.asarray(midline.scale)
    reach = float(np.hypot(*(np.array(image.shape) * scale)))
    step = max(STEP * float(arc[-1]), float(scale.min()))
    distances = np.arange(1, reach // step + 1) * step
    angles = midline.pair_angle[levels]
    across = np.stack([-np.sin(angles), np.cos(angles)], axis=-1)
    points = midline.points[levels, None] + distances[:, None] * across[:, None] / scale
    flat = points.reshape(-1, 2)
    return np.asarray(flat[((flat >= 0) & (flat <= np.array(image.shape) - 1)).all(axis=-1)])


def _values(image: Image, points: FloatArray) -> FloatArray:
    """The image at points: the mean of the pixels around that belong to the back; NaN where none does."""
    total, covered = bilinear((image.values, image.inside.astype(np.float32)), points)
    return np.where(covered > 1e-3, total / np.maximum(covered, 1e-3), np.nan)


def _sides(left: FloatArray, right: FloatArray, unit: str, scale: tuple[float, float]) -> dict[str, FloatArray]:
    """Both points of each pair, by column."""
    return {
        f"{side}_{axis}_{unit}": points[:, index] * scale[index]
        for side, points in (("left", left), ("right", right))
        for index, axis in enumerate(("row", "col"))
    }
