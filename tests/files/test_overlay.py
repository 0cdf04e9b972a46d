"""The overlay picture: what is in it, and that nothing but the result decides it."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image as Pillow

from symline.files.drawing.colours import TABLE, ColourScale
from symline.files.drawing.head import STATUS_COLOURS
from symline.files.drawing.linework import BAND_FILL, DOUBTFUL, LINE, Course, choose_partners
from symline.files.drawing.sheet import Sheet
from symline.files.drawing.view import LONGEST_SIDE, View
from symline.files.overlay import draw_overlay
from symline.model.analysis import Analysis, Status
from symline.model.image import Image
from symline.model.midline import Midline
from tests.conftest import synthetic_back

CENTRE = 60.0


def straight(
    rows: int = 160, col: float = CENTRE, *, symmetry: float | np.ndarray = 0.8, sd: float = 0.2, spacing=None, slope=0.0
) -> Midline:
    at = np.arange(15, rows - 15)
    points = np.stack([at, col + slope * (at - rows / 2)], axis=1)
    count = np.ones(len(at))
    return Midline(points, np.arctan(slope) * count, symmetry * count, sd * count, spacing)


def back(**fields) -> Image:
    return Image(synthetic_back((160, 128)).values, **fields)


def found(midline: Midline, status: Status = Status.OK, *reasons: str) -> Analysis:
    return Analysis(status, reasons, midline)


def pixels(png: bytes) -> np.ndarray:
    with Pillow.open(io.BytesIO(png)) as page:
        assert page.format == "PNG"
        assert page.mode == "RGB"
        assert not page.info
        return np.asarray(page).astype(int)


def count(page: np.ndarray, colour: tuple[int, int, int]) -> int:
    return int((page == colour).all(axis=-1).sum())


def picture_part(page: np.ndarray, image: Image, name_lines: float = 5.4) -> np.ndarray:
    """The page without its head, from where the picture starts."""
    view = View.of(image)
    sheet = Sheet.around(view)
    top = round(name_lines * sheet.unit)
    left = sheet.picture_left(Pillow.new("RGB", (view.width, view.height)))
    return page[top : top + view.height, left : left + view.width]


@pytest.mark.parametrize(("shape", "least", "most"), [((32, 32), 700, 1500), ((160, 128), 700, 1500), ((420, 340), 700, 1500)])
def test_small_images_are_enlarged(shape, least, most):
    image = Image(synthetic_back(shape).values)
    page = pixels(draw_overlay(image, found(straight(shape[0], shape[1] / 2))))
    assert least <= View.of(image).height <= most
    assert max(page.shape) <= 2500


def test_large_images_are_reduced():
    values = np.kron(synthetic_back((120, 90)).values, np.ones((25, 25), np.float32))
    page = pixels(draw_overlay(Image(values), found(straight(3000, 1125.0))))
    assert LONGEST_SIDE < max(page.shape) <= LONGEST_SIDE + 700


@pytest.mark.parametrize("shape", [(1, 1), (3, 3), (1, 4000), (4000, 1), (7, 2500)])
def test_odd_shapes_are_drawn(shape):
    page = pixels(draw_overlay(Image(np.ones(shape)), Analysis(Status.FAILED, ("almost_constant",))))
    assert max(page.shape) <= 2800


def test_same_result_same_bytes():
    assert draw_overlay(back(), found(straight())) == draw_overlay(back(), found(straight()))


def test_values_outside_the_back_change_no_byte():
    values = synthetic_back((160, 128)).values
    mask = np.isfinite(values)
    garbage = np.where(mask, values, np.random.default_rng(1).normal(0, 1e6, values.shape))
    assert draw_overlay(Image(garbage, mask), found(straight())) == draw_overlay(Image(values), found(straight()))


@pytest.mark.parametrize("slope", [0.0, 0.3, -0.3])
def test_midline_is_drawn_where_it_runs(slope):
    image, midline = back(), straight(slope=slope)
    picture = picture_part(pixels(draw_overlay(image, found(midline))), image)
    x, y = View.of(image).place(midline.points).T
    on_line = picture[np.floor(y).astype(int), np.floor(x).astype(int)]
    assert (on_line == LINE).all(axis=-1).mean() > 0.98
    around = np.arange(-15, 16)
    near = picture[np.floor(y).astype(int)[:, None], np.floor(x).astype(int)[:, None] + around].sum(axis=-1) == 0
    middle = (near * around).sum(axis=1) / near.sum(axis=1) + np.floor(x) + 0.5
    assert np.median(np.abs(middle - x)) < 0.6


def test_unequal_spacing_is_drawn_in_proportion():
    values = synthetic_back((160, 128)).values[:, ::2]
    view, square = View.of(Image(values, spacing=(1.5, 3.0))), View.of(back(spacing=(1.5, 1.5)))
    assert view.width / view.height == pytest.approx(square.width / square.height, rel=0.08)
    x, y = view.place(np.array([[10.0, 10.0], [12.0, 11.0]])).T
    assert x[1] - x[0] == pytest.approx(y[1] - y[0], rel=0.01)


def test_low_symmetry_is_marked_in_its_rows_only():
    symmetry = np.full(130, 0.8)
    symmetry[40:60] = 0.1
    symmetry[-5:] = np.nan
    plain = pixels(draw_overlay(back(), found(straight())))
    marked = pixels(draw_overlay(back(), found(straight(symmetry=symmetry))))
    assert count(plain, DOUBTFUL) == 0
    assert count(marked, DOUBTFUL) > 500
    course = Course.of(straight(symmetry=symmetry), View.of(back()))
    zoom = View.of(back()).zoom[0]
    lengths = [last - first for first, last in course.low_spans()]
    assert lengths == pytest.approx([20 * zoom, 5 * zoom], abs=2)


def test_band_is_as_wide_as_the_standard_deviation_says():
    image, midline = back(), straight(sd=4.0)
    picture = picture_part(pixels(draw_overlay(image, found(midline))), image)
    x, y = View.of(image).place(np.stack([midline.rows, midline.low], axis=1)).T
    middle = len(y) // 2 + 3
    edge = picture[int(y[middle]), int(x[middle]) - 3 : int(x[middle]) + 4]
    assert np.abs(edge - BAND_FILL).sum(axis=-1).min() < 60
    wide, narrow = (count(pixels(draw_overlay(image, found(straight(sd=sd)))), BAND_FILL) for sd in (4.0, 0.0))
    assert wide > narrow


def test_unknown_standard_deviations_leave_the_band_out():
    assert draw_overlay(back(), found(straight(sd=np.nan))) == draw_overlay(back(), found(straight(sd=0.0)))


def test_partners_lie_inside_the_back_on_both_sides():
    image = back(spacing=(2.0, 2.0))
    pairs = choose_partners(image, straight(spacing=(2.0, 2.0)))
    assert 4 <= len(pairs) <= 7
    for (row, left), (_, right) in pairs:
        assert (left + right) / 2 == pytest.approx(CENTRE)
        assert image.inside[round(row), round(left)]
        assert image.inside[round(row), round(right)]


def test_partners_do_not_depend_on_whether_the_spacing_is_known():
    known = choose_partners(back(spacing=(2.0, 2.0)), straight(spacing=(2.0, 2.0)))
    np.testing.assert_allclose(known, choose_partners(back(), straight()))


def test_scale_bar_says_px_where_the_spacing_is_unknown(monkeypatch):
    texts = []
    draw_text = "PIL.ImageDraw.ImageDraw.text"
    monkeypatch.setattr(draw_text, lambda _self, _at, text, *_args, **_more: texts.append(text))
    draw_overlay(back(), found(straight()))
    assert any(text.endswith(" px") for text in texts)
    texts.clear()
    draw_overlay(back(spacing=(4.0, 4.0)), found(straight(spacing=(4.0, 4.0)), Status.REVIEW, "wide_band"))
    assert {"50 mm", "review", "wide band", "image", "(input unit)", "midline", "mirror partners"} <= set(texts)


@pytest.mark.parametrize("name", ["a\nb.npy", "患者.npy", "<b>&amp;.npy", "x" * 5000, "", "-x", "\udcff.npy", "‮abc.npy", "é" * 300])
def test_any_name_can_be_drawn(name):
    named, plain = (pixels(draw_overlay(back(name=name), found(straight()))) for name in (name, "other"))
    assert named.shape == plain.shape
    assert (named[:20] == 255).all(axis=(0, 2))[[0, -1]].all()
    assert not np.array_equal(named, plain)


@pytest.mark.parametrize("status", list(Status))
def test_status_is_shown_in_its_colour(status):
    page = pixels(draw_overlay(back(), Analysis(status, (), None if status is Status.FAILED else straight())))
    assert count(page, STATUS_COLOURS[status][0]) > 300
    for other in set(Status) - {status}:
        assert count(page, STATUS_COLOURS[other][0]) < 20


def test_a_failed_result_shows_the_image_and_its_message():
    short, long = (
        pixels(draw_overlay(back(), Analysis(Status.FAILED, ("almost_constant",), message=message))) for message in ("why", "why " * 40)
    )
    assert long.shape[0] > short.shape[0]
    assert count(short, DOUBTFUL) == 0
    image = back()
    assert (picture_part(short, image) < 200).any(axis=-1).mean() > 0.1


def test_an_image_with_nothing_in_it_is_drawn():
    page = pixels(draw_overlay(Image(np.full((40, 30), np.nan)), Analysis(Status.FAILED, ("empty",))))
    assert count(page, (255, 255, 255)) > 0.9 * page.shape[0] * page.shape[1]


def test_negated_values_take_the_mirrored_colours():
    image = back()
    first, second = (ColourScale.fit(values, image.inside).paint(values, image.inside) for values in (image.values, -image.values))
    levels = {tuple(colour): level for level, colour in enumerate(TABLE.tolist())}
    for colour, mirrored in zip(first[image.inside].tolist(), second[image.inside].tolist(), strict=True):
        assert abs(levels[tuple(colour)] + levels[tuple(mirrored)] - (len(TABLE) - 1)) <= 2


def test_integers_are_drawn_like_the_fractions_they_stand_for():
    values = np.round(back().values * 1000)
    mask = back().inside
    fractions, integers = Image(values / 1024, mask), Image((values + 30000).astype(np.uint16), mask)
    first, second = (ColourScale.fit(image.values, mask).paint(image.values, mask).astype(int) for image in (fractions, integers))
    assert np.abs(first - second).max() <= 4


def test_a_spike_does_not_wash_out_the_colours():
    values = back().values.copy()
    mask = back().inside
    calm = ColourScale.fit(values, mask)
    values[80, 60] = 1e6
    assert ColourScale.fit(values, mask).reach == pytest.approx(calm.reach, rel=0.01)


@pytest.mark.parametrize(
    ("scale", "labels"),
    [
        (ColourScale(0.0035, 0.012), ["-0.005", "0.000", "0.005", "0.010", "0.015"]),
        (ColourScale(32768, 6000), ["28000", "30000", "32000", "34000", "36000", "38000"]),
        (ColourScale(0, 1e-9), ["-1.0e-09", "-5e-10", "0e+00", "5e-10", "1.0e-09"]),
        (ColourScale(5e8, 4e6), ["4.96e+08", "4.98e+08", "5.00e+08", "5.02e+08", "5.04e+08"]),
        (ColourScale(7, 7), ["0", "2", "4", "6", "8", "10", "12", "14"]),
    ],
)
def test_ticks_are_round_and_told_apart(scale, labels):
    ticks = scale.ticks()
    assert list(ticks) == labels
    assert all(scale.low <= value <= scale.high or value == pytest.approx(scale.high) for value in ticks.values())


def test_colours_read_from_dark_to_light_to_dark_and_differ_in_grey():
    grey = TABLE @ np.array([0.299, 0.587, 0.114])
    middle = len(TABLE) // 2
    assert (np.diff(grey[: middle + 1]) > -0.6).all()
    assert (np.diff(grey[middle:]) < 0.6).all()
    assert grey[-1] - grey[0] > 30
