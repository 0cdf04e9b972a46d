"""The cubic B-spline."""

from __future__ import annotations

import numpy as np

from symline.model.image import FloatArray


def cubic_spline(distance: FloatArray, order: int = 0) -> FloatArray:
    """The cubic B-spline at distances from its middle in units of its knots' spacing, or its first or second derivative."""
    size, sign = np.abs(distance), np.sign(distance)
    near, far = size < 1, size < 2
    if order == 0:
        inner, outer = 2 / 3 - size**2 + size**3 / 2, (2 - size) ** 3 / 6
    elif order == 1:
        inner, outer = sign * (1.5 * size**2 - 2 * size), -sign * (2 - size) ** 2 / 2
    else:
        inner, outer = 3 * size - 2, 2 - size
    return np.where(near, inner, np.where(far, outer, 0.0))
