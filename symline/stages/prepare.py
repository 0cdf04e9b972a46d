"""Step 0: from an image to a pair on the working grid."""

from __future__ import annotations

import numpy as np

from symline.errors import RegistrationError
from symline.model.image import BoolArray, FloatArray, Image
from symline.model.pair import Pair
from symline.numerics.sampling import resample

#: Working pixels per L; finer than this there is only noise to register in a back.
RESOLUTION = 150.0
#: Values further from the median than this many standard deviations are drawn in: clothes, hair and rims.
CLIP = 4.0
#: Fewer pixels than this cannot hold two halves to compare.
FEWEST_PIXELS = 100


def prepare(image: Image) -> Pair:
    """Standardise the values and bring the back to the working grid.

    Raises
    ------
    RegistrationError
        There is too little in the image to register.
    """
    mask = image.inside
    count = int(np.count_nonzero(mask))
    if count < FEWEST_PIXELS:
        raise RegistrationError(
            f"only {count} pixels belong to the back; at least {FEWEST_PIXELS} are needed; check the mask and the background", "too_small"
        )
    box = tuple(slice(int(hit[0]), int(hit[-1]) + 1) for hit in (np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))))
    if min(part.stop - part.start for part in box) < 8:
        raise RegistrationError("the back is less than 8 px across; more is needed; check the mask and the background", "too_small")
    mask = mask[box]
    values = standardise(image.values[box], mask)
    step = _grid_step(count, image.spacing)
    fixed, coverage = resample(values, mask, step)
    top, left = ((part.start + part.stop - 1) / 2 for part in box)
    return Pair(fixed, coverage, RESOLUTION, (top, left), step)


def standardise(values: FloatArray, mask: BoolArray) -> FloatArray:
    """Centre on the median, scale by the median absolute deviation, and clip; 0 outside the mask.

    Raises
    ------
    RegistrationError
        The values hardly differ.
    """
    inside = values[mask]
    centre = np.median(inside)
    # float32 keeps the sums of a large image small; the centre is taken off first, so nothing is lost
    deviation = (inside - centre).astype(np.float32)
    largest = float(np.abs(deviation).max())
    scale = 1.4826 * float(np.median(np.abs(deviation))) or float(deviation.std(dtype=np.float64))
    precision = np.finfo(values.dtype).eps * max(abs(float(centre)), largest)
    if not scale > 4 * precision:
        message = f"the values hardly differ (all near {float(centre):g}); two halves need relief to be compared; check the file"
        raise RegistrationError(message, "no_relief")
    result = np.zeros(values.shape, dtype=np.float32)
    result[mask] = np.clip(deviation / np.float32(scale), -CLIP, CLIP)
    return result


def _grid_step(count: int, spacing: tuple[float, float] | None) -> tuple[float, float]:
    """Size of a working pixel in px (row, col), square in mm where the spacing is known."""
    row, col = spacing or (1.0, 1.0)
    size = np.sqrt(count) / RESOLUTION
    return float(size * np.sqrt(col / row)), float(size * np.sqrt(row / col))
