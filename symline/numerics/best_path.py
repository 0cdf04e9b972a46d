"""The path from top to bottom that collects the most, with a price for turning."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symline.model.image import FloatArray


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
    """Find the best path by dynamic programming over direction and column, row by row.

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

    Returns
    -------
    Path
        The global optimum; no start is needed. It is the better of the best path down and the best path up, which differ
        a little since paths end between columns: so an image upside down has the same path upside down.
    """
    to_go, turn, slip = _search(gain, angles, turn_price, slip_price)
    down, up = to_go[0].max(axis=(1, 2))
    if down >= up:
        return _follow(to_go[:, 0], angles, turn, slip)
    path = _follow(to_go[:, 1], angles, turn, slip)
    return Path(path.cols[::-1], -path.angles[::-1], path.value)


def best_value(gain: FloatArray, angles: FloatArray, turn_price: float, slip_price: float) -> float:
    """What the best path collects, less what its turns cost; parameters as for `best_path`, which takes longer."""
    to_go, *_ = _search(gain, angles, turn_price, slip_price)
    return float(to_go[0].max())


def _search(gain: FloatArray, angles: FloatArray, turn_price: float, slip_price: float) -> tuple[FloatArray, np.float32, np.float32]:
    """Values to go of the paths down and up, shape (rows, 2, k, cols), and the prices of a step to the next direction and column."""
    turn, slip = np.float32(turn_price * (angles[1] - angles[0])), np.float32(slip_price)
    return _values_to_go(np.stack([gain, gain[::-1, ::-1]]), angles, turn, slip), turn, slip


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


def _follow(to_go: FloatArray, angles: FloatArray, turn: np.float32, slip: np.float32) -> Path:
    """Walk down from the best start."""
    rows, count, width = to_go.shape
    start, first = np.unravel_index(int(np.argmax(to_go[0])), (count, width))
    direction, col = int(start), float(first)
    cols, directions = [col], [direction]
    slopes = np.tan(angles).tolist()
    for row in range(1, rows):
        col += slopes[direction]
        near = min(max(round(col), 0), width - 1)
        # nothing is gained by a step to a state that is as good: the order of the candidates puts staying first
        steps = [
            (to_go[row, direction + bend, near + shift] - turn * abs(bend) - slip * abs(shift), -abs(shift), -abs(bend), shift, bend)
            for shift in (0, -1, 1)
            for bend in (0, -1, 1)
            if 0 <= near + shift < width and 0 <= direction + bend < count
        ]
        *_, shift, bend = max(steps)
        col += shift
        direction += bend
        cols.append(col)
        directions.append(direction)
    return Path(np.array(cols), angles[directions], float(to_go[0].max()))
