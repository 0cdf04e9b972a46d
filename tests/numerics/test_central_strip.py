"""A bright strip down the middle of an image."""

from dataclasses import replace

import numpy as np
import pytest

from symline.numerics.central_strip import StripRules, central_strip

RULES = StripRules(
    opening=1,
    closing=3,
    half_width=4,
    faintest=0,
    length=9,
    area=27,
    directions=(-0.7, -0.35, 0.0, 0.35, 0.7),
    rim=3,
    centrality=12,
    turn_price=7,
    slip_price=1,
)
SHAPE = (120, 80)
INSIDE = np.ones(SHAPE, dtype=bool)


def ridge(col, height=2.0, width=1.8):
    rows, cols = np.indices(SHAPE, dtype=float)
    noise = np.random.default_rng(0).normal(0, 0.1, SHAPE)
    return height * np.exp(-0.5 * ((cols - col(rows)) / width) ** 2) + noise


@pytest.mark.parametrize("slope", [0.0, 0.3, -0.5])
def test_finds_the_centre_line(slope):
    def col(row):
        return 39.5 + slope * (row - 59.5) + 2 * np.sin(row / 12)

    strip = central_strip(ridge(col), INSIDE, RULES)
    rows = np.flatnonzero(np.isfinite(strip.cols))
    assert len(rows) > 90
    assert np.median(np.abs(strip.cols[rows] - col(rows))) < 0.3
    assert (strip.contrast[rows] > 1).all()


def test_of_two_strips_the_central_one_counts():
    values = ridge(lambda row: 42 + 0 * row) + ridge(lambda row: 12 + 0 * row, height=3)
    strip = central_strip(values, INSIDE, RULES)
    assert np.nanmedian(strip.cols) == pytest.approx(42, abs=0.3)


def test_specks_go_and_gaps_close():
    values = ridge(lambda row: 39.5 + 0 * row)
    values[60:62, 39:41] = 0
    values[30:32, 60:62] = 5
    strip = central_strip(values, INSIDE, RULES)
    assert np.isfinite(strip.cols[57:65]).all()
    assert np.nanmax(np.abs(strip.cols - 39.5)) < 1.5


def test_what_is_broad_or_short_is_no_strip():
    broad = ridge(lambda row: 39.5 + 0 * row, width=25.0)
    assert central_strip(np.round(broad, 0), INSIDE, RULES) is None
    row, _ = np.indices(SHAPE)
    short = np.where(np.abs(row - 60) < 3, ridge(lambda row: 39.5 + 0 * row), 0)
    assert central_strip(short, INSIDE, RULES) is None
    assert central_strip(short, INSIDE, replace(RULES, length=3, area=5)) is not None


def test_what_is_too_faint_is_no_strip():
    values = ridge(lambda row: 39.5 + 0 * row, height=2.0)
    assert central_strip(values, INSIDE, replace(RULES, faintest=1.0)) is not None
    assert central_strip(values, INSIDE, replace(RULES, faintest=3.0)) is None


def test_nothing_to_see_is_no_strip():
    assert central_strip(np.zeros(SHAPE), INSIDE, RULES) is None
    assert central_strip(ridge(lambda row: 39.5 + 0 * row), np.zeros(SHAPE, dtype=bool), RULES) is None


def test_the_rim_is_left_out():
    inside = INSIDE.copy()
    inside[:, 41:] = False
    assert np.nanmax(central_strip(ridge(lambda row: 33 + 0 * row), inside, RULES).cols) < 38
    strip = central_strip(ridge(lambda row: 40 + 0 * row), inside, RULES)
    assert strip is None or np.nanmax(strip.cols) <= 38
