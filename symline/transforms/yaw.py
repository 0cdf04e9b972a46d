"""A symmetric body that stands turned about its long axis: its mirror partners are seen aside from where they would be."""

from __future__ import annotations

import numpy as np

from symline.model.image import FloatArray
from symline.numerics.masked_correlation import masked_correlation
from symline.numerics.poisson import solve_poisson
from symline.numerics.sampling import extend_nearest
from symline.transforms.smoothed import Samples

#: The parabola that the relief does not tell, for each unit of correlation between its curvature and the squared distance from the
#: midline; and the distances that are looked at, in units of L, since there may be arms farther out.
_PARABOLA, _REACH = 0.6, 0.35


def displacement_by_yaw(right: Samples, left: Samples, distances: FloatArray, spacing: float) -> FloatArray:
    """How far both partners of each pair are displaced to the right by a unit of yaw.

    A small yaw displaces each point in proportion to its depth, which partners share, as seen from the midline's. Mean curvature is
    about half the Laplacian of the depth, so that the depth follows from its part that both sides have in common. Two things are
    not known. The unit of the curvature, which becomes part of the unit of yaw. And its zero, which adds a parabola: but backs whose
    depth is known are the more convex at their sides the larger that parabola is.

    Parameters
    ----------
    right, left
        The back at both ends of the pairs, shape (levels, distances).
    distances
        Of the ends from the midline, evenly spaced, the first half a step from it, in units of L.
    spacing
        Of the levels, in units of L.

    Returns
    -------
    array
        Shape (levels, distances), in units of L for a unit of yaw.
    """
    step = 2 * float(distances[0])
    weights = right.weight + left.weight
    common = (right.values * right.weight + left.values * left.weight) / np.maximum(weights, 1e-6)
    depth = solve_poisson(extend_nearest(common, weights), (spacing, step))
    # the first pair lies half a step from the midline, where the depth is level
    first, second = depth[:, :1], depth[:, :2][:, -1:]
    depth -= (9 * first - second) / 8
    squared = np.broadcast_to(distances**2, common.shape)
    return np.asarray(depth + _PARABOLA * masked_correlation(common, squared, np.where(distances < _REACH, weights, 0)) * squared)
