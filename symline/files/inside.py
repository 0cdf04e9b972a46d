"""Which pixels show the back, and which its surround, in images whose type cannot hold NaN."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from symline.files.background import Background
from symline.files.stored import Stored
from symline.files.surround import Compression, find_surround
from symline.model.image import BoolArray

_EXACT = Compression(tolerance=0, drift=0, specks=0, ringing=0)
_JPEG = Compression(tolerance=10, drift=2, specks=2, ringing=3)


def split_background(stored: Stored, background: Background, valid: BoolArray | None) -> tuple[BoolArray, str]:
    """Decide which pixels show the back, from the valid ones alone.

    Parameters
    ----------
    stored
        The values, shape (rows, cols), any real type.
    background
        As `parse_background` returns it.
    valid
        True where a mask lets pixels count, shape (rows, cols); None for everywhere.

    Returns
    -------
    inside
        True where a pixel shows the back, shape (rows, cols).
    decision
        What is outside beside invalid pixels: ``nan`` (only NaN and infinities), ``none``, or the constant value.
    """
    values = stored.values
    inside = np.isfinite(values)
    if valid is not None:
        inside &= valid
    if not isinstance(background, str):
        inside &= ~_equals(values, background)
        return inside, _show(background)
    has_gaps = not bool(inside.all() if valid is None else inside[valid].all())
    if has_gaps or background == "none":
        return inside, "nan" if has_gaps else "none"
    surround = find_surround(values, inside, _JPEG if stored.lossy else _EXACT)
    if surround is None:
        return inside, "none"
    inside &= ~surround.region
    return inside, _show(surround.value)


def _equals(values: npt.NDArray[Any], number: float) -> BoolArray:
    """Where values are the number as their type holds it: float32 values that print as 0.1 are 0.1."""
    if values.dtype.kind == "f":
        with np.errstate(over="ignore"):
            equal: BoolArray = values == values.dtype.type(number)
        return equal
    limits = np.iinfo(values.dtype)
    if number != int(number) or not limits.min <= number <= limits.max:
        return np.zeros(values.shape, dtype=bool)
    whole: BoolArray = values == values.dtype.type(int(number))
    return whole


def _show(number: float) -> str:
    return str(int(number)) if number == int(number) and abs(number) < 2**64 else repr(float(number))
