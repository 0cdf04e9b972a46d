"""How mirror symmetric an image is about a short piece of axis, for every place and direction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from symline.model.image import BoolArray, FloatArray
from symline.numerics.sampling import read_stack


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
    channels, inside = np.stack([values * weights, weights], axis=-1), weights > 0.5
    channels = np.pad(channels, ((1, 1), (1, 1), (0, 0)))  # with zeros, like all that is outside
    # a few directions at a time stay in the processor's cache
    parts = np.array_split(angles, int(np.ceil(len(angles) / 5)))
    return np.concatenate([_turn_back(_symmetry_about_rows(_turn(channels, part), window), inside, part) for part in parts])


def _turn(channels: FloatArray, angles: FloatArray) -> FloatArray:
    """Turn an image (rows, cols, channels) so that each direction becomes horizontal: shape (across, k, along, channels).

    So what lies at some distance from the axis is a whole block of memory, which is several times as fast as columns.
    """
    rows, cols, _ = channels.shape
    cos, sin = np.cos(angles)[:, None], np.sin(angles)[:, None]
    # no more than holds the whole image
    sizes = (rows * np.abs(sin) + cols * np.abs(cos), rows * np.abs(cos) + cols * np.abs(sin))
    across, along = (np.arange(-half, half + 1) for half in (np.ceil(size.max() / 2) for size in sizes))
    across = across[:, None, None]
    points = np.stack([along * cos - across * sin, along * sin + across * cos], axis=-1, dtype=np.float32)
    points += ((rows - 1) / 2, (cols - 1) / 2)
    return read_stack(channels, points)


def _symmetry_about_rows(turned: FloatArray, window: Window) -> FloatArray:
    """Mirror symmetry about a horizontal axis through each pixel, shape (across, k, along), of values and weights (across, k, along, 2)."""
    values, weights = turned[..., 0], turned[..., 1]
    across, _, along = shape = values.shape
    kernel = _gaussian_matrix(along, window.length)
    reach = max(*window.half_widths, window.silhouette)
    values, weights = (np.pad(each, ((reach, reach), (0, 0), (0, 0))) for each in (values, weights))
    powers = values * values / np.maximum(weights, 0.1)
    pairs, product, power, total, symmetry, scratch = np.zeros((6, *shape), dtype=np.float32)

    def accumulate(target: FloatArray, one: FloatArray, other: FloatArray) -> None:
        np.multiply(one, other, out=scratch)
        np.add(target, scratch, out=target)

    def smooth(sums: FloatArray) -> FloatArray:
        return np.asarray((sums.reshape(-1, along) @ kernel).reshape(sums.shape))

    smoothed = smooth(weights)
    running = np.pad(np.cumsum(smoothed, axis=0), ((1, 0), (0, 0), (0, 0)))

    def either(half_width: int) -> FloatArray:
        """Smoothed weight on both sides up to a distance, the axis itself left out."""
        first, last = reach - half_width, reach + half_width + 1
        return np.asarray(running[last : last + across] - running[first : first + across] - smoothed[reach : reach + across])

    for distance in range(1, reach + 1):
        left = slice(reach - distance, reach - distance + across)
        right = slice(reach + distance, reach + distance + across)
        on_left, on_right = weights[left], weights[right]
        accumulate(pairs, on_left, on_right)
        if distance <= window.half_widths[-1]:
            accumulate(product, values[left], values[right])
            accumulate(total, values[left], on_right)
            accumulate(total, values[right], on_left)
            accumulate(power, powers[left], on_right)
            accumulate(power, powers[right], on_left)
        if distance in window.half_widths:
            inside = smooth(pairs)
            correlation = _correlation(inside, smooth(product), smooth(power), smooth(total), window.flatness)
            symmetry += correlation * _overlap(inside, either(distance), distance)
    outline = smooth(pairs)
    agreement = outline / np.maximum(either(reach) - outline, 1e-3)
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


def _turn_back(symmetry: FloatArray, inside: BoolArray, angles: FloatArray) -> FloatArray:
    """Bring the scores of each direction back to the image's own pixels."""
    rows, cols = inside.shape
    across, _, along = symmetry.shape
    row, col = np.nonzero(inside) - np.array([[(rows - 1) / 2], [(cols - 1) / 2]])
    volume = np.zeros((len(angles), rows, cols), dtype=np.float32)
    for index, angle in enumerate(angles):
        cos, sin = np.cos(angle), np.sin(angle)
        points = [col * cos - row * sin + (across - 1) / 2, row * cos + col * sin + (along - 1) / 2]
        volume[index][inside] = scipy.ndimage.map_coordinates(symmetry[:, index], points, order=1, output=np.float32)
    return volume
