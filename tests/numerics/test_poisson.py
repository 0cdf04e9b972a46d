"""The surface whose bending is given."""

import numpy as np
import pytest

from symline.numerics.poisson import solve_poisson


@pytest.mark.parametrize("spacing", [(1.0, 1.0), (0.5, 2.0)])
def test_finds_the_surface_whose_second_differences_are_given(spacing):
    surface = np.random.default_rng(0).normal(size=(12, 9))
    surface -= surface.mean()
    reflected = np.pad(surface, 1, mode="symmetric")
    inner = reflected[1:-1, 1:-1]
    bending = (reflected[2:, 1:-1] + reflected[:-2, 1:-1] - 2 * inner) / spacing[0] ** 2
    bending += (reflected[1:-1, 2:] + reflected[1:-1, :-2] - 2 * inner) / spacing[1] ** 2
    np.testing.assert_allclose(solve_poisson(bending, spacing), surface, atol=1e-10)


def test_the_mean_bends_nothing():
    bending = np.random.default_rng(0).normal(size=(12, 9))
    np.testing.assert_allclose(solve_poisson(bending + 5.0, (1.0, 1.0)), solve_poisson(bending, (1.0, 1.0)), atol=1e-10)
