"""Curves from lines that somebody gives."""

import numpy as np
import pytest

from symline.config import Config
from symline.errors import InputError
from symline.model.image import Image
from symline.model.line import Line
from symline.model.pair import Pair
from symline.pipeline import Study, register
from symline.transforms.given import from_line, require_line
from tests.conftest import synthetic_back

ROWS = np.arange(20.0, 160.0)
COLS = 75 + 8 * np.sin(ROWS / 40)
# one working pixel is one of the image; the nodes are 2.5 px apart
PAIR = Pair(np.ones((180, 150)), np.ones((180, 150)), 100.0, (89.5, 74.5), (1.0, 1.0))


def curve(cols, **given):
    return from_line(Line(np.stack([ROWS, cols], axis=1), **given), PAIR)


def off(found):
    """How far a curve is from the line in the rows in which that was given, px."""
    rows, cols = PAIR.to_image(found.nodes).T
    given = (rows >= ROWS[0]) & (rows <= ROWS[-1])
    return float(np.abs(cols - np.interp(rows, ROWS, COLS))[given].max())


def test_a_smooth_line_stays_as_it_is_and_is_carried_on():
    found = curve(COLS)
    assert off(found) < 2e-3
    first, last = PAIR.to_image(found.nodes)[[0, -1], 0]
    assert first == pytest.approx(10, abs=0.5)
    assert last == pytest.approx(169, abs=0.5)


@pytest.mark.parametrize("given", [{}, {"pair_angle": np.zeros(140)}], ids=["points", "angles"])
@pytest.mark.parametrize("jitter", [3.0, 6.0])
def test_a_line_that_jitters_is_smoothed_and_costs_what_others_do(jitter, given):
    found = curve(COLS + np.random.default_rng(0).normal(0, jitter, 140), **given)
    assert len(found.nodes) < 1.2 * len(curve(COLS).nodes)
    assert off(found) < jitter


def test_a_zigzag_is_no_line():
    zigzag = Line(np.stack([ROWS, np.where(ROWS % 2, 10, 140)], axis=1))
    with pytest.raises(InputError, match=r"back: the line given is 95 times as long .* smooth from row to row is needed; smooth it first"):
        Study(Image(np.ones((180, 150)), name="back"), line=zigzag)


def test_a_line_outside_the_image_is_refused():
    line = Line(np.array([[-0.5, 0.0], [9.5, 7.4]]))
    require_line(line, (10, 8), "a.csv")
    with pytest.raises(InputError, match=r"^a\.csv: the point \(row 9\.5, col 7\.4\) lies outside the image of 9 × 8 pixels"):
        require_line(line, (9, 8), "a.csv")
    with pytest.raises(InputError, match=r"row 9\.5, col 7\.4"):
        Study(Image(np.ones((10, 7))), line=line)


def test_a_line_that_is_too_short_for_a_level_is_no_defect():
    image = Image(synthetic_back((200, 160)).values)
    beside = Line(np.array([[2.0, 1.0], [4.0, 1.0]]))
    found = register(image, Config.from_dict({"stages": ["elastic"]}), beside)
    assert found.status == "failed"
    assert found.reasons == ("little_overlap",)
