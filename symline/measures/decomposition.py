"""What makes a back asymmetric: how it stands, how it bends, or its shape."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from symline.measures.two_sides import SMOOTHING, TwoSides, on_lattice
from symline.model.analysis import Axis
from symline.model.image import FloatArray
from symline.model.pair import Pair
from symline.numerics.sampling import read_stack
from symline.numerics.smoothing import smooth_masked
from symline.transforms.affine import Affine


def decompose(sides: TwoSides, axis: Axis, partners: FloatArray, noise: float) -> dict[str, float | None]:
    """Split the asymmetry by what explains it: the mean squared difference that each further map takes away.

    From the vertical axis through the middle of the back to the straight axis: pose. From there to the curve: posture. From there to
    the whole map: elastic. What remains, but for noise: shape. Two maps are compared on the pixels whose partners by both lie on the
    back: a body that leans has fewer of them about a vertical axis, which says nothing of its shape. All after smoothing: without it
    maps that read between pixels would seem to fit better than those that do not.

    Parameters
    ----------
    sides
        Both sides on the working grid, with the partners that the curve gives.
    axis
        The straight axis.
    partners
        What the whole map gives: the partner of each working pixel, in units of L, NaN where there is none; shape (rows, cols, 2).
    noise
        Root mean square asymmetry that noise alone makes after smoothing, in standardised units.

    Returns
    -------
    dict
        The four as root mean squares in the unit of the input.
    """
    pair = sides.pair
    row, col = pair.from_image(np.array(axis.point))
    straight = Affine.reflection((float(row), float(col)), axis.angle)
    by_axes = [on_lattice(each.partners, pair) for each in (Affine.reflection(), straight)]
    upright, tilted, bent, matched = _compare_sides(pair, [*by_axes, sides.by_curve, partners])
    parts = {
        "pose": _mean(upright - tilted),
        "posture": _mean(tilted - bent),
        "elastic": _mean(bent - matched),
        "shape": _mean(matched) - noise**2,
    }
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


def _compare_sides(pair: Pair, partners: Sequence[FloatArray]) -> list[FloatArray]:
    """Squared value minus that of the partner for each choice of partners, shape (rows, cols); NaN where there is none."""
    values = smooth_masked(pair.fixed, pair.coverage, SMOOTHING * pair.resolution)
    stack = np.stack([values, pair.coverage], axis=-1)
    squares = []
    for each in partners:
        moving, coverage = np.moveaxis(read_stack(stack, pair.to_grid(each)), -1, 0)
        squares.append(np.where(np.minimum(coverage, pair.coverage) > 0.5, (values - moving) ** 2, np.nan))
    return squares


def _mean(values: FloatArray) -> float:
    """Mean of what is known; 0 where nothing is."""
    known = values[np.isfinite(values)]
    return float(known.mean(dtype=np.float64)) if known.size else 0.0
