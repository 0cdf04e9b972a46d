"""Local correlation of two images, and how it changes with the values of either: what drives a symmetric registration."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from symline.model.image import FloatArray
from symline.numerics.smoothing import smooth


class Comparison(NamedTuple):
    """The metric, 1 - mean local correlation (lower is better), and its derivative by each value of either image, shape (rows, cols)."""

    value: float
    by_fixed: FloatArray
    by_moving: FloatArray


def local_correlation(fixed: FloatArray, moving: FloatArray, weights: FloatArray, sigma: float, relief: float) -> Comparison:
    """Correlate two images in a Gaussian window about every pixel (Avants 2008, doi 10.1016/j.media.2007.06.004).

    Unlike there, the correlation keeps its sign, and all windows count as if they shared a little relief. Flat ones then agree with each
    other, and two images that are the same have the lowest metric there is: no displacement gains by filling flat areas with relief.

    Parameters
    ----------
    fixed, moving
        Shape (rows, cols); finite.
    weights
        How much each pixel counts, in [0, 1], same shape; they are taken as constant.
    sigma
        Width of the window, in px.
    relief
        The variance that all windows share, in squared units of the images.
    """

    def mean(values: FloatArray) -> FloatArray:
        return smooth(weights * values, sigma) / inside

    weights = weights.astype(np.float64)
    total = max(float(weights.sum()), 1e-9)
    inside = np.maximum(smooth(weights, sigma), 1e-6)
    fixed_mean, moving_mean = mean(fixed), mean(moving)
    fixed_power = np.maximum(mean(fixed * fixed) - fixed_mean**2, 0) + relief
    moving_power = np.maximum(mean(moving * moving) - moving_mean**2, 0) + relief
    size = np.sqrt(fixed_power * moving_power)
    correlation = (mean(fixed * moving) - fixed_mean * moving_mean + relief) / size
    # a window counts as much as its pixel does; what it asks of its pixels is spread by the same Gaussian
    share = weights / inside
    pull = smooth(share / size, sigma)

    def derivative(own: FloatArray, own_mean: FloatArray, own_power: FloatArray, other: FloatArray, other_mean: FloatArray) -> FloatArray:
        hold = share * correlation / own_power
        gain = other * pull - smooth(share * other_mean / size, sigma) - own * smooth(hold, sigma) + smooth(hold * own_mean, sigma)
        return np.asarray(-weights * gain / total)

    return Comparison(
        1 - float((weights * correlation).sum()) / total,
        derivative(fixed, fixed_mean, fixed_power, moving, moving_mean),
        derivative(moving, moving_mean, moving_power, fixed, fixed_mean),
    )
