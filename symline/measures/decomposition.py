"""What makes a back asymmetric: how it stands, how it bends, or its shape."""

from __future__ import annotations

import numpy as np

from symline.measures.two_sides import SMOOTHING, on_lattice
from symline.model.analysis import Axis
from symline.model.image import FloatArray
from symline.model.mirror import MirrorMap
from symline.model.pair import Pair
from symline.numerics.sampling import bilinear
from symline.numerics.smoothing import smooth_masked
from symline.transforms.affine import Affine
from symline.transforms.straightening import Straightening


def decompose(pair: Pair, axis: Axis, curve: Straightening, whole: MirrorMap, noise: float) -> dict[str, float | None]:
    """Split the asymmetry by what explains it: the mean squared difference that each further map takes away.

    From the vertical axis through the middle of the back to the straight axis: pose. From there to the curve: posture. From there to
    the whole map: elastic. What remains, but for noise: shape. All on the pixels whose partners by all four maps lie on the back, and
    after smoothing: without it maps that read between pixels would seem to fit better than those that do not.

    Parameters
    ----------
    pair
        The back on the working grid.
    axis, curve, whole
        The three maps found, each more than the one before.
    noise
        Root mean square asymmetry that noise alone makes after smoothing, in standardised units.

    Returns
    -------
    dict
        The four as root mean squares in the unit of the input.
    """
    row, col = pair.from_image(np.array(axis.point))
    straight = Affine.reflection((float(row), float(col)), axis.angle)
    upright, tilted, bent, matched = _mean_squares(pair, (Affine.reflection(), straight, curve, whole))
    parts = {"pose": upright - tilted, "posture": tilted - bent, "elastic": bent - matched, "shape": matched - noise**2}
    return {f"{name}_rms": pair.scale * float(np.sqrt(max(0.0, part))) for name, part in parts.items()}


def measure_pose(pair: Pair, axis: Axis, spacing: tuple[float, float] | None) -> dict[str, float | None]:
    """Angle of the straight axis to the vertical, and its distance from the middle of the back's box at mid-height, positive = right."""
    row, col = spacing or (1.0, 1.0)
    at_middle = axis.point[1] + (pair.origin[0] - axis.point[0]) * float(np.tan(axis.angle)) * row / col
    offset = at_middle - pair.origin[1]
    return {
        "pose_angle_deg": float(np.rad2deg(axis.angle)),
        "pose_offset_px": offset,
        "pose_offset_mm": offset * col if spacing else None,
    }


def _mean_squares(pair: Pair, mirrors: tuple[MirrorMap, ...]) -> list[float]:
    """Mean squared value minus mirrored value under each map, on the pixels where all are defined; 0 where there are none."""
    values = smooth_masked(pair.fixed, pair.coverage, SMOOTHING * pair.resolution)
    squares, covered = [], [pair.coverage]
    for mirror in mirrors:
        partners = on_lattice(mirror.partners, pair)
        points = np.where(np.isfinite(partners), pair.to_grid(partners), -9.0)
        moving, coverage = bilinear((values, pair.coverage), points)
        squares.append((values - moving) ** 2)
        covered.append(coverage)
    counts: FloatArray = np.min(covered, axis=0) > 0.5
    return [float(square[counts].mean(dtype=np.float64)) if counts.any() else 0.0 for square in squares]
