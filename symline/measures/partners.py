"""From a mirror map to the mirror partner of every pixel."""

from __future__ import annotations

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
    rows, cols = image.shape
    stride = max(1, int(FINEST * pair.resolution * min(pair.step)))
    lattice = np.moveaxis(np.mgrid[0 : rows + stride : stride, 0 : cols + stride : stride], 0, -1).astype(np.float64)
    there = mirror.partners(pair.from_image(lattice))
    back = mirror.partners(there)
    partners, returns = (_spread(pair.to_image(points), stride, image.shape) for points in (there, back))
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


def _spread(points: FloatArray, stride: int, shape: tuple[int, int]) -> FloatArray:
    """From the lattice to every pixel, bilinear; shape (2, rows, cols)."""
    channels = np.moveaxis(points, -1, 0)
    if stride == 1:
        return channels[:, : shape[0], : shape[1]].astype(np.float32)
    return np.stack([enlarge(channel, np.full(2, 1 / stride), shape, np.float32) for channel in channels])


def _is_on_back(image: Image, partners: FloatArray) -> BoolArray:
    """Whether each partner lies on the back; a pixel beside it still counts, since the outline has steps of a pixel."""
    near = scipy.ndimage.binary_dilation(image.inside)
    index = np.rint(np.nan_to_num(partners, nan=-1.0)).astype(np.intp)
    inside = ((index >= 0) & (index < np.array(image.shape)[:, None, None])).all(axis=0)
    result = np.zeros(image.shape, dtype=bool)
    result[inside] = near[index[0][inside], index[1][inside]]
    return result
