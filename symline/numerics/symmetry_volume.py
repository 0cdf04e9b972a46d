"""How mirror symmetric an image is about a short piece of axis, for every place and direction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symline.model.image import BoolArray, FloatArray
from symline.numerics.turning import Turn

#: How far apart an image is read along the axis, in px, and its symmetry found, in lengths of the window: it smooths what lies between.
_READ, _SCORED = 1.5, 0.8


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


def symmetry_volume(
    values: FloatArray, weights: FloatArray, whole: FloatArray, inside: BoolArray, angles: FloatArray, window: Window
) -> FloatArray:
    """Local mirror symmetry about every pixel for a fan of directions.

    Masked normalised correlation of the two sides (Padfield 2012, doi 10.1109/TIP.2011.2181402) with one mean for both,
    times the share of pairs that lie inside, times how well the outlines of the two sides agree. What was not seen of the whole is
    no outline: it takes away pairs, and only as many as there are.

    Parameters
    ----------
    values
        Standardised image, shape (rows, cols), float32.
    weights
        How much each pixel counts, in [0, 1], same shape. Not all may be 0.
    whole
        How much of each pixel belongs to what is symmetric, seen or not; nowhere less than `weights`, same shape.
    inside
        Where the symmetry is wanted, same shape.
    angles
        Directions of the axis to the vertical, radians, shape (k,), positive = moves right going down.
    window
        The neighbourhood compared.

    Returns
    -------
    array
        Shape (k, rows, cols), float32, at most 1; 0 where it is not wanted.
    """
    # with zeros around, like all that is outside
    images = np.pad(np.stack([values * weights, weights, whole]), ((0, 0), (1, 2), (1, 2)))
    volume = np.zeros((len(angles), *weights.shape), dtype=np.float32)
    scored = max(1, round(_SCORED * window.length / _READ)) * _READ
    # a few directions at a time stay in the processor's cache
    for part in np.array_split(np.arange(len(angles)), int(np.ceil(len(angles) / 5))):
        turn = Turn.of(whole, angles[part], _READ, scored)
        kernel = _gaussian_matrix(turn.along, turn.scored, window.length)
        turned, seen, complete = turn.there(images)
        volume[part[0] : part[-1] + 1, inside] = turn.back(_symmetry_about_rows(turned, seen, complete, kernel, window), inside)
    return volume


def _symmetry_about_rows(values: FloatArray, weights: FloatArray, whole: FloatArray, kernel: FloatArray, window: Window) -> FloatArray:
    """Mirror symmetry about a horizontal axis through each pixel.

    Parameters
    ----------
    values, weights, whole
        Turned images, shape (across, k, along).
    kernel
        What smooths them along the axis, shape (along, scored).
    window
        The neighbourhood compared.

    Returns
    -------
    array
        Shape (across, k, scored).
    """
    across = len(values)
    powers = values * values / np.maximum(weights, 0.1)
    # Their products at the two sides hold all that is needed, as (a + b)(a' + b') = aa' + bb' + ab' + ba': all at once are much faster.
    # Values of the other sign swap the third with the fourth, so that they make no difference at all.
    one = np.stack([whole, weights, weights + values, weights - values, powers + weights, powers - weights], axis=1)
    sums, scratch = np.zeros_like(one), np.empty_like(one)
    symmetry = np.zeros((*values.shape[:2], kernel.shape[1]), dtype=np.float32)
    reach = max(*window.half_widths, window.silhouette)
    smoothed = _smooth(whole, kernel)
    # the sums of all rows up to each one; before the first there are none, and beyond the last no more
    running = np.tensordot(np.tri(across + 2 * reach + 1, across, -1 - reach, dtype=np.float32), smoothed, 1)

    def either(half_width: int) -> FloatArray:
        """Smoothed whole on both sides up to a distance, the axis itself left out."""
        first, last = reach - half_width, reach + half_width + 1
        return np.asarray(running[last : last + across] - running[first : first + across] - smoothed)

    for distance in range(1, reach + 1):
        # only rows that have something on both sides, and beyond the last half-width the whole alone
        count, part = max(across - 2 * distance, 0), slice(None if distance <= window.half_widths[-1] else 1)
        both = np.multiply(one[:count, part], one[across - count :, part], out=scratch[:count, part])
        sums[distance : distance + count, part] += both
        if distance in window.half_widths:
            outline, pairs, product, power, total = np.moveaxis(_smooth(_told_apart(sums), kernel), 1, 0)
            correlation = _correlation(pairs, product, power, total, window.flatness)
            symmetry += correlation * _overlap(pairs, outline, either(distance), distance)
    outline = _smooth(sums[:, 0], kernel)
    agreement = outline / np.maximum(either(reach) - outline, 1e-3)
    return np.asarray(symmetry * agreement / len(window.half_widths))


def _told_apart(sums: FloatArray) -> FloatArray:
    """Sums of the whole, of the pairs seen, of products, squares and values, shape (across, 5, k, along), of six sums of products."""
    outline, pairs, plus, minus, more, less = np.moveaxis(sums, 1, 0)
    # before they are smoothed: a product of matrices does not round each number alike
    return np.stack([outline, pairs, (plus + minus) / 2 - pairs, (more - less) / 2, (plus - minus) / 2], axis=1)


def _correlation(pairs: FloatArray, product: FloatArray, power: FloatArray, total: FloatArray, flatness: float) -> FloatArray:
    """Correlation of the two sides about their common mean, from their windowed sums."""
    pairs = np.maximum(pairs, 1e-3)
    squared_mean = total * total / (4 * pairs)
    return np.asarray((product - squared_mean) / (power / 2 - squared_mean + flatness * pairs))


def _overlap(pairs: FloatArray, outline: FloatArray, either: FloatArray, half_width: int) -> FloatArray:
    """How much there is to compare: the share of pairs inside, the agreement of the outlines, and the share of those pairs that was seen.

    The powers weigh them against the correlation: without them small flat overlaps at the rim win. What was not seen may be anything,
    and counts least.
    """
    share = outline / half_width
    agreement = outline / np.maximum(either - outline, 1e-3)
    weight = share * agreement * agreement
    return np.asarray(weight * weight * np.sqrt(pairs / np.maximum(outline, 1e-3)))


def _smooth(sums: FloatArray, kernel: FloatArray) -> FloatArray:
    """Smooth arrays (..., along): shape (..., scored)."""
    # as one product: of a stack of matrices many small ones are made, which takes twice as long
    return np.asarray((sums.reshape(-1, len(kernel)) @ kernel).reshape(*sums.shape[:-1], -1))


def _gaussian_matrix(along: FloatArray, scored: FloatArray, sigma: float) -> FloatArray:
    """Gaussian smoothing as a matrix (along, scored): on short axes a product of matrices is many times faster than a filter."""
    kernel = np.exp(-0.5 * ((along[:, None] - scored) / sigma) ** 2)
    kernel /= np.exp(-0.5 * ((along[1] - along[0]) * np.arange(-len(along), len(along) + 1) / sigma) ** 2).sum()
    # what is lost in any sum of float32 is left out: among it are denormal numbers, with which many processors are ten times as slow
    return np.where(kernel < np.finfo(np.float32).eps ** 2, 0, kernel).astype(np.float32)
