"""`symline measures`: every measure of the results in words."""

import re

import pytest

import symline as package
from symline.measures.catalogue import MEASURES, NO_COBB_ANGLE, known_measures
from symline.model.image import Image
from symline.pipeline import analyse, score
from tests.conftest import synthetic_back

ALL = [each for part in MEASURES.values() for each in part]


def test_lists_every_measure_aligned(symline):
    result = symline("measures")
    assert (result.code, result.err) == (0, "")
    lines = result.out.splitlines()
    for title in MEASURES:
        assert lines[lines.index(title) + 1] == "=" * len(title)
    rows = [line for line in lines if line.endswith("]")]
    assert [line.split()[0] for line in rows] == known_measures()
    assert {line.index(each.definition) for line, each in zip(rows, ALL, strict=True)} == {rows[0].index(ALL[0].definition)}
    assert all(line == line.rstrip() and line.isprintable() for line in lines)


def test_says_that_no_angle_is_a_cobb_angle(symline):
    assert NO_COBB_ANGLE in symline("measures", "tangent_angle_deg").out
    assert "r = 0.76" in NO_COBB_ANGLE
    assert not any("cobb" in name for name in known_measures())


def test_with_names_only_those(symline):
    out = symline("measures", "symmetry", "length_mm").out
    rows = [line.split()[0] for line in out.splitlines() if line.endswith("]")]
    assert rows == ["length_mm", "symmetry"]
    assert "mirror map\n===" not in out


def test_an_unknown_name_is_a_usage_error(symline):
    result = symline("measures", "symetry")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("symline measures: the name 'symetry' is unknown; did you mean symmetry?")


def test_names_are_unique_and_end_in_their_unit():
    assert len(set(known_measures())) == len(ALL)
    for each in ALL:
        found = re.search(r"_(per_)?(px|mm|deg)$", each.name)
        assert each.unit in ({("1/" if found[1] else "") + found[2]} if found else {"-", "as the input"})
        assert each.definition
        assert each.source


@pytest.mark.parametrize("spacing", [None, (1.5, 1.2)])
def test_a_score_returns_what_is_defined_and_nothing_else(spacing):
    image = Image(synthetic_back(midline=lambda row: 63.5 + 4 * (row / 100) ** 2, noise=0.02).values, spacing=spacing)
    found = score(image, package.Config())
    assert set(found.measures) == set(known_measures())
    missing = {name for name, value in found.measures.items() if value is None}
    assert found.score is not None
    assert set(found.score.missing) == missing
    assert missing == ({name for name in known_measures() if name.endswith("_mm")} if spacing is None else set())
    assert set(analyse(image).measures) <= set(known_measures())
