"""What every mirror map can do, whatever it is made of, and what maps can hold."""

from __future__ import annotations

from enum import IntEnum
from typing import Protocol

from symline.model.image import FloatArray


class Kind(IntEnum):
    """What a mirror map can hold, each kind more than the one before."""

    STRAIGHT = 0
    CURVED = 1
    DENSE = 2


class MirrorMap(Protocol):
    """From points to their mirror partners. Points are (row, col) in units of L from the middle of the working grid."""

    def partners(self, points: FloatArray) -> FloatArray:
        """Mirror partners of points, shape (..., 2); NaN where there is none."""
        ...
