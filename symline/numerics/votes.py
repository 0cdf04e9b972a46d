"""Regional votes: an asymmetric region loses its vote as a whole, so that the symmetric parts around it decide."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symline.model.image import FloatArray
from symline.numerics.smoothing import smooth


@dataclass(frozen=True, slots=True, eq=False)
class Votes:
    """How much each residual counts.

    Parameters
    ----------
    vote
        Weight of each residual, in [0, 1]; shape of the residuals.
    cost
        Robust cost of a residual, in [0, 1], on average. The sum would grow with each pair that comes to lie on the back.
    scale
        The regional mean of the squared residual at which votes fade.
    """

    vote: FloatArray
    cost: float
    scale: float


def count_votes(
    residual: FloatArray, covered: FloatArray, region: tuple[float, float], tolerance: float, scale: float | None, least: float = 1e-6
) -> Votes:
    """Geman-McClure on the regional mean of the squared residual (Geman & McClure 1987).

    Parameters
    ----------
    residual
        Shape (rows, cols).
    covered
        How much each residual counts at most, in [0, 1]; 0 where one of the pair is outside the back. Not all may be 0.
    region
        Width of the Gaussian neighbourhood, in samples (rows, cols).
    tolerance
        The scale in medians of the regional mean.
    scale
        The scale itself, for metrics that shall be compared; None: from the tolerance.
    least
        The least scale that the tolerance may give.
    """
    total, near = smooth(np.stack([covered * residual**2, covered]), (0, *region))
    regional = total / np.maximum(near, 1e-3)
    if scale is None:
        scale = max(tolerance * float(np.median(regional[covered > 0])), least)
    relative = regional / scale
    cost = float((covered * relative / (1 + relative)).sum() / covered.sum())
    return Votes(covered / (1 + relative) ** 2, cost, scale)
