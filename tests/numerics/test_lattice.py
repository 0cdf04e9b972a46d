"""Displacements on a lattice: splines, their bending, and the normal equations against dense matrices."""

import numpy as np
import pytest

from symline.numerics.lattice import Lattice, Sampled, Side

LATTICE = Lattice(Side.over(0.5, 0.25), Side.over(0.3, 0.3))
ROWS, COLS = np.linspace(-0.5, 0.5, 26), np.linspace(-0.3, 0.3, 16)
SAMPLED = Sampled.of(LATTICE, ROWS, COLS)


def coefficients(seed=0, size=0.1):
    return np.random.default_rng(seed).normal(0, size, LATTICE.shape)


def greville(side):
    """Where the control points sit."""
    return (np.arange(side.size) - 1 - side.intervals / 2) * side.spacing


def affine_coefficients(matrix):
    row, col = np.meshgrid(greville(LATTICE.rows), greville(LATTICE.cols), indexing="ij")
    return np.stack([row, col], axis=-1) @ matrix.T


def dense_basis():
    return np.kron(SAMPLED.rows, SAMPLED.cols)


@pytest.mark.parametrize("order", [1, 2])
def test_derivatives_of_the_basis(order):
    places, step = np.linspace(-0.44, 0.43, 61), 1e-5
    side = LATTICE.rows
    numeric = (side.basis(places + step, order - 1) - side.basis(places - step, order - 1)) / (2 * step)
    np.testing.assert_allclose(side.basis(places, order), numeric, atol=2e-2 if order == 2 else 1e-6)


def test_the_basis_adds_up_to_one_all_over_the_grid():
    np.testing.assert_allclose(SAMPLED.rows.sum(axis=1), 1)
    assert (SAMPLED.rows >= 0).all()


def test_straight_displacements_are_exact_and_bend_nothing():
    matrix = np.array([[0.1, -0.2], [0.05, 0.3]])
    straight = affine_coefficients(matrix)
    points = np.stack(np.meshgrid(ROWS, COLS, indexing="ij"), axis=-1)
    np.testing.assert_allclose(SAMPLED.displacement(straight), points @ matrix.T, atol=1e-12)
    np.testing.assert_allclose(SAMPLED.jacobian(straight), np.linalg.det(np.eye(2) + matrix), atol=1e-12)
    np.testing.assert_allclose(LATTICE.bending_gradient(straight), 0, atol=1e-9)


def test_bending_is_the_integral_of_the_squared_second_derivatives():
    given = coefficients()
    rows, cols = (side.places(200) for side in (LATTICE.rows, LATTICE.cols))
    energy = 0.0
    for order, factor in ((0, 1), (1, 2), (2, 1)):
        one, other = LATTICE.rows.basis(rows, order), LATTICE.cols.basis(cols, 2 - order)
        energy += factor * sum(((one @ given[..., axis] @ other.T) ** 2).sum() for axis in (0, 1))
    energy *= (rows[1] - rows[0]) * (cols[1] - cols[0])
    assert (LATTICE.bending_gradient(given) * given).sum() == pytest.approx(energy, rel=1e-2)


def test_gather_is_the_transpose_of_displacement():
    vectors = np.random.default_rng(1).normal(size=(26, 16, 2))
    given = coefficients()
    assert (SAMPLED.displacement(given) * vectors).sum() == pytest.approx((SAMPLED.gather(vectors) * given).sum())


def test_the_jacobian_is_that_of_the_displacement():
    given, step = coefficients(size=0.02), 1e-5
    ahead, behind = (Sampled.of(LATTICE, ROWS[2:-2] + sign * step, COLS[2:-2]).displacement(given) for sign in (1, -1))
    right, left = (Sampled.of(LATTICE, ROWS[2:-2], COLS[2:-2] + sign * step).displacement(given) for sign in (1, -1))
    down, aside = (ahead - behind) / (2 * step) + (1, 0), (right - left) / (2 * step) + (0, 1)
    numeric = down[..., 0] * aside[..., 1] - down[..., 1] * aside[..., 0]
    np.testing.assert_allclose(SAMPLED.jacobian(given)[2:-2, 2:-2], numeric, atol=1e-6)


def test_normal_equations_are_those_of_dense_matrices():
    random = np.random.default_rng(2)
    slopes, weights, right = random.normal(size=(26, 16, 2)), random.uniform(size=(26, 16)), random.normal(size=LATTICE.shape)
    price, damping, basis = 0.01, 0.3, dense_basis()
    bands = {
        (one, other): SAMPLED.normal_bands(weights * slopes[..., one] * slopes[..., other]) + (one == other) * price * LATTICE.bending_bands
        for one in (0, 1)
        for other in (0, 1)
    }
    unknowns = basis.shape[1]
    change = np.stack([basis * slopes[..., axis].reshape(-1, 1) for axis in (0, 1)], axis=-1).reshape(len(basis), 2 * unknowns)
    matrix = change.T @ (weights.reshape(-1, 1) * change)
    units = np.eye(2 * unknowns).reshape(-1, *LATTICE.shape)
    matrix += price * np.stack([LATTICE.bending_gradient(unit).ravel() for unit in units])
    matrix += damping * np.diag(np.diag(matrix))
    np.testing.assert_allclose(LATTICE.solve(bands, right, damping).ravel(), np.linalg.solve(matrix, right.ravel()), rtol=1e-5, atol=1e-3)
