"""The path from top to bottom that collects the most, with a price for turning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from symline.model.image import FloatArray

Steps: TypeAlias = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """A path through all rows.

    Parameters
    ----------
    cols
        Column in each row, px, shape (rows,).
    angles
        Direction in each row, radians, shape (rows,).
    value
        What it collects, less what its turns cost.
    """

    cols: FloatArray
    angles: FloatArray
    value: float


def best_path(gain: FloatArray, angles: FloatArray, turn_price: float, slip_price: float) -> Path:
    """Find the best path by dynamic programming over direction and column, row by row from the bottom.

    Parameters
    ----------
    gain
        What a path collects in each place for each direction, shape (k, rows, cols).
    angles
        The directions to the vertical, evenly spaced, radians, shape (k,).
    turn_price
        Price of turning by one radian.
    slip_price
        Price of slipping sideways by one column without turning.

    Returns
    -------
    Path
        The global optimum; no start is needed.
    """
    count, rows, cols = gain.shape
    price = np.float32(turn_price * (angles[1] - angles[0]))
    ahead = _LookAhead(np.tan(angles), cols)
    turns = np.zeros((rows, count, cols), dtype=np.int8)
    slips = np.zeros((rows, count, cols), dtype=np.int8)
    to_go = gain[:, -1].copy()
    for row in range(rows - 2, -1, -1):
        to_go, turns[row] = _best_neighbour(to_go, price, axis=0)
        to_go, slips[row] = _best_neighbour(to_go, np.float32(slip_price), axis=1)
        to_go = gain[:, row] + ahead(to_go)
    return _follow(to_go, turns, slips, angles)


class _LookAhead:
    """Reads a value where each direction leads in the next row; 0 beyond the sides."""

    def __init__(self, slopes: FloatArray, cols: int) -> None:
        reached = np.arange(cols) + slopes[:, None]
        floor = np.floor(reached).astype(int)
        self.share = (reached - floor).astype(np.float32)
        # one column of zeros on each side stands for everything beyond it
        base = np.arange(len(slopes))[:, None] * (cols + 2) + 1
        self.left = base + np.clip(floor, -1, cols)
        self.right = base + np.clip(floor + 1, -1, cols)

    def __call__(self, values: FloatArray) -> FloatArray:
        flat = np.pad(values, ((0, 0), (1, 1))).ravel()
        return np.asarray(flat[self.left] * (1 - self.share) + flat[self.right] * self.share)


def _best_neighbour(values: FloatArray, price: np.float32, axis: int) -> tuple[FloatArray, Steps]:
    """The best of each value and its two neighbours at a price, and which it was (-1, 0, 1)."""
    best = values.copy()
    choice: Steps = np.zeros(values.shape, dtype=np.int8)
    size = values.shape[axis]
    for step in (1, -1):
        here = [slice(None), slice(None)]
        there = [slice(None), slice(None)]
        here[axis] = slice(0, size - 1) if step == 1 else slice(1, size)
        there[axis] = slice(1, size) if step == 1 else slice(0, size - 1)
        offer = values[tuple(there)] - price
        better = offer > best[tuple(here)]
        best[tuple(here)][better] = offer[better]
        choice[tuple(here)][better] = step
    return best, choice


def _follow(to_go: FloatArray, turns: Steps, slips: Steps, angles: FloatArray) -> Path:
    """Walk down from the best start."""
    rows, _, width = turns.shape
    direction, start = np.unravel_index(int(np.argmax(to_go)), to_go.shape)
    value = float(to_go[direction, start])
    col = float(start)
    cols, directions = [col], [int(direction)]
    for row in range(rows - 1):
        col += np.tan(angles[directions[-1]])
        near = int(np.clip(round(col), 0, width - 1))
        slip = int(slips[row, directions[-1], near])
        col += slip
        near = int(np.clip(near + slip, 0, width - 1))
        directions.append(directions[-1] + int(turns[row, directions[-1], near]))
        cols.append(col)
    return Path(np.array(cols), angles[directions], value)
