"""Cubic B-splines on a lattice."""

import numpy as np
from scipy import ndimage

from symline.numerics.cubic_patches import CubicPatches


def test_they_are_what_scipy_finds():
    random = np.random.default_rng(0)
    coefficients = random.normal(size=(2, 7, 5))
    row, col = random.uniform(-4, 11, (2, 300, 4))
    found = CubicPatches.of(coefficients).at(row, col)
    assert found.shape == (2, 300, 4)
    for kind, each in enumerate(coefficients):
        expected = ndimage.map_coordinates(each, [row, col], order=3, mode="grid-constant", prefilter=False)
        np.testing.assert_allclose(found[kind], expected, atol=1e-14)


def test_they_are_0_where_no_spline_reaches():
    patches = CubicPatches.of(np.ones((1, 3, 4)))
    far = np.array([-2.0, -50.0, 1.0, 1.0, 4.0, 99.0])
    near = np.array([1.0, 1.0, -2.0, 5.0, 1.0, 1.0])
    np.testing.assert_allclose(patches.at(far, near), 0, atol=1e-15)
    np.testing.assert_allclose(patches.at(near, far)[:, [0, 1, 5]], 0, atol=1e-15)
