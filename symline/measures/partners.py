"""From a mirror map to the mirror partner of every pixel."""

from __future__ import annotations

import math

import numpy as np
import scipy

from symline.model.image import BoolArray, FloatArray, Image
from symline.model.mirror import MirrorMap
from symline.model.pair import Pair
from symline.numerics.sampling import enlarge

#: The map is smooth: it is evaluated on a lattice this fine, in units of L, and interpolated between.
FINEST = 0.015


def find_partners(image: Image, pair: Pair, mirror: MirrorMap) -> tuple[FloatArray, FloatArray]:
    """The mirror partner of every pixel, and the partner's partner.

    Returns
    -------
    partners, returns
        (row, col) in px, shape (2, rows, cols), float32; NaN outside the back, and where the partner lies outside it.
    """
    stride = max(1, int(FINEST * pair.resolution * min(pair.step)))
    # hung on the back's middle, so that it follows a back that is shifted or mirrored
    start = np.array(pair.origin) % stride - stride if stride > 1 else np.zeros(2)
    count_rows, count_cols = (math.ceil((size - first) / stride) + 1 for size, first in zip(image.shape, start, strict=True))
    lattice = start + stride * np.moveaxis(np.mgrid[:count_rows, :count_cols], 0, -1)
    there = mirror.partners(pair.from_image(lattice))
    back = mirror.partners(there)
    partners, returns = (_spread(pair.to_image(points), -start / stride, stride, image.shape) for points in (there, back))
    lost = ~(image.inside & _is_on_back(image, partners))
    partners[:, lost] = np.nan
    returns[:, lost] = np.nan
    return partners, returns


def inverse_consistency(image: Image, returns: FloatArray) -> FloatArray:
    """Distance of every pixel to its partner's partner, mm (px where the spacing is unknown), shape (rows, cols)."""
    rows, cols = np.ogrid[: image.shape[0], : image.shape[1]]
    row_size, col_size = image.spacing or (1.0, 1.0)
    distance: FloatArray = np.hypot((returns[0] - rows) * row_size, (returns[1] - cols) * col_size)
    return distance.astype(np.float32)


def _spread(points: FloatArray, start: FloatArray, stride: int, shape: tuple[int, int]) -> FloatArray:
    """From the lattice to every pixel, of which the first lies at `start` there, bilinear; shape (2, rows, cols)."""
    channels = np.moveaxis(points, -1, 0)
    if stride == 1:
        return channels[:, : shape[0], : shape[1]].astype(np.float32)
    return np.stack([enlarge(channel, np.full(2, 1 / stride), shape, np.float32, start) for channel in channels])


def _is_on_back(image: Image, partners: FloatArray) -> BoolArray:
    """Whether each partner lies on the back; a pixel beside it still counts, since the outline has steps of a pixel."""
    near = scipy.ndimage.binary_dilation(np.pad(image.inside, 2))
    row, col = np.rint(np.nan_to_num(partners, nan=-2.0)).astype(np.intp) + 2
    # whatever lies farther off than the frame does is as far off as that
    return np.asarray(near[np.clip(row, 0, near.shape[0] - 1), np.clip(col, 0, near.shape[1] - 1)])
