"""How far the midline may be off: the posterior of the fit, widened where the back is not symmetric."""

from __future__ import annotations

import numpy as np

from symline.measures.profile import Profile
from symline.model.image import FloatArray

#: Makes the 95 % band hold what it says on backs with a known line: rendered ones, and real ones with a line drawn by hand.
CALIBRATION = 7.5
#: No line is better than this, in units of L: about the tenth of a pixel of a small image.
LEAST = 2e-4


def deviation(posterior: FloatArray, profile: Profile, step: FloatArray | float = 0.0) -> FloatArray:
    """Standard deviation of each node across the curve, in units of L.

    The posterior knows how sharply the symmetry fixes the line, but takes what is asymmetric for noise. It is structure
    that draws the line aside, the more the less symmetric the level is; so the posterior is multiplied by `1 - symmetry`.
    A line that is not where the back would have it may besides be off by as much as it would still be moved.

    Parameters
    ----------
    posterior
        Standard deviation from the fit, in units of L, shape (n,).
    profile
        Symmetry at each node; where it is unknown, 0 is taken.
    step
        Shift of each node that the back still asks for, in units of L, shape (n,); default: none.
    """
    symmetry = np.where(np.isfinite(profile.symmetry), profile.symmetry, 0.0)
    return np.asarray(np.maximum(np.hypot(CALIBRATION * posterior * (1 - symmetry), step), LEAST))
