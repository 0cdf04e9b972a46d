"""The best course through an array, against all courses there are."""

from itertools import pairwise, product

import numpy as np
import pytest

from symline.numerics.best_course import best_course


def worth(gain, course, price):
    return sum(gain[row, place] for row, place in enumerate(course)) - price * sum((b - a) ** 2 for a, b in pairwise(course))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("price", "steps"), [(0.0, 1), (0.3, 2), (2.0, 4)])
def test_no_other_course_is_worth_more(seed, price, steps):
    gain = np.random.default_rng(seed).normal(size=(5, 4))
    allowed = [course for course in product(range(4), repeat=5) if max(abs(np.diff(course))) <= steps]
    best = max(worth(gain, course, price) for course in allowed)
    found = best_course(gain, price, steps)
    assert max(abs(np.diff(found))) <= steps
    assert worth(gain, found, price) == pytest.approx(best)


def test_follows_a_ridge_and_bridges_a_gap():
    places = np.round(10 + 6 * np.sin(np.arange(60) / 9)).astype(int)
    gain = np.zeros((60, 21))
    gain[np.arange(60), places] = 1
    gain[28:31] = 0
    found = best_course(gain, 0.05, 3)
    np.testing.assert_allclose(found, places, atol=1)


def test_writes_nothing_into_the_gain():
    gain = np.random.default_rng(0).normal(size=(5, 4))
    before = gain.copy()
    best_course(gain, 0.1, 1)
    np.testing.assert_array_equal(gain, before)


def test_one_row_is_a_course():
    np.testing.assert_array_equal(best_course(np.array([[0.0, 2.0, 1.0]]), 1.0, 2), [1])
