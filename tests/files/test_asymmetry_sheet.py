"""The page about symmetry: what is on it, that rows line up, and that nothing but the result decides it."""

from __future__ import annotations

import io
import math
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image as Pillow

from symline.files.asymmetry_sheet import draw_asymmetry
from symline.files.drawing.colours import TABLE
from symline.files.drawing.head import STATUS_COLOURS
from symline.files.drawing.linework import LINE
from symline.files.panels.findings import finding_panels, summarise
from symline.files.panels.level_plot import level_panel
from symline.files.panels.score_maps import FURROW, asymmetry_panel, back_panel, symmetry_panel
from symline.files.panels.score_scene import ROOM, UNKNOWN, ScoreScene
from symline.model.analysis import Analysis, Status
from symline.model.image import Image
from symline.model.midline import Midline
from tests.conftest import synthetic_back
from tests.files.registered import back, upright, with_status
from tests.files.scored import scored

FAILED = Analysis(Status.FAILED, ("no_relief",), message="the values hardly differ")


def pixels(png: bytes) -> np.ndarray:
    with Pillow.open(io.BytesIO(png)) as page:
        assert page.format == "PNG"
        assert page.mode == "RGB"
        assert not page.info
        return np.asarray(page).astype(int)


def scene(image: Image, *args, **more) -> ScoreScene:
    found = ScoreScene.of(image, scored(image, *args, **more))
    assert found is not None
    return found


def bent(image: Image, *, furrow: float = math.nan) -> Midline:
    """A line that is farthest to the right half-way down, with a furrow at a distance."""
    line = upright(image)
    share = np.linspace(0, 1, len(line.rows))
    cols = line.cols + 10 * np.sin(np.pi * share)
    return Midline(
        np.column_stack([line.rows, cols]),
        line.pair_angle,
        line.symmetry,
        line.sd,
        image.spacing,
        furrow=cols + furrow,
    )


def is_colour(picture, colour: tuple[int, int, int]) -> np.ndarray:
    return (np.asarray(picture) == colour).all(axis=-1)


def map_part(panel, found: ScoreScene) -> np.ndarray:
    """The pixels of the back in a panel with a map."""
    left = (found.cell - found.view.width) // 2
    return np.asarray(panel.picture).astype(int)[: found.view.height, left : left + found.view.width]


@pytest.fixture
def texts(monkeypatch) -> list[str]:
    """All texts that get drawn."""
    drawn: list[str] = []
    monkeypatch.setattr("PIL.ImageDraw.ImageDraw.text", lambda _self, _at, text, *_args, **_more: drawn.append(text))
    return drawn


@pytest.mark.parametrize("shape", [(32, 32), (60, 240), (420, 340), (1500, 400)])
def test_the_page_has_one_width_whatever_the_image(shape):
    image = back(shape)
    page = pixels(draw_asymmetry(image, scored(image)))
    assert page.shape[1] == 2560
    assert 700 < page.shape[0] < 2300
    assert (page < 200).any(axis=-1).mean() > 0.04
    # nothing runs over the right edge
    assert (page[:, -20:] == 255).all()


def test_same_result_same_bytes():
    assert draw_asymmetry(back(), scored(back())) == draw_asymmetry(back(), scored(back()))


def test_values_outside_the_back_change_no_byte():
    values = synthetic_back().values
    mask = np.isfinite(values)
    first, second = Image(values), Image(np.where(mask, values, 1e6), mask)
    assert draw_asymmetry(first, scored(first)) == draw_asymmetry(second, scored(second))


def test_every_panel_and_table_has_its_title(texts):
    image = back()
    draw_asymmetry(image, scored(image))
    for title in ("The back", "Local symmetry", "From top to bottom", "Patches of asymmetry", "Symmetry", "The midline"):
        assert texts.count(title) == 1
    assert {"higher", "lower", "fully symmetric", "not symmetric"} <= set(texts)


def test_an_image_row_is_at_one_height_in_all_panels():
    """The line and its plot, the furrow and its plot, and a patch turn up in the rows where they are."""
    image = back((420, 340), spacing=(1.0, 1.0))
    line = bent(image, furrow=20.0)
    line = replace(line, furrow=np.where((line.rows > 150) & (line.rows < 200), line.furrow, np.nan))
    found = scene(image, 1, midline=line)
    expected = found.y([151, 199])
    plot = np.asarray(level_panel(found).picture)[: found.view.height]
    for picture in (map_part(back_panel(found), found), plot):
        rows = np.flatnonzero(is_colour(picture, FURROW).any(axis=1))
        np.testing.assert_allclose(rows[[0, -1]], expected, atol=16)
    in_plot = np.flatnonzero(is_colour(plot, FURROW).any(axis=1))
    np.testing.assert_allclose(in_plot[[0, -1]], expected, atol=3)
    (patch,) = found.score.patches
    on_map = is_colour(map_part(asymmetry_panel(found), found), tuple(TABLE[0].tolist())).any(axis=1)
    radius = np.sqrt(patch.area_px / np.pi)
    np.testing.assert_allclose(np.flatnonzero(on_map)[[0, -1]], found.y([patch.row - radius, patch.row + radius]), atol=8)


def test_levels_are_marked_at_their_rows_beside_every_map():
    found = scene(back((420, 340)), levels=4)
    expected = np.rint(found.y([level.top_row for level in found.score.levels]))
    for panel in (back_panel(found), asymmetry_panel(found), symmetry_panel(found)):
        edge = (found.cell - found.view.width) // 2 - 4
        marks = np.flatnonzero(np.asarray(panel.picture)[: found.view.height, edge, 0] < 200)
        for at in expected:
            assert np.abs(marks - at).min() <= 1
        assert len(marks) == 2 * 5


def test_numbers_of_many_levels_do_not_crowd():
    found = scene(back(), levels=200)
    heights = [*found.numbers().values()]
    assert 10 < len(heights) < 60
    assert np.diff(heights).min() >= 24
    assert level_panel(found).picture.width == found.rest


def test_a_score_without_levels_is_drawn():
    found = scene(back(), levels=0)
    assert found.limits() == []
    assert level_panel(found).picture.width == found.rest


def test_the_plot_is_to_scale(texts):
    """The line is drawn as far right of its chord as it is."""
    image = back((420, 340), spacing=(2.0, 3.0))
    found = scene(image, 0, midline=bent(image))
    plot = np.asarray(level_panel(found).picture)[: found.view.height]
    black = is_colour(plot, LINE)
    middle = round(float(found.y(found.midline.rows.mean())))
    straight = round(float(found.y(found.midline.rows[0]))) + 3
    shift = np.flatnonzero(black[middle]).mean() - np.flatnonzero(black[straight]).mean()
    # the reach is that of the band, somewhat beyond the 30 mm of the line
    width = (found.rest - ROOM) / 3
    assert 0.3 * width < shift < 0.5 * width
    assert {"midline from", "its chord, mm", "left", "right", "-20", "20"} <= set(texts)


def test_higher_on_the_left_is_orange_there_and_blue_on_the_right():
    image = back((420, 340))
    shown = map_part(asymmetry_panel(scene(image, 2)), scene(image, 2))
    middle = shown.shape[1] // 2
    first, second = (scene(image, 2).score.patches[number] for number in (0, 1))
    for patch, left, right in ((first, TABLE[0], TABLE[-1]), (second, TABLE[-1], TABLE[0])):
        row = round(float(scene(image, 2).y(patch.row - 10)))
        assert is_colour(shown[row : row + 1, :middle], tuple(left.tolist())).any()
        assert is_colour(shown[row : row + 1, middle:], tuple(right.tolist())).any()


def test_what_is_nearly_symmetric_is_nearly_grey():
    image = back((420, 340))
    analysis = scored(image, 0)
    faint = np.where(image.inside, np.random.default_rng(0).normal(0, 0.01, image.shape), np.nan).astype(np.float32)
    found = ScoreScene.of(image, replace(analysis, score=replace(analysis.score, asymmetry=faint, threshold=0.03)))
    shown = map_part(asymmetry_panel(found), found)[100:-100, 100:200]
    assert np.ptp(shown, axis=-1).max() < 60


def test_an_enormous_threshold_leaves_the_colours():
    image = back((420, 340))
    analysis = scored(image, 2)
    found = ScoreScene.of(image, replace(analysis, score=replace(analysis.score, threshold=1e30)))
    assert np.ptp(map_part(asymmetry_panel(found), found), axis=-1).max() > 80


def test_patches_are_numbered_and_outlined(texts):
    image = back((420, 340))
    with_patches = map_part(asymmetry_panel(scene(image, 3)), scene(image, 3))
    assert texts[:3] == ["1", "2", "3"]
    plain = scored(image, 3)
    bare = ScoreScene.of(image, replace(plain, score=replace(plain.score, labels=np.zeros(image.shape, np.int32), patches=())))
    without = map_part(asymmetry_panel(bare), bare)
    changed = (with_patches != without).any(axis=-1)
    left, right = changed[:, : changed.shape[1] // 2].sum(), changed[:, changed.shape[1] // 2 :].sum()
    assert left > 500
    assert right < 0.1 * left


def test_numbers_of_twenty_patches_cover_none_of_each_other(monkeypatch):
    places: list[tuple[float, float]] = []
    image = back((420, 340))
    found = scene(image, 20)
    monkeypatch.setattr(
        "PIL.ImageDraw.ImageDraw.text", lambda _self, at, _text, *_args, **more: places.append(at) if more.get("anchor") == "mm" else None
    )
    asymmetry_panel(found)
    assert len(places) == 20
    gaps = [np.hypot(*np.subtract(first, second)) for number, first in enumerate(places) for second in places[:number]]
    assert min(gaps) > 1.4 * 24
    assert (np.array(places) > 0).all()
    assert (np.array(places) < (found.view.width, found.view.height)).all()


def test_the_back_without_a_partner_is_grey():
    image = back((420, 340))
    analysis = scored(image, 0)
    asymmetry = analysis.score.asymmetry.copy()
    asymmetry[200:260] = np.nan
    found = ScoreScene.of(image, replace(analysis, score=replace(analysis.score, asymmetry=asymmetry)))
    shown = is_colour(map_part(asymmetry_panel(found), found), UNKNOWN)
    rows = np.flatnonzero(shown.any(axis=1))
    np.testing.assert_allclose(rows[[0, -1]], found.y([200, 259]), atol=4)


def test_a_furrow_is_drawn_where_it_is_and_missed_where_it_is_not(texts):
    image = back((420, 340))
    panel = back_panel(scene(image, 0, midline=bent(image, furrow=-25.0)))
    assert is_colour(panel.picture, FURROW).sum() > 300
    assert "Violet dots" in panel.caption
    assert "not found" not in texts
    panel = back_panel(scene(image, 0))
    assert not is_colour(panel.picture, FURROW).any()
    assert "No furrow" in panel.caption
    level_panel(scene(image, 0))
    assert "not found" in texts


def test_lengths_are_in_mm_or_else_in_px(texts):
    image = back(spacing=(4.0, 4.0))
    draw_asymmetry(image, scored(image, lateral_deviation_max_mm=-12.34, lateral_deviation_max_px=-3.1))
    assert {"50 mm", "midline, mm", "area, square mm", "12.3 mm to the left"} <= set(texts)
    texts.clear()
    draw_asymmetry(back(), scored(back(), lateral_deviation_max_mm=None, lateral_deviation_max_px=3.1))
    assert {"10 px", "midline, px", "area, square px", "3.1 px to the right"} <= set(texts)
    assert not any(text.endswith("mm") for text in texts)


def test_patches_are_described(texts):
    image = back((420, 340), spacing=(2.0, 2.0))
    found = scored(image, 2)
    finding_panels(found.score, found.score.measures, "mm")
    areas = [f"{patch.area_mm2:.0f}" for patch in found.score.patches]
    first = texts.index("1")
    assert texts[first : first + 6] == ["1", "left", "1", areas[0], "-1.50", "lower"]
    assert texts[first + 6 : first + 12] == ["2", "left", "2", areas[1], "+1.50", "higher"]


def test_measures_are_written_in_words(texts):
    image = back()
    found = scored(image, 0, furrow_offset_max_px=None, tangent_angle_deg=14.25, asymmetric_area_fraction=0.064)
    finding_panels(found.score, found.score.measures, "px")
    for words, number in (
        ("Symmetry of the whole back (1 at best)", "0.83"),
        ("Share of the back that is asymmetric", "6.4 %"),
        ("Largest change of tangent (no Cobb angle)", "14.2°"),
        ("Largest offset of the furrow", "not known"),
    ):
        assert texts[texts.index(words) + 1] == number


@pytest.mark.parametrize(
    ("tilt", "written"), [(1.26, "1.3° top to the right"), (-1.26, "1.3° top to the left"), (-0.04, "0.0°"), (0.0, "0.0°")]
)
def test_sides_are_words_and_nothing_is_on_no_side(texts, tilt, written):
    found = scored(back(), 0, trunk_imbalance_deg=tilt).score
    finding_panels(found, found.measures, "px")
    assert texts[texts.index("Tilt of the chord") + 1] == written


def test_patches_beyond_those_described_are_counted():
    found = scored(back(), 3, patch_count=7.0).score
    assert "7 patches, the 3 largest, outlined" in summarise(found, found.measures)


def test_why_a_measure_is_not_known_is_said_once():
    found = scored(back(), 0, furrow_offset_max_px=None, furrow_offset_rms_px=None, length_px=100.0).score
    missing = {"furrow_offset_max_px": "no furrow is visible", "furrow_offset_rms_px": "no furrow is visible", "pose_rms": "nothing"}
    _, symmetry, line = finding_panels(replace(found, missing=missing), found.measures, "px")
    assert line.caption.endswith("ends of the midline. Not known: no furrow is visible.")
    assert symmetry.caption.endswith("Not known: nothing.")


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "No patch of asymmetry was found."),
        (1, "6.4 % of the back differs markedly from its mirror image: one patch"),
        (1, "The patch is on the left, at level 1, where values are lower than on the other side."),
        (3, "6.4 % of the back differs markedly from its mirror image: 3 patches"),
        (3, "The largest, number 1, is on the left, at level 1, where"),
    ],
)
def test_the_main_finding_is_said_first(count, words):
    found = scored(back(), count).score
    text = summarise(found, found.measures)
    assert text.startswith("Symmetry of the whole back: 0.83")
    assert words in text


def test_a_score_without_measures_is_drawn():
    image = back((64, 48))
    analysis = scored(image, 1)
    bare = replace(analysis, score=replace(analysis.score, measures={"symmetry": None, "asymmetric_area_fraction": None}))
    assert summarise(bare.score, bare.score.measures).startswith("Part of the back differs")
    assert pixels(draw_asymmetry(image, bare)).shape[1] == 2560


@pytest.mark.parametrize("symmetry", [np.nan, -0.4, 1.0])
def test_any_symmetry_and_band_is_drawn(symmetry, recwarn):
    image = back((64, 48))
    line = upright(image)
    count = len(line.rows)
    line = replace(line, symmetry=np.full(count, symmetry), sd=np.full(count, np.nan if symmetry < 0 else np.inf))
    panel = level_panel(scene(image, 1, midline=line))
    assert (np.asarray(panel.picture) < 100).any()
    assert not recwarn


@pytest.mark.parametrize("name", ["a\nb.npy", "患者.npy", "<b>&amp;.npy", "x" * 800, "", "\udcff.npy"])
def test_any_name_can_be_drawn(name):
    named, plain = (pixels(draw_asymmetry(image, FAILED)) for image in (back(name=name), back(name="other")))
    assert named.shape == plain.shape
    assert not np.array_equal(named, plain)


@pytest.mark.parametrize("status", [Status.OK, Status.REVIEW])
def test_status_is_shown_in_its_colour(status, texts):
    image = back((64, 48))
    page = pixels(draw_asymmetry(image, with_status(scored(image), status, "low_symmetry")))
    assert is_colour(page, STATUS_COLOURS[status][0]).sum() > 300
    assert {str(status), "low symmetry"} <= set(texts)


@pytest.mark.parametrize("shape", [(1, 1), (160, 128), (2000, 40)])
def test_a_failed_result_shows_the_image_and_its_message(shape, texts):
    values = np.tile(np.linspace(-1, 1, shape[1]), (shape[0], 1))
    page = pixels(draw_asymmetry(Image(values), FAILED))
    assert page.shape[1] == 2560
    assert "no relief: the values hardly differ" in texts
    assert "Local symmetry" not in texts
    assert is_colour(page, STATUS_COLOURS[Status.FAILED][0]).sum() > 300
    # the image itself
    assert np.ptp(page[200:], axis=-1).max() > 100 or shape == (1, 1)


def test_an_image_with_nothing_in_it_is_drawn():
    page = pixels(draw_asymmetry(Image(np.full((40, 30), np.nan)), FAILED))
    assert (page == 255).all(axis=-1).mean() > 0.9
