"""Levels and regions of the back."""

from functools import cache

import numpy as np
import pytest

from symline.config import Config
from symline.model.image import Image
from symline.model.line import Line
from symline.pipeline import score
from tests.conftest import synthetic_back
from tests.measures.test_scoring import COL, ROW, SHAPE, blob

STRAIGHT = synthetic_back(SHAPE, noise=0.02).values
REGIONS = [f"{third}_{where}" for third in ("upper", "middle", "lower") for where in ("near", "far")]


@cache
def scored(what="", **settings):
    """The score about the true axis."""
    added = {
        "": 0.0,
        "offset": np.where(COL < 63.5, 0.02, 0.0),
        "low offset": np.where((COL < 63.5) & (ROW > 108), 0.02, 0.0),
        "upper far": blob(30, 33, 4, 2.0),
        "lower near": blob(130, 75, 4, 2.0),
    }[what]
    line = Line(np.array([[8.0, 63.5], [151.0, 63.5]]), np.zeros(2))
    return score(Image(STRAIGHT + added), Config.from_dict({"stages": ["elastic"], "score": {"per_pixel": "raw", **settings}}), line)


@pytest.mark.parametrize("count", [1, 3, 10])
def test_levels_are_equal_parts_of_the_line(count):
    found = scored(levels=count)
    levels = found.score.levels
    assert [level.number for level in levels] == list(range(1, count + 1))
    edges = [levels[0].top_row, *(level.bottom_row for level in levels)]
    np.testing.assert_allclose(edges, np.linspace(found.midline.rows[0], found.midline.rows[-1], count + 1), atol=0.01)
    assert [level.top_row for level in levels[1:]] == [level.bottom_row for level in levels[:-1]]


def test_levels_between_two_rows():
    levels = scored(levels=4, top_row=40.0, bottom_row=120.0).score.levels
    assert [level.top_row for level in levels] == pytest.approx([40, 60, 80, 100], abs=0.01)


def test_a_level_tells_by_how_much_the_left_is_higher():
    for level in scored("offset").score.levels:
        assert level.signed_asymmetry == pytest.approx(0.02, abs=0.006)
        assert level.left_mean - level.right_mean == pytest.approx(level.signed_asymmetry, abs=1e-9)
        assert level.asymmetry_rms >= abs(level.signed_asymmetry)


def test_the_asymmetry_of_levels_is_that_of_the_map_however_large_the_image():
    fine = np.random.default_rng(0).normal(0, 0.05, (2 * SHAPE[0], 2 * SHAPE[1])) + STRAIGHT.repeat(2, axis=0).repeat(2, axis=1)
    line = Line(np.array([[16.5, 127.5], [303.5, 127.5]]), np.zeros(2))
    found = score(Image(fine), Config.from_dict({"stages": ["elastic"], "score": {"levels": 3}}), line).score
    for level in found.levels:
        rows = found.asymmetry[int(np.ceil(level.top_row)) : int(level.bottom_row)]
        assert level.asymmetry_rms == pytest.approx(np.sqrt(np.nanmean(rows**2)), rel=0.05)


def test_the_means_are_those_of_the_values():
    for level in scored().score.levels[1:-1]:
        part = (np.ceil(level.top_row) <= ROW) & (level.bottom_row >= ROW)
        for side, mean in ((COL < 63.5, level.left_mean), (COL > 63.5, level.right_mean)):
            assert mean == pytest.approx(np.nanmean(STRAIGHT[part & side]), abs=0.06)


def test_the_width_is_that_of_the_outline():
    for level in scored().score.levels[1:-1]:
        part = STRAIGHT[int(np.ceil(level.top_row)) : int(level.bottom_row)]
        assert level.width == pytest.approx(np.isfinite(part).sum(axis=1).mean(), abs=2.5)


def test_the_deviation_is_that_of_the_line():
    found = scored()
    level = found.score.levels[4]
    part = (found.midline.rows >= level.top_row) & (found.midline.rows <= level.bottom_row)
    assert level.sd == pytest.approx(found.midline.sd[part].mean(), nan_ok=True)


@pytest.mark.parametrize("where", ["upper far", "lower near"])
def test_a_blob_shows_in_its_region_alone(where):
    symmetric, measures = scored().measures, scored(where).measures
    lost = {name: symmetric[f"symmetry_{name}"] - measures[f"symmetry_{name}"] for name in REGIONS}
    region = where.replace(" ", "_")
    assert lost[region] > 0.02
    assert max(value for name, value in lost.items() if name != region) < 0.1 * lost[region]
    signed = {name: abs(measures[f"signed_asymmetry_{name}"]) for name in REGIONS}
    assert max(signed, key=signed.get) == region
    assert np.sign(measures[f"signed_asymmetry_{region}"]) == (1 if where == "upper far" else -1)


def test_a_third_that_is_higher_on_the_left():
    measures = scored("low offset").measures
    for name in REGIONS:
        assert measures[f"signed_asymmetry_{name}"] == pytest.approx(0.02 if name.startswith("lower") else 0.0, abs=0.006)
