"""Elastic mirror maps: exact involutions that depart from straightened coordinates by a smooth flow that cannot fold."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from symline.model.image import FloatArray
from symline.numerics.cubic_patches import CubicPatches
from symline.numerics.cubic_spline import cubic_spline
from symline.numerics.sampling import read_nearest
from symline.transforms.straightening import Straightening

#: Steps of the flow over a unit of time; each moves by a small part of the lattice spacing, far below what could fold.
STEPS = 2
#: Samples of the drift for each lattice point; between them it is interpolated.
FINE = 8


@dataclass(frozen=True, slots=True, eq=False)
class Velocity:
    """A smooth velocity in straightened coordinates: cubic B-splines on a lattice over s and |t|.

    Its t component is even in t and its s component odd, both 0 at t = 0. So the flow at (s, -t) mirrors the inverse flow at
    (s, t), which makes the mirror map built from it an involution, and the midline stays where it is.

    Parameters
    ----------
    coefficients
        Of the s and the t component, shape (2, m, n); lattice point (k, l) lies at s = (k - 1) spacing, |t| = l spacing.
    spacing
        Of the lattice, in units of L.
    core
        Within about this distance of the midline the velocity fades to 0, in units of L.
    """

    coefficients: FloatArray
    spacing: float
    core: float

    def at(self, coordinates: FloatArray) -> FloatArray:
        """Velocity (s, t) at straightened coordinates, which must be finite, shape (..., 2)."""
        s, t = coordinates[..., 0], coordinates[..., 1]
        along, across = _patches(self).at(s / self.spacing + 1, np.abs(t) / self.spacing)
        odd, even = fade(t, self.core)
        return np.stack([along * odd, across * even], axis=-1)

    def on_grid(self, s: FloatArray, t: FloatArray) -> FloatArray:
        """Velocity (s, t) where rows of s cross columns of t, shape (rows, cols, 2): far faster than `at`."""
        by_row, by_col = self.splines(s, t)
        along, across = by_row @ self.coefficients @ by_col.T
        odd, even = fade(t, self.core)
        return np.stack([along * odd, across * even], axis=-1)

    def splines(self, s: FloatArray, t: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The splines of the lattice along s, shape (len(s), m), and along |t|, shape (len(t), n)."""
        _, rows, cols = self.coefficients.shape
        by_row = cubic_spline((s / self.spacing + 1)[:, None] - np.arange(rows))
        return by_row, cubic_spline((np.abs(t) / self.spacing)[:, None] - np.arange(cols))

    def flow(self, coordinates: FloatArray, time: float, start: FloatArray | None = None) -> FloatArray:
        """Where points drift in a time, by the midpoint rule; a negative time undoes a positive one.

        Parameters
        ----------
        coordinates
            Shape (..., 2).
        start
            The velocity there, where it is known.
        """
        if not self.coefficients.any():
            return coordinates
        steps = max(1, int(np.ceil(STEPS * abs(time))))
        for step in range(steps):
            velocity = self.at(coordinates) if step or start is None else start
            halfway = coordinates + velocity * (time / (2 * steps))
            coordinates = coordinates + self.at(halfway) * (time / steps)
        return coordinates


# a velocity is asked for many sets of points, one after the other
@lru_cache(maxsize=2)
def _patches(velocity: Velocity) -> CubicPatches:
    return CubicPatches.of(velocity.coefficients)


def fade(t: FloatArray, core: float) -> tuple[FloatArray, FloatArray]:
    """Factors of the s and the t component: odd and even in t, 0 at the midline and 1 far from it."""
    return t / np.hypot(t, core), t**2 / (t**2 + core**2)


@dataclass(frozen=True, slots=True, eq=False)
class ElasticMirror:
    """The mirror map that reflects t and then drifts with the flow for two units of time.

    The flow E and the reflection R satisfy R E = E⁻¹ R, so that E R E⁻¹ = E E R: (s, t) and its partner are the images under E of
    two points that t -> -t swaps, and the map is an involution.

    Parameters
    ----------
    straightening
        The coordinates; their curve is the midline.
    velocity
        Of the flow.
    """

    straightening: Straightening
    velocity: Velocity

    def partners(self, points: FloatArray) -> FloatArray:
        """Mirror partners of points, shape (..., 2); NaN where there is none."""
        reflected = self.straightening.locate(points) * (1.0, -1.0)
        return self.straightening.place(reflected + self._drift(reflected))

    def _drift(self, coordinates: FloatArray) -> FloatArray:
        """How far points drift in two units of time, shape (..., 2); from a table, since it is smooth and the points are many."""
        table = _tabulate(self.velocity)
        first, step = table.first, table.step
        at = np.moveaxis((np.nan_to_num(coordinates) - first) / step, -1, 0)
        return np.moveaxis(read_nearest(table.drift, at), 0, -1)


class _Table(NamedTuple):
    """How far points drift in two units of time, shape (2, m, n); the first of them lies at `first`, the next ones a `step` apart."""

    drift: FloatArray
    first: FloatArray
    step: float


# a map is asked for the partners of several sets of points, one after the other
@lru_cache(maxsize=2)
def _tabulate(velocity: Velocity) -> _Table:
    step = velocity.spacing / FINE
    _, rows, cols = velocity.coefficients.shape
    s, t = np.arange(-3 * FINE, (rows + 1) * FINE) * step, np.arange(-(cols + 1) * FINE, (cols + 1) * FINE + 1) * step
    grid = np.stack(np.meshgrid(s, t, indexing="ij"), axis=-1)
    return _Table(np.moveaxis(velocity.flow(grid, 2.0, velocity.on_grid(s, t)) - grid, -1, 0), grid[0, 0], step)
