"""What happens before the first stage: from an image to a pair on the working grid."""

from __future__ import annotations

import numpy as np
import scipy

from symline.errors import RegistrationError
from symline.model.image import BoolArray, FloatArray, Image, box_around
from symline.model.pair import Pair
from symline.numerics.robust import robust_deviation
from symline.numerics.sampling import resample

#: Working pixels per L; finer than this there is only noise to register in a back.
RESOLUTION = 150.0
#: Values further from the median than this many standard deviations are drawn in: clothes, hair and rims.
CLIP = 4.0
#: Fewer pixels than this cannot hold two halves to compare.
FEWEST_PIXELS = 100
#: Nor can a back that is narrower than this, in px.
NARROWEST = 8
#: The longer side of the box around the back, in L, beyond which it is no back, and would take time and memory without end.
LARGEST_EXTENT = 5.0
#: Parts smaller than this share of the largest are specks.
SPECK = 0.05


def prepare(image: Image) -> Pair:
    """Standardise the values and bring the back to the working grid.

    Raises
    ------
    RegistrationError
        There is too little in the image to register, or it lies too scattered.
    """
    mask, box = _the_back(image)
    mask = mask[box]
    values, centre, scale = standardise(image.values[box], mask)
    step = _grid_step(int(np.count_nonzero(mask)), image.spacing)
    fixed, coverage = resample(values, mask, step)
    top, left = ((part.start + part.stop - 1) / 2 for part in box)
    return Pair(fixed, coverage, RESOLUTION, (top, left), step, centre, scale)


def _the_back(image: Image) -> tuple[BoolArray, tuple[slice, slice]]:
    """The pixels of the back and the box around them; specks that would blow up the box are left out."""
    mask = image.inside
    _check_size(mask)
    box = box_around(mask)
    if _extent(mask, box, image.spacing) > LARGEST_EXTENT:
        parts, _ = scipy.ndimage.label(mask)
        sizes = np.bincount(parts.ravel())
        sizes[0] = 0
        mask = (sizes > SPECK * sizes.max())[parts]
        _check_size(mask)
        box = box_around(mask)
    extent = _extent(mask, box, image.spacing)
    if extent > LARGEST_EXTENT:
        message = (
            f"the back is {extent:.0f} times as long as the square root of its area; at most {LARGEST_EXTENT:g} times can be registered; "
            "check the mask, the background and the spacing"
        )
        raise RegistrationError(message, "scattered")
    return mask, box


def _check_size(mask: BoolArray) -> None:
    count = int(np.count_nonzero(mask))
    if count < FEWEST_PIXELS:
        message = f"only {count} pixels belong to the back; at least {FEWEST_PIXELS} are needed; check the mask and the background"
        raise RegistrationError(message, "too_small")
    if min(part.stop - part.start for part in box_around(mask)) < NARROWEST:
        message = f"the back is less than {NARROWEST} px across; more is needed; check the mask and the background"
        raise RegistrationError(message, "too_small")


def _extent(mask: BoolArray, box: tuple[slice, slice], spacing: tuple[float, float] | None) -> float:
    """The longer side of the box in units of L."""
    step = _grid_step(int(np.count_nonzero(mask)), spacing)
    rows, cols = (float(part.stop - part.start) for part in box)
    return max(rows / step[0], cols / step[1]) / RESOLUTION


def standardise(values: FloatArray, mask: BoolArray) -> tuple[FloatArray, float, float]:
    """Centre on the median, scale by the median absolute deviation, and clip; 0 outside the mask.

    Returns
    -------
    standardised, centre, scale
        The values, and what was subtracted from them and then divided by.

    Raises
    ------
    RegistrationError
        The values hardly differ.
    """
    inside = values[mask]
    centre = np.median(inside)
    # single absurd values, such as an undeclared "no data", may overflow: they are drawn in anyway
    with np.errstate(over="ignore"):
        deviation = inside - centre
        size = np.abs(deviation)
        scale = robust_deviation(size)
        if not scale and size.any():  # more than half of the values are equal
            scale = robust_deviation(size[size > 0])
        if not scale > 4 * np.finfo(values.dtype).eps * abs(float(centre)):
            message = f"the values hardly differ (all near {float(centre):g}); two halves need relief to be compared; check the file"
            raise RegistrationError(message, "no_relief")
        result = np.zeros(values.shape, dtype=np.float32)
        result[mask] = np.clip(deviation / scale, -CLIP, CLIP)
    return result, float(centre), scale


def _grid_step(count: int, spacing: tuple[float, float] | None) -> tuple[float, float]:
    """Size of a working pixel in px (row, col), square in mm where the spacing is known."""
    row, col = spacing or (1.0, 1.0)
    size = np.sqrt(count) / RESOLUTION
    return float(size * np.sqrt(col / row)), float(size * np.sqrt(row / col))
