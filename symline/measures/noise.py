"""Noise: how much asymmetry the roughness of the values makes on its own."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from symline.measures.local_symmetry import spread
from symline.measures.two_sides import SMOOTHING, TwoSides
from symline.model.image import FloatArray
from symline.numerics.robust import robust_deviation
from symline.numerics.smoothing import smooth_masked


class Noise(NamedTuple):
    """Root mean square asymmetry that noise alone makes, in standardised units.

    Parameters
    ----------
    pixels, smoothed
        Of the asymmetry of single pixels, and after smoothing.
    """

    pixels: float
    smoothed: float


def estimate_noise(sides: TwoSides, asymmetry: FloatArray) -> Noise:
    """Estimate the noise from what smoothing twice as far takes away from the asymmetry.

    Noise has as much power on all scales, up to the one on which it was smoothed before somebody gave it to us; so what is lost between
    two smoothings tells what is left after the first. Asymmetric regions are larger, and the few that are not have no say in a median.
    Since it is taken from the asymmetry itself, whatever reading between pixels averages away is accounted for.

    Parameters
    ----------
    sides
        Both sides on the working grid.
    asymmetry
        Of every pixel of the image, standardised, NaN where it is not defined; shape (rows, cols).
    """
    pair, sigma = sides.pair, SMOOTHING * sides.pair.resolution
    coarse = smooth_masked(sides.asymmetry, sides.known.astype(np.float32), 2 * sigma)
    # pixels of the grid are means over tents of at least a pixel of the image; that is a smoothing too
    before = float(np.mean(np.maximum(1 / np.asarray(pair.step), 1) ** 2)) / 6
    narrow, wide = sigma**2 + before, 4 * sigma**2 + before
    lost = 1 + narrow / wide - 4 * narrow / (narrow + wide)
    smoothed = _deviation((sides.smoothed - coarse)[sides.known]) / np.sqrt(lost)
    known = np.isfinite(asymmetry)
    fine = _deviation((asymmetry - spread(coarse, pair, asymmetry.shape))[known])
    return Noise(float(np.hypot(fine, smoothed * np.sqrt(narrow / wide))), float(smoothed))


def _deviation(values: FloatArray) -> float:
    """Robust standard deviation about 0; 0 where there are no values."""
    return robust_deviation(np.abs(values)) if values.size else 0.0
