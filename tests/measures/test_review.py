"""Each reason for a person to look."""

import numpy as np
import pytest

from symline.measures.profile import Profile
from symline.measures.review import ReviewLimits, review
from symline.model.refinement import Refinement, Trace
from symline.transforms.straightening import Straightening

LIMITS = ReviewLimits(ambiguity=0.8, symmetry=0.3, overlap=0.4, band=0.02, doubt=0.04)


def judge(*, ambiguity=0.5, symmetry=0.8, outer=0.8, overlap=0.9, converged=True, sd=0.005, unevenness=0.0, bend_deg=0.0):
    angle = np.deg2rad(bend_deg)
    line = Straightening(np.array([[0.0, 0.0], [1.0, 0.0], [1.0 + np.cos(angle), np.sin(angle)]]), np.zeros(3))
    refinements = [Refinement(line, Trace("path"), ambiguity=ambiguity), Refinement(line, Trace("curve", converged=converged))]
    profile = Profile(np.full(9, symmetry), np.full(9, outer), np.full(9, overlap), np.full(9, unevenness))
    return review(LIMITS, refinements, line, profile, np.zeros(9) + sd)


def test_nothing_speaks_against_a_good_result():
    assert judge() == ()


def test_a_line_that_is_sure_may_bend_and_have_uneven_sides():
    assert judge(sd=0.001, unevenness=0.4, bend_deg=45) == ()


@pytest.mark.parametrize(
    ("reason", "finding"),
    [
        ("ambiguous_axis", {"ambiguity": 0.9}),
        ("little_overlap", {"overlap": 0.2}),
        ("low_symmetry", {"symmetry": 0.1}),
        ("low_symmetry", {"symmetry": np.nan}),
        ("low_symmetry", {"outer": 0.1}),
        ("not_converged", {"converged": False}),
        ("wide_band", {"sd": 0.1}),
        ("wide_band", {"sd": np.nan}),
        ("wide_band", {"sd": [0.2, 0.1, *[0.001] * 7]}),
        ("wide_band", {"sd": 0.1, "unevenness": 0.9, "bend_deg": 60}),
        ("unlikely_line", {"sd": 0.015, "unevenness": 0.2}),
        ("unlikely_line", {"sd": 0.015, "bend_deg": 40}),
        ("unlikely_line", {"sd": 0.015, "unevenness": 0.1, "bend_deg": 10}),
        ("unlikely_line", {"sd": [0.02, 0.02, *[0.001] * 7], "bend_deg": 30}),
    ],
)
def test_one_finding_is_one_reason(reason, finding):
    assert judge(**finding) == (reason,)


def test_several_findings_are_several_reasons():
    assert set(judge(symmetry=0.1, sd=0.1, ambiguity=0.99)) == {"low_symmetry", "wide_band", "ambiguous_axis"}


def test_without_outer_parts_only_the_whole_levels_count():
    assert judge(outer=np.nan) == ()


def test_one_level_may_be_uncertain():
    assert judge(sd=[0.03, *[0.001] * 8]) == ()
