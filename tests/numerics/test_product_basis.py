"""Sums over a grid of products of its basis functions."""

import numpy as np
import pytest

from symline.numerics.product_basis import ProductBasis

RANDOM = np.random.default_rng(3)
ALONG, ACROSS = RANDOM.normal(size=(7, 3)), (RANDOM.normal(size=(5, 2)), RANDOM.normal(size=(5, 2)))
BASIS = ProductBasis.of(ALONG, ACROSS)
VALUES = RANDOM.normal(size=(7, 5))


def functions(kind):
    """Every function of a kind on the grid, shape (m * n, rows, cols)."""
    return np.array([np.outer(along, across) for along in ALONG.T for across in ACROSS[kind].T])


@pytest.mark.parametrize("kind", [0, 1])
def test_sums_over_the_grid(kind):
    np.testing.assert_allclose(BASIS.gather(VALUES, kind), (functions(kind) * VALUES).sum(axis=(1, 2)))


@pytest.mark.parametrize(("one", "other"), [(0, 0), (0, 1), (1, 1)])
def test_sums_of_products_of_two(one, other):
    expected = np.einsum("ast,bst,st->ab", functions(one), functions(other), VALUES)
    np.testing.assert_allclose(BASIS.gather_twice(VALUES, one, other), expected, atol=1e-12)
