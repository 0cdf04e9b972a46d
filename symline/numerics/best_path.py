"""The path from top to bottom that collects the most, with a price for turning."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symline.model.image import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """A path through all rows.

    Parameters
    ----------
    cols
        Column in each row, px, also between columns, shape (rows,).
    angles
        Direction in each row, radians, shape (rows,).
    value
        What it collects, less what its turns cost.
    """

    cols: FloatArray
    angles: FloatArray
    value: float


def best_path(gain: FloatArray, angles: FloatArray, turn_price: float, slip_price: float, softness: float, reach: float) -> Path:
    """Find the best path by dynamic programming over direction and column, row by row.

    In each row it is the mean of the best place and of those near it, the less of each the less paths through it collect: so it is known
    to parts of a column, hardly changes when the volume hardly does, and is the same path upside down when the volume is upside down.

    Parameters
    ----------
    gain
        What a path collects in each place for each direction, shape (k, rows, cols).
    angles
        The directions to the vertical, evenly spaced about 0, radians, shape (k,).
    turn_price
        Price of turning by one radian.
    slip_price
        Price of slipping sideways by one column without turning.
    softness
        A place through which paths collect less than through the best one in its row, by this, counts 1 / e of it.
    reach
        How many columns from the best place in a row others count.

    Returns
    -------
    Path
        No start is needed. Its value is the global optimum, that of the better of the best path down and the best path up, which differ a
        little since paths end between columns.
    """
    to_go = _search(gain, angles, turn_price, slip_price)
    # what the best path through each state collects, shape (rows, k, cols)
    through = to_go[:, 0] + to_go[::-1, 1, ::-1] - np.moveaxis(gain, 1, 0)
    cols = np.arange(through.shape[2])
    widest_step = int(np.ceil(np.tan(angles.max()))) + 1
    is_near = np.abs(cols - _keep_to_one(through.max(axis=1), max(int(reach), widest_step))[:, None]) <= reach
    through = np.where(is_near[:, None], through, -np.inf)
    counts = np.exp((through - through.max(axis=(1, 2), keepdims=True)) / np.float32(softness))
    total = counts.sum(axis=(1, 2), dtype=np.float64)
    middle, direction = (counts.sum(axis=axis, dtype=np.float64) @ values / total for axis, values in ((1, cols), (2, angles)))
    return Path(middle, direction, float(to_go[0].max()))


def _keep_to_one(collected: FloatArray, step: int) -> NDArray[np.intp]:
    """The best column in each row, no more than a step from that of the row before: rivals may collect as much."""
    found = np.empty(len(collected), dtype=np.intp)
    first, start = np.unravel_index(int(collected.argmax()), collected.shape)
    for way in (range(int(first), len(collected)), range(int(first), -1, -1)):
        col = int(start)
        for row in way:
            left = max(col - step, 0)
            col = left + int(collected[row, left : col + step + 1].argmax())
            found[row] = col
    return found


def best_value(gain: FloatArray, angles: FloatArray, turn_price: float, slip_price: float) -> float:
    """What the best path collects, less what its turns cost; parameters as for `best_path`, which takes longer."""
    return float(_search(gain, angles, turn_price, slip_price)[0].max())


def _search(gain: FloatArray, angles: FloatArray, turn_price: float, slip_price: float) -> FloatArray:
    """The most that paths down, and paths down the volume upside down, can collect from each state on, shape (rows, 2, k, cols)."""
    turn, slip = np.float32(turn_price * (angles[1] - angles[0])), np.float32(slip_price)
    return _values_to_go(np.stack([gain, gain[::-1, ::-1]]), angles, turn, slip)


def _values_to_go(gain: FloatArray, angles: FloatArray, turn: np.float32, slip: np.float32) -> FloatArray:
    """The most that can be collected from each state on, shape (rows, n, k, cols), of n volumes (n, k, rows, cols)."""
    rows = gain.shape[2]
    gain = np.ascontiguousarray(np.moveaxis(gain, 2, 0))
    ahead = _LookAhead(np.tan(angles), gain.shape[1:])
    to_go = np.empty_like(gain)
    to_go[-1] = gain[-1]
    for row in range(rows - 2, -1, -1):
        turned = _best_neighbour(to_go[row + 1], turn, axis=1)
        np.add(gain[row], ahead(_best_neighbour(turned, slip, axis=2)), out=to_go[row])
    return to_go


class _LookAhead:
    """Reads a value where each direction leads in the next row; 0 beyond the sides."""

    def __init__(self, slopes: FloatArray, shape: tuple[int, ...]) -> None:
        volumes, count, cols = shape
        reached = np.arange(cols) + slopes[:, None]
        floor = np.floor(reached).astype(int)
        self.share = (reached - floor).astype(np.float32)
        # one column of zeros on each side stands for everything beyond it
        base = np.arange(volumes * count).reshape(volumes, count, 1) * (cols + 2) + 1
        self.left = base + np.clip(floor, -1, cols)
        self.right = base + np.clip(floor + 1, -1, cols)
        self.padded = np.zeros((volumes, count, cols + 2), dtype=np.float32)

    def __call__(self, values: FloatArray) -> FloatArray:
        self.padded[..., 1:-1] = values
        left, right = self.padded.take(self.left), self.padded.take(self.right)
        return np.asarray(left + (right - left) * self.share)


def _best_neighbour(values: FloatArray, price: np.float32, axis: int) -> FloatArray:
    """The best of each value and its two neighbours along an axis, which come at a price."""
    best = values.copy()
    here, there = best.swapaxes(0, axis), (values - price).swapaxes(0, axis)
    np.maximum(here[1:], there[:-1], out=here[1:])
    np.maximum(here[:-1], there[1:], out=here[:-1])
    return best
