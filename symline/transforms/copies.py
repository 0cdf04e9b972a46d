"""Smoother and smaller copies of the back, to try maps on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import scipy

from symline.model.pair import Pair
from symline.numerics.sampling import resample
from symline.numerics.smoothing import smooth_masked

#: A working pixel with at least this share on the back counts as wholly on it.
WHOLE = 0.99


def soften(pair: Pair, smoothing: float, resolution: float | None = None) -> Pair:
    """A copy of a pair, smoothed, on a grid that shares its middle.

    Parameters
    ----------
    pair
        The back on the working grid.
    smoothing
        Width of the Gaussian in units of L.
    resolution
        Grid pixels per L of the copy; default: those of the pair.
    """
    values, coverage, step = np.where(pair.coverage > 0, pair.fixed, 0), pair.coverage, pair.step
    resolution = min(resolution or pair.resolution, pair.resolution)
    if resolution < pair.resolution:
        ratio = pair.resolution / resolution
        values, coverage = resample(values * coverage, coverage, (ratio, ratio))
        step = (pair.step[0] * ratio, pair.step[1] * ratio)
    values = smooth_masked(values, coverage, smoothing * resolution)
    return replace(pair, fixed=np.where(coverage > 0, values, 0), coverage=coverage, resolution=resolution, step=step)


def without_rim(pair: Pair, width: float) -> Pair:
    """A copy of a pair without the rim of the back, of a width in units of L: smoothed values there lean on one side only."""
    radius = int(np.ceil(width * pair.resolution))
    whole = scipy.ndimage.minimum_filter(pair.coverage, size=2 * radius + 1, mode="constant") > WHOLE
    return replace(pair, coverage=np.where(whole, pair.coverage, 0), fixed=np.where(whole, pair.fixed, 0))
