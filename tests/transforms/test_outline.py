"""The outline's say in where the midline runs."""

import numpy as np
import pytest

from symline.config import Config
from symline.model.image import Image
from symline.model.pair import Pair
from symline.pipeline import analyse
from symline.transforms.outline import BRIDGED, FADE, OutlineTerm, bridge_gaps, carry_on, fill_holes
from symline.transforms.straightening import Straightening

ROWS, COLS = 240, 151
NODES = np.linspace(-0.6, 0.6, 49)


def strip(left=0.3, right=0.3):
    """A back of even width to both sides of the middle column, on the working grid."""
    cols = (np.arange(COLS) - 75) / 150
    coverage = np.tile(((cols >= -left) & (cols <= right)).astype(np.float32), (ROWS, 1))
    return Pair(coverage * 0, coverage, 150.0, (0.0, 0.0), (1.0, 1.0))


def vertical(shift=0.0, bend=0.0):
    return Straightening(np.stack([NODES, shift + bend * NODES**2], axis=1), np.arctan(2 * bend * NODES))


def term(pair, curve, excused=0.02, per_bend=0.0, weight=1.0):
    return OutlineTerm.of(pair, curve, np.full(len(curve.nodes), weight), excused, per_bend)


@pytest.mark.parametrize("shift", [0.0, 0.008, -0.008])
def test_sides_of_about_equal_width_cost_nothing(shift):
    found = term(strip(), vertical(shift))
    assert (found.price == 0).all()
    assert (found.gradient == 0).all()
    assert (found.matrix == 0).all()


@pytest.mark.parametrize("shift", [0.05, -0.05])
def test_the_wider_side_pulls(shift):
    found = term(strip(), vertical(shift))
    assert (found.price > 0).all()
    assert (np.sign(found.gradient) == np.sign(shift)).all(), "a step against the gradient leads back"
    step = -found.gradient / found.matrix
    np.testing.assert_allclose(np.abs(shift + step), 0.01, atol=0.013)


def test_what_the_sides_may_differ_by_grows_with_the_bend():
    bent = vertical(0.03, 0.1)
    assert term(strip(), bent).price.max() > 10 * term(strip(), bent, per_bend=0.5).price.max()


def test_where_a_side_is_cut_away_the_outline_hardly_pulls():
    cut, near = term(strip(right=0.02), vertical()), term(strip(right=0.22), vertical())
    assert np.abs(cut.gradient).max() < 1.2 * np.abs(near.gradient).max()
    assert cut.price.max() < FADE**2


def test_levels_without_weight_cost_nothing():
    found = term(strip(), vertical(0.1), weight=0.0)
    assert (found.price == 0).all()
    assert (found.gradient == 0).all()


def torso(seed):
    """A torso with a furrow that bows to one side, and nothing else in its middle part that is symmetric."""
    rows, cols = np.indices((320, 240), dtype=float)
    random = np.random.default_rng(seed)
    aside = cols - 119.5
    values = -4.0 * np.exp(-0.5 * ((aside - 25 * np.exp(-0.5 * ((rows - 160) / 40) ** 2)) / 6) ** 2)
    for _ in range(25):
        row, off, width = random.uniform(10, 310), random.uniform(15, 90), random.uniform(6, 14)
        height = random.normal()
        for side in (-1, 1):
            level = row if not 90 < row < 230 else random.uniform(90, 230)
            values += height * np.exp(-0.5 * (((aside - side * off) / width) ** 2 + ((rows - level) / width) ** 2))
    width = 95 + 10 * np.cos(rows / 40)
    values[(np.abs(aside) > width) | (rows < 6) | (rows > 313)] = np.nan
    return values


def test_where_the_relief_says_nothing_the_line_stays_in_the_middle_of_the_outline():
    error = {}
    for price in (0.0, 30.0):
        config = Config.from_dict({"curve": {"outline_price": price, "outline_bend": 0.0}})
        lines = [analyse(Image(torso(seed)), config).midline for seed in range(4)]
        error[price] = np.mean([np.sqrt(((line.cols - 119.5) ** 2).mean()) for line in lines])
    assert error[30.0] < 0.5 * error[0.0]


def square(gap=np.s_[:0]):
    """A back 1 L across on the working grid, with a gap."""
    coverage = np.zeros((200, 190), dtype=np.float32)
    coverage[20:180, 20:170] = 1
    coverage[gap] = 0
    return coverage


@pytest.mark.parametrize("size", [1, 8, 80])
def test_what_the_back_encloses_is_filled(size):
    hole = np.s_[60 : 60 + size, 70 : 70 + size]
    np.testing.assert_array_equal(fill_holes(square(hole)), square())
    np.testing.assert_array_equal(bridge_gaps(square(hole), 150.0), square())


def test_what_opens_to_the_outside_is_no_hole():
    for gap in (np.s_[60:70, 90:], np.s_[:, 90:95], np.s_[150:, 60:140]):
        np.testing.assert_array_equal(fill_holes(square(gap)), square(gap))


@pytest.mark.parametrize("turned", [False, True], ids=["rows", "columns"])
def test_two_parts_that_are_close_to_each_other_are_one(turned):
    def bridged(width):
        coverage = square(np.s_[:, 80 : 80 + width])
        return bridge_gaps(coverage.T, 150.0).T if turned else bridge_gaps(coverage, 150.0)

    narrow, wide = int(0.9 * BRIDGED * 150), int(1.2 * BRIDGED * 150)
    np.testing.assert_array_equal(bridged(narrow), square())
    np.testing.assert_array_equal(bridged(wide), square(np.s_[:, 80 : 80 + wide]))


@pytest.mark.parametrize("turned", [1, -1])
def test_a_back_that_was_cut_at_a_side_goes_on_beyond(turned):
    """On a grid with a margin of 20 px."""
    rows = slice(50, 130)
    body = square(np.s_[:, 120:])
    body[rows, 120:150] = 1  # an arm, cut off
    wider, added = carry_on(body[:, ::turned], 30)
    assert added[::turned] == (30, 30), "the flank is straight, too"
    expected = np.pad(body, ((0, 0), (30, 30)))
    expected[20:180, :50] = 1
    expected[rows, 180:] = 1
    np.testing.assert_array_equal(wider[:, ::turned], expected)


def test_a_back_that_is_round_was_not_cut():
    row, col = np.indices((200, 190)) - 95
    body = (np.hypot(row, col) < 70).astype(np.float32)
    wider, added = carry_on(body, 30)
    assert added == (0, 0)
    np.testing.assert_array_equal(wider, body)
    assert carry_on(np.zeros((9, 9), dtype=np.float32), 30)[1] == (0, 0)
