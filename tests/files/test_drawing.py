"""The parts that pictures are made of: scales for amounts, axes, lines of many pieces."""

import numpy as np
import pytest
from PIL import Image as Pillow

from symline.files.drawing.colours import AMOUNT_TABLE, TABLE, AmountScale, ColourScale
from symline.files.drawing.frame import Frame
from symline.files.drawing.plot import Axis
from symline.files.drawing.strokes import polylines
from symline.stages.prepare import prepare
from tests.files.registered import back


def test_amounts_start_at_zero_and_get_darker():
    amounts = np.linspace(0, 8, 1000)[None]
    scale = AmountScale.fit(amounts, np.ones(amounts.shape, dtype=bool))
    assert scale.low == 0
    assert scale.high == pytest.approx(0.98 * 8, rel=0.01)
    grey = scale.paint(amounts, np.ones(amounts.shape, dtype=bool))[0] @ np.array([0.299, 0.587, 0.114])
    assert (np.diff(grey) <= 0.6).all()
    assert grey[0] - grey[-1] > 180
    assert list(scale.ticks(4)) == ["0", "2", "4", "6"]


def test_a_row_of_colours_goes_from_end_to_end():
    scale = AmountScale.up_to(3.0)
    values = np.linspace(0, 3, 60)[None]
    np.testing.assert_allclose(scale.colours(60), scale.paint(values, np.ones((1, 60), dtype=bool))[0], atol=1)
    np.testing.assert_array_equal(scale.colours(2), AMOUNT_TABLE[[0, -1]])


@pytest.mark.parametrize("amounts", [np.zeros((2, 2)), np.full((2, 2), 3.0), np.zeros((0, 2))])
def test_amounts_without_a_spread_have_a_scale(amounts):
    scale = AmountScale.fit(amounts, np.ones(amounts.shape, dtype=bool))
    assert scale.low == 0 < scale.high
    assert (scale.paint(np.zeros((1, 1)), np.ones((1, 1), dtype=bool)) == AMOUNT_TABLE[0]).all()


def test_absurd_values_get_the_colours_of_the_ends():
    absurd = np.array([[-1e308, 1e308]])
    np.testing.assert_array_equal(ColourScale(0.0, 1e-5).paint(absurd, np.ones((1, 2), dtype=bool)), TABLE[None, [0, -1]])
    assert ColourScale(0.0, 1e308).ticks() == {}


@pytest.mark.parametrize(
    ("values", "is_log", "labels"),
    [
        ([0.2, 0.5, 0.9], False, ["0.2", "0.4", "0.6", "0.8"]),
        ([-3.0, 5.0], False, ["-2", "0", "2", "4"]),
        ([0.01, 1.0, 100.0], True, ["0.01", "0.1", "1", "10", "100"]),
        ([2.0, 40.0], True, ["2", "5", "10", "20"]),
        ([7.0], False, ["6.4", "6.6", "6.8", "7.0", "7.2", "7.4", "7.6"]),
    ],
)
def test_axes_hold_all_values_between_round_numbers(values, is_log, labels):
    axis = Axis.fit(np.array(values))
    assert axis.is_log == is_log
    shares = axis.share(np.array(values))
    assert ((shares > 0) & (shares < 1)).all()
    assert (np.diff(shares) > 0).all()
    assert list(axis.ticks) == labels


def drawn(size, line, width):
    """Which pixels of a picture a line covers."""
    picture = Pillow.new("RGB", size, (255, 255, 255))
    polylines(picture, [line], width, (0, 0, 0))
    return np.asarray(picture)[..., 0] < 128


def test_a_line_is_interrupted_where_it_is_unknown():
    line = np.stack([np.arange(5.0, 55.0), np.full(50, 10.0)], axis=1)
    line[20:30] = np.nan
    dark = drawn((60, 20), line, 2)[10]
    assert dark[6:23].all()
    assert not dark[26:34].any()
    assert dark[37:53].all()
    assert not dark[:4].any()


def test_lines_of_short_pieces_have_no_gaps():
    angle = np.linspace(0, 2 * np.pi, 200)
    covered = drawn((100, 100), 50 + 40 * np.column_stack([np.cos(angle), np.sin(angle)]), 6)
    distance = np.hypot(*(np.indices((100, 100)) + 0.5 - 50))
    assert covered[np.abs(distance - 40) < 1.5].all()
    assert not covered[np.abs(distance - 40) > 4].any()


def test_corners_are_closed():
    covered = drawn((100, 100), np.array([[20.0, 80.0], [50.0, 20.0], [80.0, 80.0]]), 12)
    # within the line's half width of the corner, on its outer side
    assert covered[16:20, 49:51].all()
    assert not covered[:12].any()


def test_a_frame_places_points_where_it_shows_their_values():
    pair = prepare(back((160, 96), spacing=(2.0, 1.0)))
    frame = Frame.of(pair, 478, 640)
    assert frame.width <= 478
    assert frame.height <= 640
    assert max(frame.width / 478, frame.height / 640) > 0.99
    rows, cols = np.indices(pair.fixed.shape, dtype=np.float32)
    shown = np.stack([frame.enlarge(rows), frame.enlarge(cols)], axis=-1)
    x, y = frame.place(pair.from_grid(np.array([100.0, 50.0])))
    np.testing.assert_allclose(shown[int(y), int(x)], [100, 50], atol=1.01 / frame.zoom)
