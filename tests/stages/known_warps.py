"""Images that are mirror symmetric about the middle, seen through a known displacement."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symline.model.mirror import MirrorMap
from symline.model.pair import Pair
from symline.numerics.displacements import invert
from symline.stages.correction import correct
from symline.transforms.affine import Affine
from symline.transforms.dense import DenseMirror
from symline.transforms.moving import see

#: A px of an image of about 300 rows, in L.
PX = 1 / 150


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A pair whose mirror map is the reflection about the middle, and a map that is off by a known displacement.

    In the initial map the back looks like itself, displaced: the moving image at x + u(x) is the fixed one at x.
    """

    pair: Pair
    initial: DenseMirror

    def errors(self, found: MirrorMap) -> np.ndarray:
        """How far the partners lie from the true ones where both are on the back, in px of an image of about 300 rows."""
        points = self.pair.points
        on_back = (self.pair.coverage > 0.9) & (see(self.pair, Affine.reflection())[1] > 0.9)
        return np.linalg.norm(found.partners(points) - points * (1, -1), axis=-1)[on_back] / PX


def smooth_relief(resolution: float, *, noise: float = 0.01, hole: bool = False, seed: int = 0) -> Pair:
    """A mirror symmetric sum of smooth bumps in a rounded outline; the same image whatever the resolution, but for the noise."""
    random = np.random.default_rng(seed)
    shape = int(1.67 * resolution) | 1, int(1.13 * resolution) | 1
    row, col = ((index - (size - 1) / 2) / resolution for index, size in zip(np.indices(shape, dtype=float), shape, strict=True))
    inside = (row / 0.8) ** 4 + (col / 0.5) ** 4 < 1
    values = np.zeros(shape)
    for down, aside, height in zip(random.uniform(-0.85, 0.85, 400), random.uniform(0, 0.6, 400), random.normal(size=400), strict=True):
        across = np.exp(-0.5 * ((col - aside) / 0.03) ** 2) + np.exp(-0.5 * ((col + aside) / 0.03) ** 2)
        values += height * across * np.exp(-0.5 * ((row - down) / 0.03) ** 2)
    values = (values - values[inside].mean()) / values[inside].std() + random.normal(0, noise, shape)
    if hole:
        inside &= np.hypot(row - 0.1, col + 0.2) > 0.08
    return Pair(np.where(inside, values, 0).astype(np.float32), inside.astype(np.float32), resolution, (0.0, 0.0), (1.0, 1.0))


def wave(pair: Pair, length: float = 5 * PX) -> np.ndarray:
    """A smooth displacement, at most `length` L long, in px of the grid."""
    row, col = np.moveaxis(pair.points, -1, 0)
    return np.asarray(length * pair.resolution / np.sqrt(2) * np.stack([np.sin(4 * row) * np.cos(3 * col), np.cos(6 * col + 2 * row)]))


def shift(pair: Pair, row: float, col: float) -> np.ndarray:
    """The same displacement everywhere, given in L, in px of the grid."""
    return np.asarray(np.full((*pair.fixed.shape, 2), (row, col)).transpose(2, 0, 1) * pair.resolution)


def known(pair: Pair, displacement: np.ndarray) -> Known:
    return Known(pair, correct(pair, Affine.reflection(), invert(displacement)))
