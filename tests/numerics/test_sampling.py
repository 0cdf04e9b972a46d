"""Resampling of masked arrays, and reading between pixels."""

import numpy as np
import pytest
from scipy import ndimage

from symline.numerics.sampling import bilinear, enlarge, extend_nearest, read_stack, resample

STEPS = [(3.0, 3.0), (0.4, 0.4), (1.0, 1.0), (2.5, 0.7), (0.3, 4.1)]


@pytest.fixture
def masked():
    """Values and a mask with a hole; the values are 0 outside it."""
    random = np.random.default_rng(1)
    mask = random.uniform(size=(37, 52)) > 0.2
    mask[10:18, 20:35] = False
    return np.where(mask, random.normal(size=mask.shape), 0), mask


@pytest.mark.parametrize("step", STEPS)
def test_a_constant_stays_constant_up_to_the_rim_of_the_mask(masked, step):
    _, mask = masked
    values, coverage = resample(np.where(mask, 2.5, 0), mask, step)
    np.testing.assert_allclose(values[coverage > 0.01], 2.5, rtol=1e-5)
    assert np.all(values[coverage == 0] == 0)


@pytest.mark.parametrize("step", STEPS)
def test_coverage_is_the_share_of_the_mask(masked, step):
    _, mask = masked
    _, coverage = resample(np.zeros(mask.shape), mask, step)
    assert coverage.min() == 0
    assert coverage.max() <= 1
    assert coverage.sum() * step[0] * step[1] == pytest.approx(mask.sum(), rel=0.02)


def test_the_mean_is_weighted_by_the_mask(masked):
    values, mask = masked
    means, coverage = resample(values, mask, (4.0, 3.0))
    assert (means * coverage).sum() * 12 == pytest.approx(values.sum(), abs=1e-3)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("flip", [np.fliplr, np.flipud])
def test_a_reflection_of_the_input_reflects_the_output(masked, step, flip):
    values, mask = masked
    for one, other in zip(resample(values, mask, step), resample(flip(values), flip(mask), step), strict=True):
        np.testing.assert_allclose(flip(other), one, atol=2e-6)


@pytest.mark.parametrize("step", STEPS)
def test_the_grids_share_their_middle(step):
    rows, cols = np.indices((41, 60)) - np.array([20, 29.5])[:, None, None]
    values, coverage = resample(2 * rows - 3 * cols, np.ones(rows.shape, dtype=bool), step)
    new_rows, new_cols = np.indices(values.shape) - (np.array(values.shape)[:, None, None] - 1) / 2
    expected = 2 * new_rows * step[0] - 3 * new_cols * step[1]
    whole = coverage > 0.9999
    assert whole.sum() > 20
    np.testing.assert_allclose(values[whole], expected[whole], atol=0.02)


@pytest.mark.parametrize("step", [(1.0, 1.0), (1.37, 2.2), (5.1, 4.0)])
@pytest.mark.parametrize("factor", [2, 3, 7])
def test_pixels_split_into_equal_ones_give_the_same(masked, step, factor):
    whole = resample(*masked, step)
    split = resample(*(each.repeat(factor, axis=0).repeat(factor, axis=1) for each in masked), (step[0] * factor, step[1] * factor))
    for one, other in zip(whole, split, strict=True):
        np.testing.assert_allclose(other, one, atol=2e-6)


def test_partial_weights_count_partly():
    partly, _ = resample(np.array([[0.0, 0.5, 0.0]] * 3), np.array([[1.0, 0.5, 1.0]] * 3), (1.0, 3.0))
    full, _ = resample(np.array([[0.0, 1.0, 0.0]] * 3), np.ones((3, 3)), (1.0, 3.0))
    assert partly[2, 1] < full[2, 1]


def test_bilinear_is_exact_on_a_plane_and_0_outside():
    row, col = np.indices((12, 9), dtype=np.float32)
    points = np.array([[3.25, 4.5], [0.0, 0.0], [11.0, 8.0], [-2.0, 3.0], [5.0, 9.5]])
    plane, ones = bilinear((2 * row - col, np.ones_like(row)), points)
    np.testing.assert_allclose(plane, [2.0, 0.0, 14.0, 0.0, 0.0], atol=1e-6)
    np.testing.assert_allclose(ones, [1, 1, 1, 0, 0])


def test_a_stack_is_read_as_each_of_its_arrays():
    random = np.random.default_rng(0)
    stack = random.normal(size=(20, 30, 3)).astype(np.float32)
    points = random.uniform((0, 0), (19, 29), (7, 5, 2))
    points[0, :2] = (0, 0), (19, 29)
    expected = np.stack(bilinear([stack[..., index] for index in range(3)], points), axis=-1)
    np.testing.assert_allclose(read_stack(stack, points), expected, atol=1e-6)


def test_beyond_the_edge_of_a_stack_there_is_its_edge():
    stack = np.arange(12, dtype=np.float32).reshape(3, 4, 1)
    points = np.array([(-5.0, 1.5), (9.0, 9.0), (1.0, -0.1), (np.nan, 1.0)])
    values = read_stack(stack, points)[:, 0]
    np.testing.assert_array_equal(values[:3], [1.5, 11, 4])
    assert np.isnan(values[3])


def test_values_are_carried_on_to_where_there_are_none():
    values, weights = np.array([[1.0, 2.0, 9.0, 9.0]]), np.array([[1.0, 0.5, 0.0, 0.0]])
    np.testing.assert_array_equal(extend_nearest(values, weights), [[1, 2, 2, 2]])
    np.testing.assert_array_equal(extend_nearest(values, np.zeros_like(weights)), np.zeros((1, 4)))


def test_bilinear_keeps_the_shape_of_the_points():
    random = np.random.default_rng(2)
    image = random.normal(size=(20, 30)).astype(np.float32)
    points = random.uniform(1, 18, size=(4, 5, 2))
    (values,) = bilinear([image], points)
    assert values.shape == (4, 5)
    np.testing.assert_allclose(values, ndimage.map_coordinates(image, [points[..., 0], points[..., 1]], order=1), atol=1e-6)


@pytest.mark.parametrize("step", [0.7, 1.0, 1.1, 1.5, 2.3, 4.0])
def test_coverage_is_whole_inside_a_whole_mask(step):
    whole = np.ones((120, 90))
    _, coverage = resample(whole, whole, (step, step))
    margin = 4 + int(3 / step)
    np.testing.assert_allclose(coverage[margin:-margin, margin:-margin], 1, atol=1e-5)


@pytest.mark.parametrize("start", [0.0, np.array([0.3, 2.0])])
def test_enlarging_is_bilinear_and_goes_on_beyond_the_edges(masked, start):
    values, _ = masked
    step, shape = np.array([0.25, 0.4]), (60, 40)
    points = np.stack(np.meshgrid(*(np.arange(size) for size in shape), indexing="ij"), axis=-1) * step + start
    found = enlarge(values, step, shape, np.float32, start)
    (expected,) = bilinear([values.astype(np.float32)], np.clip(points, 0, np.array(values.shape) - 1))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_a_pixel_itself_does_not_ask_its_neighbours():
    values = np.array([[1.0, 2.0, np.nan, 4.0, 5.0]])
    for given in (values, values.T):
        np.testing.assert_array_equal(enlarge(given, np.ones(2), given.shape, float), given)
    # between two pixels both count, in whichever direction
    halves = enlarge(values, np.array([1.0, 0.5]), (1, 9), float)[0]
    np.testing.assert_array_equal(np.isnan(halves), np.isnan(halves[::-1]))
