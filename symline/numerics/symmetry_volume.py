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
        How much each pixel counts, in [0, 1], same shape. Not all may be 0.
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
    turns = [_Turn.of(weights, part) for part in np.array_split(angles, int(np.ceil(len(angles) / 5)))]
    return np.concatenate([turn.back(_symmetry_about_rows(turn.there(channels), window), inside) for turn in turns])


@dataclass(frozen=True, slots=True, eq=False)
class _Turn:
    """Turns an image so that each of some directions becomes horizontal, and what is found there back to its own pixels.

    Turned arrays have the shape (across, k, along): so what lies at some distance from the axis is a whole block of memory, which is
    several times as fast as columns.

    Parameters
    ----------
    angles
        The directions, shape (k,).
    across, along
        Where the rows and columns of turned arrays lie from the centre of the image, px.
    """

    angles: FloatArray
    across: FloatArray
    along: FloatArray

    @classmethod
    def of(cls, weights: FloatArray, angles: FloatArray) -> _Turn:
        """With arrays no larger than to hold all that has a weight, shape (rows, cols)."""
        # one more on either side, to which the pixels at the rim reach
        spans = [(np.floor(at.min()) - 1, np.ceil(at.max()) + 1) for at in _turn_pixels(weights > 0, angles[:, None])]
        return cls(angles, *(np.arange(first, last + 1) for first, last in spans))

    def there(self, channels: FloatArray) -> FloatArray:
        """Turn arrays (rows, cols, channels): shape (across, k, along, channels). Rows and columns more on all sides make no difference."""
        rows, cols, _ = channels.shape
        cos, sin = np.cos(self.angles)[:, None], np.sin(self.angles)[:, None]
        across = self.across[:, None, None]
        # the centre is added where there is least to add to
        row, col = self.along * cos + (rows - 1) / 2, self.along * sin + (cols - 1) / 2
        return read_stack(channels, np.stack([row - across * sin, col + across * cos], axis=-1, dtype=np.float32))

    def back(self, symmetry: FloatArray, inside: BoolArray) -> FloatArray:
        """Bring the symmetry (across, k, along) about each direction to the image's own pixels: shape (k, rows, cols)."""
        volume = np.zeros((len(self.angles), *inside.shape), dtype=np.float32)
        for index, angle in enumerate(self.angles):
            across, along = _turn_pixels(inside, angle)
            points = [across - self.across[0], along - self.along[0]]
            volume[index][inside] = scipy.ndimage.map_coordinates(symmetry[:, index], points, order=1, output=np.float32)
        return volume


def _turn_pixels(chosen: BoolArray, angle: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Where some pixels lie across and along a direction through the centre of the image, px."""
    row, col = np.nonzero(chosen)
    row, col = row - (chosen.shape[0] - 1) / 2, col - (chosen.shape[1] - 1) / 2
    cos, sin = np.cos(angle), np.sin(angle)
    return col * cos - row * sin, row * cos + col * sin


def _symmetry_about_rows(turned: FloatArray, window: Window) -> FloatArray:
    """Mirror symmetry about a horizontal axis through each pixel, shape (across, k, along), of values and weights (across, k, along, 2)."""
    values, weights = (np.ascontiguousarray(turned[..., channel]) for channel in (0, 1))
    across, _, along = shape = values.shape
    kernel = _gaussian_matrix(along, window.length)
    reach = max(*window.half_widths, window.silhouette)
    powers = values * values / np.maximum(weights, 0.1)
    pairs, product, power, total, symmetry, scratch = np.zeros((6, *shape), dtype=np.float32)

    def smooth(sums: FloatArray) -> FloatArray:
        return np.asarray((sums.reshape(-1, along) @ kernel).reshape(sums.shape))

    smoothed = smooth(weights)
    running = np.pad(np.cumsum(smoothed, axis=0), ((1 + reach, reach), (0, 0), (0, 0)), mode="edge")
    running[: 1 + reach] = 0

    def either(half_width: int) -> FloatArray:
        """Smoothed weight on both sides up to a distance, the axis itself left out."""
        first, last = reach - half_width, reach + half_width + 1
        return np.asarray(running[last : last + across] - running[first : first + across] - smoothed)

    def accumulate(sums: FloatArray, one: FloatArray, other: FloatArray, distance: int) -> None:
        """Add the products of what lies at a distance on both sides of each axis that has something on both."""
        count = max(across - 2 * distance, 0)
        np.multiply(one[:count], other[across - count :], out=scratch[:count])
        sums[distance : distance + count] += scratch[:count]

    for distance in range(1, reach + 1):
        accumulate(pairs, weights, weights, distance)
        if distance <= window.half_widths[-1]:
            accumulate(product, values, values, distance)
            accumulate(total, values, weights, distance)
            accumulate(total, weights, values, distance)
            accumulate(power, powers, weights, distance)
            accumulate(power, weights, powers, distance)
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
