"""Images that are mirror symmetric about a known axis, and maps that are off by a known straight one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from symline.model.mirror import MirrorMap
from symline.model.pair import Pair
from symline.transforms.affine import Affine

#: Corners of the region in which maps are compared, in L.
CORNERS = np.array([[-0.6, -0.35], [-0.6, 0.35], [0.6, 0.35], [0.6, -0.35]])


@dataclass(frozen=True, slots=True, eq=False)
class KnownAxis:
    """A pair, its mirror map, and the rows of the image whose px count."""

    pair: Pair
    mirror: Affine

    def before(self, known: Affine) -> Affine:
        """The map that a stage has to correct by a known one: `result = initial @ known` is the mirror map."""
        return self.mirror @ ~known

    def error(self, found: MirrorMap) -> float:
        """The most by which partners of the corners are off, in px."""
        off = found.partners(CORNERS) - self.mirror.partners(CORNERS)
        return float(np.linalg.norm(off, axis=1).max() * self.pair.resolution)

    def turn(self, found: Affine) -> float:
        """By how much the direction of the axis is off, in degrees."""
        angles = [
            np.arctan2(each.matrix[0, 1] + each.matrix[1, 0], each.matrix[0, 0] - each.matrix[1, 1]) / 2 for each in (found, self.mirror)
        ]
        return float(np.rad2deg(angles[0] - angles[1]))


@cache
def known_axis(rows: int = 160, *, noise: float = 0.01, hole: bool = True, seed: int = 0) -> KnownAxis:
    """Smooth bumps, symmetric about a tilted axis beside the middle, in a rounded outline that is not; a hole on one side.

    Parameters
    ----------
    rows
        Of the image; the back is about 1.6 L high.
    noise
        Standard deviation, as a fraction of that of the values.
    """
    random = np.random.default_rng(seed)
    resolution, shape = rows / 1.67, (rows, round(0.68 * rows))
    points = (np.moveaxis(np.indices(shape, dtype=float), 0, -1) - (np.array(shape) - 1) / 2) / resolution
    mirror = Affine.reflection((0.0, 0.015), np.deg2rad(3))
    both = np.stack([points, mirror(points)])
    values = np.zeros(shape)
    for _ in range(150):
        centre, width = random.uniform((-0.85, -0.6), (0.85, 0.6)), random.uniform(0.03, 0.07)
        values += random.normal() * np.exp(-0.5 * ((both - centre) ** 2).sum(axis=-1) / width**2).sum(axis=0)
    inside = (np.abs(points / (0.8, 0.5)) ** 4).sum(axis=-1) < 1
    if hole:
        inside &= np.hypot(*np.moveaxis(points - (0.1, -0.2), -1, 0)) > 0.08
    values = (values - values[inside].mean()) / values[inside].std()
    values += random.normal(0, noise, shape)
    fixed = np.where(inside, values, 0).astype(np.float32)
    return KnownAxis(Pair(fixed, inside.astype(np.float32), resolution, (0.0, 0.0), (1.0, 1.0)), mirror)


def offset(
    resolution: float, shift_px: tuple[float, float] = (0.0, 0.0), turn_deg: float = 0.0, matrix: np.ndarray | None = None
) -> Affine:
    """A straight map that shifts by some px, turns, and then does what a matrix does."""
    turn = np.deg2rad(turn_deg)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return Affine((np.eye(2) if matrix is None else matrix) @ rotation, np.array(shift_px) / resolution)
