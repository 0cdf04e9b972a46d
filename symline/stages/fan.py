"""The directions that a search for an axis tries."""

from __future__ import annotations

import numpy as np

from symline.model.image import FloatArray

#: Of a quotient that is a whole number but for the rounding of binary numbers: 20 // 0.4 is 49.
_ROUNDING = 1e-9


def fan(largest_deg: float, step_deg: float) -> FloatArray:
    """Angles in radians from 0 to the largest one on both sides, in equal steps; shape (2n + 1,)."""
    count = int(largest_deg / step_deg + _ROUNDING)
    return np.asarray(np.deg2rad(np.arange(-count, count + 1) * step_deg))
