"""Straightened coordinates: a curve, and at each of its points the direction in which mirror partners lie."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from symline.model.image import FloatArray, freeze
from symline.numerics.differences import arc_length, natural_spline

#: Of Newton's method for the inverse: steps, the longest in units of L, and the error at which a point counts as found.
STEPS, LONGEST_STEP, TOLERANCE = 15, 0.1, 1e-7
#: Share of its speed at the curve that a level must keep at a point; below, levels bunch up and are about to cross.
LEAST_SPEED = 0.1
#: Spacing of the nodes of a curve in units of L, unless a stage has its own, and the fewest that a curve is given.
NODE_SPACING, FEWEST_NODES = 0.025, 8
#: Samples of the curve between two nodes, and nodes' spacings by which it is continued straight at both ends.
FINE, BEYOND = 8, 2


@dataclass(frozen=True, slots=True, eq=False)
class Straightening:
    """The map (s, t) -> point at which (s, +t) and (s, -t) are mirror partners, and (s, 0) is the midline.

    Reflecting t is an involution, so the mirror map it stands for is exact by construction.

    Parameters
    ----------
    nodes
        Points (row, col) of the curve from top to bottom, about evenly spaced, shape (n, 2), in units of L.
    pair_angle
        Angle of the pair direction to the horizontal at each node, radians, shape (n,); 0 = partners lie in one row,
        positive = the right partner is the higher one.
    """

    nodes: FloatArray
    pair_angle: FloatArray

    def __post_init__(self) -> None:
        freeze(self, nodes=np.array(self.nodes, dtype=np.float64), pair_angle=np.array(self.pair_angle, dtype=np.float64))
        if len(self.nodes) < 2 or self.nodes.shape != (len(self.pair_angle), 2):
            raise ValueError("straightened coordinates need two or more nodes (row, col), each with a pair angle")

    @property
    def across(self) -> FloatArray:
        """Unit vectors (row, col) towards the right partner, shape (n, 2)."""
        return np.stack([-np.sin(self.pair_angle), np.cos(self.pair_angle)], axis=-1)

    @property
    def along(self) -> FloatArray:
        """Unit vectors (row, col) down the back, perpendicular to `across`, shape (n, 2)."""
        return np.stack([np.cos(self.pair_angle), np.sin(self.pair_angle)], axis=-1)

    @property
    def arc(self) -> FloatArray:
        """Arc length of each node from the top, in units of L, shape (n,)."""
        return arc_length(self.nodes)

    @property
    def spacing(self) -> float:
        """Mean distance of neighbouring nodes, in units of L; s is the number of nodes passed, times this."""
        return float(self.arc[-1] / (len(self.nodes) - 1))

    def points(self, distances: FloatArray) -> FloatArray:
        """Image points at signed distances t from every node, shape (m,), or from each its own, shape (n, m); shape (n, m, 2)."""
        # coordinate by coordinate: loops over an axis of two take many times as long
        points = np.empty((len(self.nodes), distances.shape[-1], 2))
        for axis, (node, across) in enumerate(zip(self.nodes.T, self.across.T, strict=True)):
            np.multiply(distances, across[:, None], out=points[..., axis])
            points[..., axis] += node[:, None]
        return points

    def place(self, coordinates: FloatArray) -> FloatArray:
        """Points at straightened coordinates (s, t), shape (..., 2)."""
        return _Samples.of(self).at(coordinates[..., 0]).place(coordinates[..., 1])

    def place_with_tangents(self, coordinates: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Points at straightened coordinates (s, t), and their change with s and with t, each of shape (..., 2)."""
        level = _Samples.of(self).at(coordinates[..., 0])
        turn = coordinates[..., 1] * level.turn
        by_s = np.stack([level.row_speed - turn * level.cosine, level.col_speed - turn * level.sine], axis=-1)
        return level.place(coordinates[..., 1]), by_s, np.stack([-level.sine, level.cosine], axis=-1)

    def locate(self, points: FloatArray) -> FloatArray:
        """Straightened coordinates (s, t) of points, shape (..., 2): the inverse of `place`. NaN where levels cross.

        Newton's method on s, from the nearest node: a point lies on the level of s when it is not ahead of it.
        """
        samples = _Samples.of(self)
        flat = points.reshape(-1, 2)
        s = samples.nearest(flat)
        sought = np.arange(len(s))
        for _ in range(STEPS):
            ahead, _, speed = samples.at(s[sought]).relative(flat[sought])
            step = np.clip(ahead / np.maximum(speed, LEAST_SPEED), -LONGEST_STEP, LONGEST_STEP)
            s[sought] += step
            # a few points, where levels cross, may need many steps
            sought = sought[np.abs(step) > TOLERANCE]
            if not len(sought):
                break
        s = s.reshape(points.shape[:-1])
        ahead, t, speed = samples.at(s).relative(points)
        found = (np.abs(ahead) < TOLERANCE) & (speed > LEAST_SPEED)
        return np.where(found[..., None], np.stack([s, t], axis=-1), np.nan)

    def partners(self, points: FloatArray) -> FloatArray:
        """Mirror partners of points, shape (..., 2); NaN where there is none."""
        return self.place(self.locate(points) * (1.0, -1.0))


def spread_nodes(first: float, last: float, spacing: float = NODE_SPACING) -> FloatArray:
    """Evenly spread places of nodes between two places along a curve, both included, at about a spacing in units of L; shape (n,)."""
    return np.linspace(first, last, max(FEWEST_NODES, round((last - first) / spacing) + 1))


class _Level(NamedTuple):
    """The levels at some s: a point of the curve each, sine and cosine of the pair angle there, and how fast these change with s."""

    row: FloatArray
    col: FloatArray
    sine: FloatArray
    cosine: FloatArray
    row_speed: FloatArray
    col_speed: FloatArray
    turn: FloatArray

    def place(self, t: FloatArray) -> FloatArray:
        """Points at signed distances t from the curve, shape (..., 2)."""
        return np.stack([self.row - t * self.sine, self.col + t * self.cosine], axis=-1)

    def relative(self, points: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """How far points are ahead of their level, how far to its right, and how fast the level moves ahead at them."""
        # coordinate by coordinate: sums over an axis of two take many times as long
        down, right = points[..., 0] - self.row, points[..., 1] - self.col
        t = right * self.cosine - down * self.sine
        ahead = down * self.cosine + right * self.sine
        return ahead, t, self.row_speed * self.cosine + self.col_speed * self.sine - self.turn * t


@dataclass(frozen=True, slots=True, eq=False)
class _Samples:
    """The curve in fine straight steps: the same for `place` and `locate`, so that one undoes the other exactly."""

    first: float
    step: float
    nodes: FloatArray
    angles: FloatArray

    # a curve is asked for many sets of points, one after the other
    @staticmethod
    @lru_cache(maxsize=4)
    def of(curve: Straightening) -> _Samples:
        count = len(curve.nodes)
        at = np.arange(-BEYOND * FINE, (count - 1 + BEYOND) * FINE + 1) / FINE
        nodes, angles = natural_spline(curve.nodes, at), natural_spline(curve.pair_angle, np.clip(at, 0, count - 1))
        return _Samples(at[0] * curve.spacing, curve.spacing / FINE, nodes, angles)

    def nearest(self, points: FloatArray) -> FloatArray:
        """Position along the curve of a sample near each point, shape (...,)."""
        # every sample would be closer, but one of FINE is close enough to start from, and importing a search tree takes longer than this
        some = self.nodes[::FINE]
        closeness = np.nan_to_num(points) @ some.T
        # in place: the array is large
        closeness -= (some**2).sum(axis=-1) / 2
        index = np.argmax(closeness, axis=-1)
        return np.asarray(self.first + self.step * FINE * index)

    def at(self, s: FloatArray) -> _Level:
        """The levels at s, straight beyond both ends; NaN where s is."""
        last = len(self.angles) - 1
        index = np.where(np.isfinite(s), (s - self.first) / self.step, 0.0)
        left = np.clip(np.floor(index), 0, last - 1).astype(int)
        rest = index - left
        row_change, col_change, turn = (np.diff(each)[left] for each in (*self.nodes.T, self.angles))
        angle = self.angles[left] + np.clip(rest, 0, 1) * turn
        inside = (index >= 0) & (index <= last)
        return _Level(
            row=np.where(np.isfinite(s), self.nodes[left, 0] + rest * row_change, np.nan),
            col=np.where(np.isfinite(s), self.nodes[left, 1] + rest * col_change, np.nan),
            sine=np.sin(angle),
            cosine=np.cos(angle),
            row_speed=row_change / self.step,
            col_speed=col_change / self.step,
            turn=np.where(inside, turn, 0) / self.step,
        )
