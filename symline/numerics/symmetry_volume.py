"""How mirror symmetric an image is about a short piece of axis, for every place and direction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from symline.model.image import BoolArray, FloatArray


@dataclass(frozen=True, slots=True)
class Window:
    """The neighbourhood over which the two sides are compared, in px.

    Parameters
    ----------
    half_widths
        How far to the sides, ascending; the results are averaged.
    silhouette
        How far to the sides the outlines are compared.
    length
        Standard deviation of the Gaussian along the axis.
    flatness
        Share of the image's variance added to the denominator, so that flat areas score 0.
    """

    half_widths: tuple[int, ...]
    silhouette: int
    length: float
    flatness: float


def symmetry_volume(values: FloatArray, weights: FloatArray, angles: FloatArray, window: Window) -> FloatArray:
    """Local mirror symmetry about every pixel for a fan of directions.

    Masked normalised correlation of the two sides (Padfield 2012, doi 10.1109/TIP.2011.2181402) with one mean for both,
    times the share of pairs that lie inside, times how well the outlines of the two sides agree.

    Parameters
    ----------
    values
        Standardised image, shape (rows, cols), float32.
    weights
        How much each pixel counts, in [0, 1], same shape.
    angles
        Directions of the axis to the vertical, radians, shape (k,), positive = moves right going down.
    window
        The neighbourhood compared.

    Returns
    -------
    array
        Shape (k, rows, cols), float32, at most 1; 0 outside the mask.
    """
    side = int(np.ceil(np.hypot(*values.shape))) | 1
    channels, inside = np.stack([values * weights, weights]), weights > 0.5
    # a few directions at a time stay in the processor's cache
    parts = np.array_split(angles, int(np.ceil(len(angles) / 5)))
    return np.concatenate([_rotate_back(_symmetry_of_columns(_rotate(channels, part, side), window), inside, part) for part in parts])


def _rotate(channels: FloatArray, angles: FloatArray, side: int) -> FloatArray:
    """Turn every channel so that each direction becomes vertical: shape (channels, k, side, side)."""
    middle = (np.array(channels.shape[1:]) - 1) / 2
    offsets = np.arange(side) - (side - 1) / 2
    turned = np.zeros((len(channels), len(angles), side, side), dtype=np.float32)
    for index, angle in enumerate(angles):
        cos, sin = np.cos(angle), np.sin(angle)
        matrix = np.array([[cos, -sin], [sin, cos]])
        start = middle + matrix @ (offsets[0], offsets[0])
        for channel, target in zip(channels, turned, strict=True):
            scipy.ndimage.affine_transform(channel, matrix, start, (side, side), output=target[index], order=1)
    return turned


def _symmetry_of_columns(rotated: FloatArray, window: Window) -> FloatArray:
    """Mirror symmetry about a vertical axis through each pixel, shape (k, side, side), of values and weights (2, k, side, side)."""
    values, weights = rotated
    side = values.shape[-1]
    reach = max(*window.half_widths, window.silhouette)
    pad = ((0, 0), (0, 0), (reach, reach))
    powers = np.pad(values * values / np.maximum(weights, 0.1), pad)
    values, weights = np.pad(values, pad), np.pad(weights, pad)
    pairs, product, power, total = np.zeros((4, len(values), side, side), dtype=np.float32)
    running = np.pad(np.cumsum(weights, axis=-1), ((0, 0), (0, 0), (1, 0)))
    kernel = _gaussian_matrix(side, window.length)
    symmetry = np.zeros_like(pairs)
    scratch = np.empty_like(pairs)

    def accumulate(target: FloatArray, one: FloatArray, other: FloatArray) -> None:
        np.multiply(one, other, out=scratch)
        np.add(target, scratch, out=target)

    def either(half_width: int) -> FloatArray:
        """Weight on both sides up to a distance, the axis itself left out."""
        first, last = reach - half_width, reach + half_width + 1
        return np.asarray(running[..., last : last + side] - running[..., first : first + side] - weights[..., reach : reach + side])

    for distance in range(1, reach + 1):
        left = slice(reach - distance, reach - distance + side)
        right = slice(reach + distance, reach + distance + side)
        on_left, on_right = weights[..., left], weights[..., right]
        accumulate(pairs, on_left, on_right)
        if distance <= window.half_widths[-1]:
            accumulate(product, values[..., left], values[..., right])
            accumulate(total, values[..., left], on_right)
            accumulate(total, values[..., right], on_left)
            accumulate(power, powers[..., left], on_right)
            accumulate(power, powers[..., right], on_left)
        if distance in window.half_widths:
            inside = kernel @ pairs
            correlation = _correlation(inside, kernel @ product, kernel @ power, kernel @ total, window.flatness)
            symmetry += correlation * _overlap(inside, kernel @ either(distance), distance)
    outline = kernel @ pairs
    agreement = outline / np.maximum(kernel @ either(reach) - outline, 1e-3)
    return np.asarray(symmetry * agreement / len(window.half_widths))


def _correlation(pairs: FloatArray, product: FloatArray, power: FloatArray, total: FloatArray, flatness: float) -> FloatArray:
    """Correlation of the two sides about their common mean, from their windowed sums."""
    pairs = np.maximum(pairs, 1e-3)
    squared_mean = total * total / (4 * pairs)
    return np.asarray((product - squared_mean) / (power / 2 - squared_mean + flatness * pairs))


def _overlap(pairs: FloatArray, either: FloatArray, half_width: int) -> FloatArray:
    """How much there is to compare: the share of pairs inside, and the agreement of the outlines.

    The powers weigh them against the correlation: without them small flat overlaps at the rim win.
    """
    share = pairs / half_width
    agreement = pairs / np.maximum(either - pairs, 1e-3)
    weight = share * agreement * agreement
    return np.asarray(weight * weight)


def _gaussian_matrix(size: int, sigma: float) -> FloatArray:
    """Gaussian smoothing as a matrix: on short axes a product of matrices is many times faster than a filter."""
    offset = np.arange(size)[:, None] - np.arange(size)
    kernel = np.exp(-0.5 * (offset / sigma) ** 2)
    kernel /= np.exp(-0.5 * (np.arange(-size, size + 1) / sigma) ** 2).sum()
    # what is lost in any sum of float32 is left out: among it are denormal numbers, with which many processors are ten times as slow
    return np.where(kernel < np.finfo(np.float32).eps ** 2, 0, kernel).astype(np.float32)


def _rotate_back(symmetry: FloatArray, inside: BoolArray, angles: FloatArray) -> FloatArray:
    """Bring the scores of each direction back to the image's own pixels."""
    middle = (np.array(inside.shape) - 1) / 2
    centre = (symmetry.shape[-1] - 1) / 2
    row, col = np.nonzero(inside) - middle[:, None]
    volume = np.zeros((len(angles), *inside.shape), dtype=np.float32)
    for target, scores, angle in zip(volume, symmetry, angles, strict=True):
        cos, sin = np.cos(angle), np.sin(angle)
        points = [row * cos + col * sin + centre, col * cos - row * sin + centre]
        target[inside] = scipy.ndimage.map_coordinates(scores, points, order=1, output=np.float32)
    return volume
