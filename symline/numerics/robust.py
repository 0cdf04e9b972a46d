"""Standard deviations that a few wild values hardly change."""

from __future__ import annotations

import numpy as np

from symline.model.image import FloatArray

#: Standard deviation of a Gaussian, in medians of the absolute deviation.
PER_MEDIAN = 1.4826


def robust_deviation(sizes: FloatArray) -> float:
    """Standard deviation of a Gaussian whose absolute deviations have the same median as these; there must be some."""
    return PER_MEDIAN * float(np.median(sizes))
