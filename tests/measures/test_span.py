"""The part of the midline that is measured."""

import numpy as np
import pytest

from symline.measures.settings import ScoreSettings
from symline.measures.span import Span
from symline.model.midline import Midline
from symline.model.pair import Pair
from symline.transforms.straightening import Straightening

PAIR = Pair(np.zeros((60, 40)), np.ones((60, 40)), 10.0, (50.0, 30.0), (2.0, 2.0))
CURVE = Straightening(np.stack([np.linspace(-2.0, 2.0, 9), np.zeros(9)], axis=1), np.zeros(9))


def straight_line(first=15, last=85):
    rows = np.arange(first, last + 1.0)
    return Midline(np.stack([rows, np.full_like(rows, 30.0)], axis=1), *(np.zeros(len(rows)) for _ in range(3)))


def span(**settings):
    return Span.of(PAIR, CURVE, straight_line(), ScoreSettings(**settings))


def test_the_whole_midline_unless_rows_are_given():
    # one unit of L is 20 px, and the curve begins at row 10
    assert (span().first, span().last) == pytest.approx((0.25, 3.75))
    part = span(top_row=30, bottom_row=70)
    assert (part.first, part.last) == pytest.approx((1.0, 3.0))


@pytest.mark.parametrize("rows", [{"top_row": 200}, {"bottom_row": 5}, {"top_row": 0, "bottom_row": 10}], ids=str)
def test_rows_beside_the_midline_mean_all_of_it(rows):
    assert span(**rows) == span()


def test_equal_levels_from_the_top():
    part = Span(1.0, 3.0)
    np.testing.assert_allclose(part.edges(4), [1, 1.5, 2, 2.5, 3])
    s = np.array([0.9, 1.0, 1.49, 1.51, 3.0, 3.1, np.nan])
    np.testing.assert_array_equal(part.number(s, 4), [-1, 0, 0, 1, 3, -1, -1])
