"""Turns an image so that directions become rows, and what is found there back to its pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symline.model.image import BoolArray, FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """Turns an image so that each of some directions becomes horizontal, and what is found there back to its own pixels.

    Turned arrays have the shape (across, k, along): so what lies at some distance from the axis is a whole block of memory, which is
    several times as fast as columns.

    Parameters
    ----------
    angles
        The directions, shape (k,).
    across, along
        Where the rows and columns of turned images lie from the centre of the image, px.
    scored
        The same of the columns for which the symmetry is found.
    """

    angles: FloatArray
    across: FloatArray
    along: FloatArray
    scored: FloatArray

    @classmethod
    def of(cls, weights: FloatArray, angles: FloatArray, step: float, scored: float) -> Turn:
        """With arrays no larger than to hold all that has a weight, shape (rows, cols), and these steps from column to column, px."""
        across, along = _turn_pixels(weights > 0, angles)
        return cls(angles, _grid(across, 1.0), _grid(along, step), _grid(along, scored))

    def there(self, images: FloatArray) -> list[FloatArray]:
        """Turn each image (rows, cols), all with a row and a column of zeros before, and two behind: shape (across, k, along)."""
        _, rows, cols = images.shape
        cos, sin = np.cos(self.angles)[:, None], np.sin(self.angles)[:, None]
        across = self.across[:, None, None]
        # the centre is added where there is least to add to
        row, col = self.along * cos + (rows - 2) / 2, self.along * sin + (cols - 2) / 2
        row, col = np.subtract(row, across * sin, dtype=np.float32), np.add(col, across * cos, dtype=np.float32)
        return _read(images, np.clip(row, 0, rows - 2, out=row), np.clip(col, 0, cols - 2, out=col))

    def back(self, symmetry: FloatArray, inside: BoolArray) -> FloatArray:
        """Bring the symmetry (across, k, scored) about each direction to the n pixels inside: shape (k, n)."""
        across, along = _turn_pixels(inside, self.angles)
        col = (along - self.scored[0]) / (self.scored[1] - self.scored[0])
        # the directions lie side by side
        col += np.arange(len(self.angles))[:, None] * len(self.scored)
        (found,) = _read(symmetry.reshape(1, len(symmetry), -1), across - self.across[0], col)
        return found


def _turn_pixels(chosen: BoolArray, angles: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Where n pixels lie across and along directions through the centre of the image, px, shape (k, n)."""
    row, col = np.nonzero(chosen)
    row, col = row - (chosen.shape[0] - 1) / 2, col - (chosen.shape[1] - 1) / 2
    cos, sin = np.cos(angles)[:, None], np.sin(angles)[:, None]
    return col * cos - row * sin, row * cos + col * sin


def _grid(places: FloatArray, step: float) -> FloatArray:
    """Multiples of a step around all places, and one more on either side, to which the pixels at the rim reach."""
    return np.arange(np.floor(places.min() / step) - 1, np.ceil(places.max() / step) + 2) * step


def _read(images: FloatArray, row: FloatArray, col: FloatArray) -> list[FloatArray]:
    """Values of each image (rows, cols) at points between its pixels, bilinear; no point may be beyond an edge.

    For two images this takes half the time of `sampling.read_stack`, whose values would have to be taken apart again.
    """
    top, left = np.floor(row), np.floor(col)
    down, right = (row - top).astype(np.float32), (col - left).astype(np.float32)
    width = images.shape[-1]
    at = (top * width + left).astype(np.intp)

    def between(flat: FloatArray) -> FloatArray:
        values: FloatArray = flat.take(at)
        values += right * (flat[1:].take(at) - values)
        return values

    def read(flat: FloatArray) -> FloatArray:
        values = between(flat)
        values += down * (between(flat[width:]) - values)
        return values

    return [read(image.ravel()) for image in images]
