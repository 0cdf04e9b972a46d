"""Backs made on a computer, whose midline is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest

FloatArray = npt.NDArray[np.float64]
Curve = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True, slots=True, eq=False)
class Back:
    """An image of a symmetric back, shape (rows, cols), NaN outside, and the points (row, col) of its midline, top to bottom."""

    values: FloatArray
    midline: FloatArray

    def col(self, rows: npt.ArrayLike) -> FloatArray:
        """The true column of the midline at these rows."""
        return np.interp(rows, self.midline[:, 0], self.midline[:, 1])


def synthetic_back(
    shape: tuple[int, int] = (160, 128),
    midline: Curve | None = None,
    *,
    tilt: float = 0.0,
    noise: float = 0.0,
    seed: int = 0,
    size: float = 0.9,
) -> Back:
    """Paired Gaussian bumps, mirrored exactly about a curve along horizontal lines, inside the outline of a torso.

    Parameters
    ----------
    shape
        Rows and columns. The same seed at another shape is the same back, resampled.
    midline
        Column in px as a function of the row in px; default: straight down the middle.
    tilt
        Degrees by which the finished back, midline included, is turned about the middle of the image; positive moves its lower end right.
    noise
        Standard deviation of white noise, as a fraction of the standard deviation of the values.
    seed
        Of the bumps and the noise.
    size
        Height of the torso as a fraction of the number of rows.
    """
    rows, cols = shape
    middle = np.array([(rows - 1) / 2, (cols - 1) / 2])
    curve: Curve = midline or (lambda row: np.full_like(row, middle[1]))
    turn = np.deg2rad(tilt)
    down, across = np.indices(shape, dtype=np.float64) - middle[:, None, None]
    level = np.cos(turn) * down + np.sin(turn) * across + middle[0]
    aside = np.cos(turn) * across - np.sin(turn) * down + middle[1] - curve(level)

    random = np.random.default_rng(seed)
    values = _bumps((level + 0.5) / rows, aside / rows, random, size)
    outline = _half_width((level + 0.5) / rows, size) * min(1.0, cols / rows)
    values[np.abs(aside) / rows > outline] = np.nan
    if noise:
        values += random.normal(0, noise * np.nanstd(values), shape)

    levels = np.linspace((1 - size) / 2 * rows - 0.5, (1 + size) / 2 * rows - 0.5, 8 * rows)
    down, across = levels - middle[0], curve(levels) - middle[1]
    turned = np.column_stack([np.cos(turn) * down - np.sin(turn) * across, np.sin(turn) * down + np.cos(turn) * across])
    return Back(values, turned + middle)


def _bumps(level: FloatArray, aside: FloatArray, random: np.random.Generator, size: float) -> FloatArray:
    """A furrow on the midline and 45 pairs of bumps; all lengths as fractions of the image's height, and even in `aside`."""
    top = (1 - size) / 2
    values = -1.5 * np.exp(-0.5 * (aside / 0.02) ** 2)
    for _ in range(45):
        centre, offset = top + size * random.uniform(), 0.4 * size * random.uniform()
        width, height = random.uniform(0.02, 0.06), random.normal()
        bump = np.exp(-0.5 * ((aside - offset) / width) ** 2) + np.exp(-0.5 * ((aside + offset) / width) ** 2)
        values += height * bump * np.exp(-0.5 * ((level - centre) / width) ** 2)
    return values


def _half_width(level: FloatArray, size: float) -> FloatArray:
    """Half the width of a torso at a level: shoulders, waist, hips; nothing (-1) above and below."""
    along = (level - 0.5) / size + 0.5
    width = size * (0.36 + 0.05 * np.cos(2 * np.pi * along) - 0.25 * np.clip(0.15 - along, 0, None))
    return np.where((along >= 0) & (along <= 1), width, -1.0)


@pytest.fixture
def back() -> Back:
    """A back with a gently bent midline and a little noise."""
    return synthetic_back(midline=lambda row: 63.5 + 4 * np.sin(row / 40), noise=0.02)
