"""Blocks: their lattice, their quadratic prices, and what they agree on."""

import numpy as np
import pytest
from scipy import ndimage

from symline.numerics.block_matching import LEAST_SHARE, Blocks, Quadratics, match_blocks, solve_blocks

SHAPE = (80, 64)


def relief(row=0.0, col=0.0):
    """The same smooth image, moved by (row, col)."""
    random = np.random.default_rng(0)
    down, across = np.indices(SHAPE)
    values = np.zeros(SHAPE)
    for centre_row, centre_col, height in zip(*random.uniform(-5, 85, (2, 150)), random.normal(size=150), strict=True):
        values += height * np.exp(-0.5 * ((down - row - centre_row) ** 2 + (across - col - centre_col) ** 2) / 9)
    return values


def lattice(spacing=12.0):
    return Blocks.over(SHAPE, spacing)


def whole():
    return np.ones(SHAPE)


def test_blocks_share_out_every_pixel():
    blocks = lattice()
    values = np.random.default_rng(0).normal(size=SHAPE)
    assert blocks.sums(values).sum() == pytest.approx(values.sum())
    assert blocks.sums(values).shape == blocks.counts


@pytest.mark.parametrize("spacing", [5.0, 12.0, 300.0])
def test_a_slope_survives_the_lattice(spacing):
    row, col = np.indices(SHAPE)
    slope = np.stack([0.1 * row + 1, 0.2 * col - 3])
    blocks = lattice(spacing)
    middle = (slice(None), slice(20, -20), slice(20, -20))
    if spacing < 20:
        np.testing.assert_allclose(blocks.spread(blocks.sample(slope))[middle], slope[middle], atol=0.05)
    assert min(blocks.counts) >= 3


def test_blocks_find_their_shift():
    found = match_blocks((relief(), relief(1.3, -2.2)), (whole(), whole()), lattice(), 4)
    assert np.median(np.abs(found.best - (1.3, -2.2)), axis=0).max() < 0.2
    assert (np.linalg.eigvalsh(found.curvature) > -1e-9).all()


def test_prices_are_lowest_where_the_images_fit():
    found = match_blocks((relief(), relief()), (whole(), whole()), lattice(), 4)
    assert np.median(np.hypot(*found.best.T)) < 0.3


def test_blocks_with_little_to_compare_have_no_say():
    weights = whole()
    weights[:, 40:] = 0
    blocks = lattice()
    found = match_blocks((relief(), relief(1, 1)), (weights, whole()), blocks, 4)
    covered = (blocks.sums(weights) / blocks.sums(whole())).ravel()
    assert ((found.share > 0) == (covered >= LEAST_SHARE)).all()
    assert 0 < (found.share > 0).mean() < 1
    assert (found.best[found.share == 0] == 0).all()


def test_flat_blocks_do_not_mind():
    found = match_blocks((np.zeros(SHAPE), np.zeros(SHAPE)), (whole(), whole()), lattice(), 3)
    np.testing.assert_allclose(found.curvature, 0, atol=1e-9)
    step = solve_blocks(found, lattice(), np.zeros((2, *lattice().counts)), 0.1, 3)
    np.testing.assert_array_equal(step, 0)


def test_stripes_say_nothing_along_themselves():
    stripes = ndimage.gaussian_filter1d(np.random.default_rng(0).normal(size=SHAPE[1]), 3)[None] * np.ones(SHAPE)
    found = match_blocks((stripes, np.roll(stripes, 2, axis=1)), (whole(), whole()), lattice(), 4)
    assert np.abs(found.curvature[:, 0]).max() < 0.05 * found.typical
    assert np.median(np.abs(found.best[:, 0])) < 0.001
    assert np.median(found.best[:, 1]) == pytest.approx(2, abs=0.3)


def agreed(best, price, share=None):
    blocks = lattice()
    count = blocks.counts[0] * blocks.counts[1]
    prices = Quadratics(np.ones(count) if share is None else share, np.tile(np.eye(2), (count, 1, 1)), best)
    return solve_blocks(prices, blocks, np.zeros((2, *blocks.counts)), price, 4.0).reshape(2, -1).T


def test_without_a_price_on_bending_every_block_gets_its_way():
    best = np.random.default_rng(0).normal(size=(np.prod(lattice().counts), 2))
    np.testing.assert_allclose(agreed(best, 0.0), best, rtol=0.01)


def test_one_block_that_dissents_is_overruled():
    best = np.ones((np.prod(lattice().counts), 2))
    best[20] = -3
    found = agreed(best, 10.0)
    assert found[20].min() > 0
    assert np.abs(np.delete(found, 20, axis=0) - 1).mean() < 0.3


def test_blocks_without_a_say_follow_their_neighbours():
    count = np.prod(lattice().counts)
    share = np.ones(count)
    share[10:14] = 0
    np.testing.assert_allclose(agreed(np.ones((count, 2)) * share[:, None], 1.0, share), 1, atol=0.05)


def test_no_step_is_longer_than_the_reach():
    found = agreed(np.full((np.prod(lattice().counts), 2), 9.0), 0.1)
    np.testing.assert_allclose(np.hypot(*found.T), 4)
