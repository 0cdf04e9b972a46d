"""The spine's own line."""

from dataclasses import replace

import numpy as np
import pytest

from symline.errors import RegistrationError
from symline.stages.furrow import FurrowSearch
from symline.transforms.affine import Affine
from tests.conftest import Back, synthetic_back
from tests.stages.conftest import on_grid

START = Affine.reflection((0.1, 0.2), 0.3)


def with_furrow(shape, col, depth=3.0, noise=0.1):
    """A back whose furrow alone runs along a curve, col(row) in px: its relief is symmetric about the vertical."""
    back = synthetic_back(shape)
    rows, cols = np.indices(shape, dtype=float)
    middle, width = (shape[1] - 1) / 2, 0.02 * shape[0]
    flat = 0.5 * (back.values + 1.5 * np.exp(-0.5 * ((cols - middle) / width) ** 2))
    values = flat - depth * np.exp(-0.5 * ((cols - col(rows)) / (0.8 * width)) ** 2)
    values += np.random.default_rng(0).normal(0, noise, shape)
    at = np.arange(shape[0], dtype=float)
    return Back(values, np.stack([at, col(at)], axis=1))


def bends(shape):
    return lambda row: (shape[1] - 1) / 2 + 0.04 * shape[0] * np.sin(row / (0.12 * shape[0]))


@pytest.mark.parametrize("sign", [1, -1], ids=["furrow", "ridge"])
@pytest.mark.parametrize("shape", [(160, 128), (300, 240), (420, 340)])
def test_finds_a_bent_furrow(shape, sign):
    back = with_furrow(shape, bends(shape))
    pair = on_grid(back, sign)
    furrow = FurrowSearch().find(pair)
    seen = pair.to_image(furrow.visible)
    assert np.median(np.abs(seen[:, 1] - back.col(seen[:, 0]))) < 1
    assert furrow.sign == -sign
    assert len(seen) > 0.6 * len(pair.fixed)
    line = pair.to_image(FurrowSearch()(pair, START).transform.nodes)
    inner = line[(line[:, 0] > 0.12 * shape[0]) & (line[:, 0] < 0.88 * shape[0])]
    assert np.median(np.abs(inner[:, 1] - back.col(inner[:, 0]))) < 1.5


def test_follows_the_furrow_and_not_the_axis_of_symmetry():
    shape = (300, 240)
    back = with_furrow(shape, lambda row: 119.5 + 12 * np.exp(-0.5 * ((row - 150) / 25) ** 2))
    pair = on_grid(back)
    line = pair.to_image(FurrowSearch()(pair, START).transform.nodes)
    aside = np.interp([60, 150, 240], line[:, 0], line[:, 1]) - 119.5
    np.testing.assert_allclose(aside, (0, 12, 0), atol=3)


def test_pairs_lie_perpendicular_to_a_tilted_furrow():
    pair = on_grid(with_furrow((240, 240), lambda row: 119.5 + np.tan(np.deg2rad(20)) * (row - 119.5)))
    found = FurrowSearch()(pair, START).transform
    assert np.rad2deg(np.median(found.pair_angle)) == pytest.approx(20, abs=1)


def test_every_row_of_the_grid_has_its_point():
    pair = on_grid(with_furrow((200, 160), bends((200, 160))))
    furrow = FurrowSearch().find(pair)
    grid = pair.to_grid(np.nan_to_num(furrow.points))
    np.testing.assert_allclose(grid[:, 0], np.arange(len(pair.fixed)), atol=1e-9)
    np.testing.assert_array_equal(furrow.contrast > 0, np.isfinite(furrow.points[:, 1]))


def test_a_part_that_is_not_visible_has_no_column():
    back = with_furrow((300, 240), lambda row: np.full_like(row, 119.5))
    back.values[120:180] = np.nan
    pair = on_grid(back)
    furrow = FurrowSearch().find(pair)
    rows = pair.to_image(np.nan_to_num(furrow.points))[:, 0]
    assert np.isnan(furrow.points[(rows > 125) & (rows < 175), 1]).all()
    assert np.isfinite(furrow.points[(rows > 60) & (rows < 100), 1]).mean() > 0.9


def test_a_furrow_that_is_more_plain_is_more_convincing():
    shape = (200, 160)
    backs = (on_grid(with_furrow(shape, bends(shape), depth)) for depth in (1.5, 4.0))
    faint, plain = (FurrowSearch().find(pair).value for pair in backs)
    assert faint < plain


def test_no_furrow_is_an_error():
    row, col = np.indices((160, 128))
    pair = on_grid(replace(synthetic_back(), values=np.cos(row / 30) + np.cos(col / 60)))
    assert FurrowSearch().find(pair) is None
    with pytest.raises(
        RegistrationError, match=r"no furrow or ridge of 0\.15 times the back's size is visible .* use another stage"
    ) as raised:
        FurrowSearch()(pair, START)
    assert raised.value.reason == "no_furrow"
