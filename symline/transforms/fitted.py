"""Straightened coordinates fitted to scattered points of a midline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symline.errors import RegistrationError
from symline.model.image import FloatArray
from symline.model.pair import Pair
from symline.numerics.robust_curve import robust_curve
from symline.numerics.sampling import bilinear
from symline.transforms.bending import Bending
from symline.transforms.straightening import Straightening, spread_nodes

#: Angles that differ by less than this are nobody's fault, radians.
LEAST_TURN = 0.03


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Where a midline seems to run.

    Parameters
    ----------
    points
        (row, col) in units of L, shape (n, 2).
    weights
        How much each point counts, shape (n,).
    tolerance
        Offset from the line up to which a point is no outlier, in units of L.
    pair_angle
        Angle of the pair direction to the horizontal at each point, radians, shape (n,), or None: pairs are perpendicular to the line.
    angle_weights
        How much each angle counts, shape (n,).
    """

    points: FloatArray
    weights: FloatArray
    tolerance: float
    pair_angle: FloatArray | None = None
    angle_weights: FloatArray | None = None


def fit_straightening(pair: Pair, evidence: Evidence, tilt: float, smoothing: float) -> Straightening:
    """The smooth curve through the points that most of them agree on, from where it enters the back to where it leaves it.

    Parameters
    ----------
    pair
        The back on the working grid.
    evidence
        The points, one or more.
    tilt
        Angle of the line's chord to the vertical, radians: the curve is a function of the way along it.
    smoothing
        Length over which the curve is stiff, in units of L; its pair directions are twice as stiff.

    Raises
    ------
    RegistrationError
        The curve hardly touches the back.
    """
    axis, across = np.array([np.cos(tilt), np.sin(tilt)]), np.array([-np.sin(tilt), np.cos(tilt)])
    extent = pair.points[pair.coverage > 0.5] @ axis
    levels = spread_nodes(extent.min(), extent.max())
    at = evidence.points @ axis
    aside = robust_curve(levels, at, evidence.points @ across, evidence.weights, smoothing, evidence.tolerance)
    nodes = levels[:, None] * axis + aside[:, None] * across
    angles = Bending(nodes).direction
    if evidence.pair_angle is not None and evidence.angle_weights is not None:
        turns = (evidence.pair_angle - tilt + np.pi / 2) % np.pi - np.pi / 2
        angles = tilt + robust_curve(levels, at, turns, evidence.angle_weights, 2 * smoothing, LEAST_TURN)
    part = _inside(pair, nodes)
    return Straightening(nodes[part], angles[part])


def _inside(pair: Pair, nodes: FloatArray) -> slice:
    """From the first node on the back to the last."""
    (covered,) = bilinear((pair.coverage,), pair.to_grid(nodes))
    hits = np.flatnonzero(covered > 0.5)
    if len(hits) < 4:
        raise RegistrationError("the line hardly touches the back; the image shows too little of it", "little_overlap")
    return slice(int(hits[0]), int(hits[-1]) + 1)
