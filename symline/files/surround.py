"""Finding the constant surround of a back, and holes of the same value, in an image without NaN."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from symline.model.image import BoolArray

IntArray = npt.NDArray[np.integer[Any]]

# Measured on rendered and scanned backs at 5 to 16 bits: a surround holds over 20 % of the image, and the values at its edge jump by over
# 5 times the mean step between neighbours; the largest plateau at the border of an image filled with back jumps by less than 3 times.
_CANDIDATES = 3
_LEAST_BORDER = 0.02  # of the border: below, a value is not worth a look
_CLEAR_BORDER = 0.5  # of the border: a value that holds this much is the surround, whatever its edge
_LEAST_AREA = 0.005  # of the image, with such a border
_LEAST_AREA_UNCLEAR = 0.02  # of the image, without: saturated spots at the border stay below
_LEAST_PIXELS = 10
_JUMP = 4.0  # in mean steps between neighbouring pixels


@dataclass(frozen=True, slots=True)
class Compression:
    """What compression did to a constant region.

    Parameters
    ----------
    tolerance
        Largest deviation from the constant, in grey levels; 0 for none.
    drift
        Usual deviation far from any edge, in grey levels.
    specks
        Half the width, in pixels, of what is too small to be a region.
    ringing
        Width, in pixels, of the seam around a region that is altered.
    """

    tolerance: float
    drift: float
    specks: int
    ringing: int


@dataclass(frozen=True, slots=True, eq=False)
class Surround:
    """The constant value outside the back, and where it is outside: region, shape (rows, cols)."""

    value: float
    region: BoolArray


def find_surround(values: npt.NDArray[Any], inside: BoolArray, compression: Compression) -> Surround | None:
    """Find the one constant value that fills a region connected to the border.

    Parameters
    ----------
    values
        Shape (rows, cols), any real type.
    inside
        True where a pixel counts, shape (rows, cols). The border is where this ends; other pixels decide nothing.
    compression
        How far the constant may be from constant.

    Returns
    -------
    Surround or None
        Its region holds the parts connected to the border, and enclosed parts of the same value that are holes rather than
        curvature that happens to have this value: those whose edge is a jump and
        that are large, or whose value is beyond all others; and all of them, if no other value comes near.
        None if no value stands out from the back: for an image filled with back.
    """
    from scipy import ndimage

    edge = inside & ~ndimage.binary_erosion(inside)
    found, counts = np.unique(values[edge], return_counts=True)
    best: Surround | None = None
    for index in np.argsort(-counts, kind="stable")[:_CANDIDATES]:
        if counts[index] < _LEAST_BORDER * edge.sum():
            break
        region = _outside(values, found[index], inside, edge, compression)
        if region is not None and (best is None or region.sum() > best.region.sum()):
            best = Surround(found[index].item(), region)
    return best


def _outside(values: npt.NDArray[Any], value: Any, inside: BoolArray, edge: BoolArray, compression: Compression) -> BoolArray | None:
    """Region of one candidate value, or None if it is no surround."""
    from scipy import ndimage

    region = _alike(values, value, inside, compression)
    labels, count = ndimage.label(region)
    if count == 0 or (back := inside & ~region).sum() == 0:
        return None
    areas = np.bincount(labels.ravel(), minlength=count + 1)
    at_border = np.zeros(count + 1, dtype=bool)
    at_border[labels[edge]] = True
    at_border[0] = False
    is_clear = _share(values[edge], value, compression.drift) >= _CLEAR_BORDER
    least = _LEAST_AREA if is_clear else _LEAST_AREA_UNCLEAR
    if areas[at_border].sum() < max(_LEAST_PIXELS, least * inside.sum()) or (compression.tolerance and not is_clear):
        return None
    jumps, edges = _jumps(values, value, labels, back)
    step = _mean_step(values, back)
    if not is_clear and jumps[at_border].sum() < _JUMP * step * edges[at_border].sum():
        return None
    holes = jumps >= _JUMP * step * np.maximum(edges, 1)
    beyond = _distance_beyond(values, value, back)
    if beyond > step:  # no curvature comes near this value
        holes[:] = True
    elif beyond <= 0:
        holes &= areas >= (1 if values.dtype.kind == "f" else _LEAST_PIXELS)
    outside = at_border | holes
    outside[0] = False
    chosen: BoolArray = outside[labels]
    return chosen


def _share(border: npt.NDArray[Any], value: Any, drift: float) -> float:
    return float((border == value if drift == 0 else np.abs(border.astype(np.float64) - float(value)) <= drift).mean())


def _alike(values: npt.NDArray[Any], value: Any, inside: BoolArray, compression: Compression) -> BoolArray:
    """Where the image has a value, as exactly as its compression lets it."""
    from scipy import ndimage

    if compression.tolerance == 0:
        equal: BoolArray = inside & (values == value)
        return equal
    near = inside & (np.abs(values.astype(np.float32) - float(value)) <= compression.tolerance)
    core = ndimage.binary_erosion(near, iterations=compression.specks, border_value=1)
    grown: BoolArray = inside & ndimage.binary_dilation(core, iterations=compression.specks + compression.ringing)
    return grown


def _jumps(values: npt.NDArray[Any], value: Any, labels: IntArray, back: BoolArray) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.intp]]:
    """For each label, the sum of |value − neighbour| over its edges with the back, and the number of those edges."""
    size = int(labels.max()) + 1
    total, number = np.zeros(size), np.zeros(size, dtype=np.intp)
    for axis in (0, 1):
        for towards in (slice(1, None), slice(None, -1)):
            away = slice(None, -1) if towards.start else slice(1, None)
            here, there = ((away, slice(None)), (towards, slice(None))) if axis == 0 else ((slice(None), away), (slice(None), towards))
            edge = (labels[here] > 0) & back[there]
            label = labels[here][edge]
            jump = np.abs(values[there][edge].astype(np.float64) - float(value))
            total += np.bincount(label, weights=jump, minlength=size)
            number += np.bincount(label, minlength=size)
    return total, number


def _mean_step(values: npt.NDArray[Any], back: BoolArray) -> float:
    """Mean |difference| of neighbours in a row of the back; at least one step of an integer type."""
    every = slice(None, None, 1 + values.size // 1_000_000)  # rows enough for a mean
    rows, kept = values[every].astype(np.float64), back[every]
    pairs = kept[:, 1:] & kept[:, :-1]
    step = float(np.abs(np.diff(rows, axis=1))[pairs].mean()) if pairs.any() else 0.0
    return max(step, 1.0) if values.dtype.kind in "iu" else step


def _distance_beyond(values: npt.NDArray[Any], value: Any, back: BoolArray) -> float:
    """How far the value is below or above all values of the back; negative where it is among them."""
    kept = values[back]
    return max(float(kept.min()) - float(value), float(value) - float(kept.max()))
