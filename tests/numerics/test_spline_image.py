"""Images as cubic splines."""

import numpy as np
import pytest
from scipy import ndimage

from symline.numerics.spline_image import SplineImage

ROW, COL = np.indices((40, 50), dtype=float)


def wave(row, col):
    return np.sin(row / 4) * np.cos(col / 5)


def inner_points():
    return np.random.default_rng(0).uniform((8, 8), (31, 41), (200, 2))


def test_goes_through_the_pixels():
    values, _ = SplineImage.of(wave(ROW, COL)).at(np.stack([ROW, COL], axis=-1))
    np.testing.assert_allclose(values, wave(ROW, COL), atol=1e-9)


def test_follows_a_smooth_image_and_its_slopes():
    points = inner_points()
    values, slopes = SplineImage.of(wave(ROW, COL)).at(points)
    row, col = points.T
    np.testing.assert_allclose(values, wave(row, col), atol=1e-4)
    np.testing.assert_allclose(slopes[:, 0], np.cos(row / 4) / 4 * np.cos(col / 5), atol=1e-4)
    np.testing.assert_allclose(slopes[:, 1], -np.sin(row / 4) * np.sin(col / 5) / 5, atol=1e-4)


@pytest.mark.parametrize("axis", [0, 1])
def test_slopes_are_those_of_the_values(axis):
    smooth = ndimage.gaussian_filter(np.random.default_rng(1).normal(size=(40, 50)), 1.5)
    image, points, step = SplineImage.of(smooth), inner_points(), np.eye(2)[axis] * 1e-4
    numeric = (image.at(points + step)[0] - image.at(points - step)[0]) / 2e-4
    np.testing.assert_allclose(image.at(points)[1][:, axis], numeric, atol=8e-3)
