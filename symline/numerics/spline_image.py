"""An image as a cubic spline: smooth between its pixels, with slopes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from symline.model.image import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class SplineImage:
    """Coefficients of an image and of its slopes along rows and columns, each of shape (rows, cols)."""

    coefficients: tuple[FloatArray, FloatArray, FloatArray]

    @classmethod
    def of(cls, values: FloatArray) -> SplineImage:
        """The cubic spline through the pixels' values."""
        image = np.asarray(scipy.ndimage.spline_filter(values, order=3, mode="mirror"))
        slopes = []
        for axis in (0, 1):
            slope = scipy.ndimage.correlate1d(image, [-0.5, 0.0, 0.5], axis=axis, mode="mirror")
            slopes.append(np.asarray(scipy.ndimage.spline_filter1d(slope, order=3, axis=axis, mode="mirror")))
        return cls((image, slopes[0], slopes[1]))

    def at(self, points: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Values at points, shape (...), and slopes (by row, by col) per pixel, shape (..., 2). Points are (row, col) in px, (..., 2)."""
        where = np.moveaxis(points, -1, 0)
        value, by_row, by_col = (
            scipy.ndimage.map_coordinates(part, where, order=3, prefilter=False, mode="mirror") for part in self.coefficients
        )
        return np.asarray(value), np.stack([by_row, by_col], axis=-1)
