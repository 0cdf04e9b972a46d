"""Asymmetry of every pixel: its value minus that of its mirror partner, and measures over all of them."""

from __future__ import annotations

import numpy as np

from symline.model.image import BoolArray, FloatArray, Image
from symline.model.pair import Pair
from symline.numerics.sampling import read_stack

#: Single absurd values, such as an undeclared "no data", are drawn in to this many robust deviations, so that nothing overflows.
LARGEST = 1e6
#: Pixels whose partners are looked up at a time.
AT_ONCE = 65_536
#: Of the four pixels around a partner, this share at least has to lie on the back.
COVERED = 0.5


def standardised(image: Image, pair: Pair) -> FloatArray:
    """The values about their median in units of their robust deviation, float32, 0 outside the back.

    In these units neither a large offset nor a tiny unit costs digits, and a factor or an offset changes nothing.
    """
    with np.errstate(over="ignore"):
        result = (image.values - image.values.dtype.type(pair.centre)) / pair.scale
    return np.where(image.inside, np.clip(result, -LARGEST, LARGEST), 0).astype(np.float32)


def subtract_partners(values: FloatArray, mask: BoolArray, partners: FloatArray) -> FloatArray:
    """Value of every pixel minus that of its mirror partner.

    Parameters
    ----------
    values
        Shape (rows, cols), float32, 0 where `mask` is False.
    mask
        True on the back, same shape.
    partners
        (row, col) in px of each pixel's partner, shape (2, rows, cols); NaN where there is none.

    Returns
    -------
    array
        Float32, NaN outside the back and where the partner is. Between pixels values are read bilinearly, from those on the back.
    """
    result = np.full(values.shape, np.nan, dtype=np.float32)
    known = mask & np.isfinite(partners).all(axis=0)
    # a frame, since a partner may lie between the image's last pixels and what would be beyond them
    framed = np.pad(np.stack([values, mask], axis=-1, dtype=np.float32), ((1, 1), (1, 1), (0, 0)))
    places = partners[:, known].T + 1
    # some at a time, which stay in the processor's cache
    parts = np.array_split(places, len(places) // AT_ONCE + 1)
    total, covered = np.concatenate([read_stack(framed, part) for part in parts]).T
    differences = values[known] - total / np.maximum(covered, COVERED)
    result[known] = np.where(covered >= COVERED, differences, np.nan)
    return result


def in_unit(values: FloatArray, pair: Pair) -> FloatArray:
    """Standardised differences in the unit of the input, float32."""
    largest = float(np.finfo(np.float32).max)
    with np.errstate(over="ignore"):
        scaled = values.astype(np.float64) * pair.scale
    return np.clip(scaled, -largest, largest).astype(np.float32)


def measure_asymmetry(values: FloatArray, asymmetry: FloatArray, scale: float) -> dict[str, float | None]:
    """Measures of the asymmetry of all pixels that have a partner.

    Parameters
    ----------
    values, asymmetry
        Standardised, shape (rows, cols); the latter NaN where it is not defined.
    scale
        Size of a standardised unit in that of the input.
    """
    known = np.isfinite(asymmetry)
    difference = asymmetry[known].astype(np.float64)
    value = values[known].astype(np.float64)
    size = np.abs(difference)
    total = float((np.abs(value) + np.abs(value - difference)).sum())
    return {
        "asymmetry_rms": scale * float(np.sqrt((difference**2).mean())),
        "asymmetry_mean_abs": scale * float(size.mean()),
        "asymmetry_p95": scale * float(np.quantile(size, 0.95)),
        "asymmetry_index": float(size.sum()) / total if total > 0 else 0.0,
    }
