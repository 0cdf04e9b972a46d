"""Votes: an asymmetric region loses its vote as a whole."""

import numpy as np
import pytest

from symline.numerics.votes import count_votes

RESIDUAL = np.random.default_rng(0).normal(0, 0.1, (60, 60))
REGION = (3.0, 3.0)


def test_an_asymmetric_region_loses_its_vote_even_where_it_happens_to_fit():
    residual = RESIDUAL.copy()
    residual[20:35, 20:35] += 2.0
    residual[27, 27] = 0.0
    votes = count_votes(residual, np.ones((60, 60)), REGION, 2.0, None)
    assert votes.vote[27, 27] < 0.05
    assert np.median(votes.vote[:10]) > 0.3


def test_what_is_not_covered_counts_for_nothing():
    covered = np.ones((60, 60))
    covered[:, 40:] = 0
    garbage = RESIDUAL.copy()
    garbage[:, 40:] = 1e6
    votes, clean = (count_votes(residual, covered, REGION, 1.0, None) for residual in (garbage, np.where(covered, RESIDUAL, 0)))
    assert (votes.vote[:, 40:] == 0).all()
    np.testing.assert_array_equal(votes.vote, clean.vote)
    assert votes.scale == clean.scale


def test_a_given_scale_is_kept():
    votes = count_votes(RESIDUAL, np.ones((60, 60)), REGION, 1.0, 0.5)
    assert votes.scale == 0.5
    assert 0 < votes.cost < 0.1


def test_a_clean_surface_has_the_least_scale():
    residual = 1e-3 * RESIDUAL
    residual[20:35, 20:35] += 0.05
    strict, lenient = (count_votes(residual, np.ones((60, 60)), REGION, 1.0, None, least) for least in (1e-6, 0.02))
    assert strict.scale == 1e-6
    assert strict.vote[27, 27] < 0.01
    assert lenient.scale == 0.02
    assert lenient.vote[27, 27] > 0.7


def test_pairs_that_come_to_lie_on_the_back_cost_no_more_than_the_others():
    some, all_of_them = (count_votes(RESIDUAL, np.indices((60, 60))[1] < wide, REGION, 1.0, 0.01).cost for wide in (40, 60))
    assert all_of_them == pytest.approx(some, rel=0.05)
