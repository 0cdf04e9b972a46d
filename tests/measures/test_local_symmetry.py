"""Local correlation with the mirror image."""

import numpy as np
import pytest
from scipy import ndimage

from symline.measures.local_symmetry import local_symmetry, spread
from symline.model.pair import Pair

ONES = np.ones((60, 60), dtype=np.float32)


def relief(seed=0):
    values = ndimage.gaussian_filter(np.random.default_rng(seed).normal(size=(60, 60)), 1.5)
    return (values / values.std()).astype(np.float32)


def test_the_same_on_both_sides_is_1_and_the_opposite_is_less_than_0():
    one = relief()
    assert local_symmetry(one, one, ONES, 5.0).min() > 0.85
    assert local_symmetry(one, -one, ONES, 5.0).max() < -0.8


def test_unrelated_sides_are_about_0():
    found = local_symmetry(relief(1), relief(2), ONES, 5.0)
    assert abs(found.mean()) < 0.15
    assert np.abs(found).max() <= 1


def test_flat_skin_is_not_symmetric():
    flat = np.full((60, 60), 0.7, dtype=np.float32)
    np.testing.assert_allclose(local_symmetry(flat, flat, ONES, 5.0), 0, atol=1e-4)


def test_a_side_that_is_higher_as_a_whole_is_not_symmetric():
    assert local_symmetry(relief() + 3, relief() - 3, ONES, 5.0).max() < -0.5


def test_garbage_without_weight_changes_nothing():
    weights = ONES.copy()
    weights[20:30, 25:45] = 0
    one, other = relief(1), relief(2)
    garbage = np.where(weights > 0, other, np.float32(99))
    np.testing.assert_array_equal(local_symmetry(one, garbage, weights, 4.0), local_symmetry(one, other, weights, 4.0))


@pytest.mark.parametrize("step", [(1.0, 1.0), (2.5, 1.7), (0.3, 0.4)])
def test_a_ramp_on_the_working_grid_is_a_ramp_on_the_image(step):
    pair = Pair(ONES, ONES, 10.0, (40.0, 30.0), step)
    rows, cols = np.indices((60, 60), dtype=np.float32)
    found = spread(rows + 10 * cols, pair, (81, 71))
    at = pair.to_grid(pair.from_image(np.array([[45.0, 33.0], [38.0, 25.0]])))
    np.testing.assert_allclose(found[[45, 38], [33, 25]], at[:, 0] + 10 * at[:, 1], rtol=1e-5)
