"""Straightened coordinates: a curve, and at each of its points the direction in which mirror partners lie."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symline.model.image import FloatArray


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
        for name in ("nodes", "pair_angle"):
            array = np.array(getattr(self, name), dtype=np.float64)
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        if len(self.nodes) < 2 or self.nodes.shape != (len(self.pair_angle), 2):
            raise ValueError("straightened coordinates need two or more nodes (row, col), each with a pair angle")

    @property
    def across(self) -> FloatArray:
        """Unit vectors (row, col) towards the right partner, shape (n, 2)."""
        return np.stack([-np.sin(self.pair_angle), np.cos(self.pair_angle)], axis=1)

    @property
    def along(self) -> FloatArray:
        """Unit vectors (row, col) down the back, perpendicular to `across`, shape (n, 2)."""
        return np.stack([np.cos(self.pair_angle), np.sin(self.pair_angle)], axis=1)

    @property
    def arc(self) -> FloatArray:
        """Arc length of each node from the top, in units of L, shape (n,)."""
        return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(self.nodes, axis=0).T))])

    def points(self, distances: FloatArray) -> FloatArray:
        """Image points at signed distances t from every node, shape (n, len(distances), 2)."""
        return self.nodes[:, None] + distances[None, :, None] * self.across[:, None]
