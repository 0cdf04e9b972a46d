"""The registration page: what is on it, and that nothing but the result decides it."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image as Pillow

from symline.files.drawing.head import STATUS_COLOURS
from symline.files.drawing.page import COLUMNS, section
from symline.files.panels.back import grid_panel
from symline.files.panels.histograms import SIZE, histogram_panels
from symline.files.panels.maps import departure_panel, inconsistency_panel
from symline.files.panels.scene import Scene
from symline.files.panels.stages import composite_panels, metric_panels
from symline.files.registration_sheet import draw_registration
from symline.model.analysis import Analysis, Status
from symline.model.image import Image
from symline.model.refinement import RAN_OUT
from symline.transforms.affine import Affine
from tests.conftest import synthetic_back
from tests.files.registered import back, bulging, registered, step, with_status

FAILED = Analysis(Status.FAILED, ("no_relief",), message="the values hardly differ")


def pixels(png: bytes) -> np.ndarray:
    with Pillow.open(io.BytesIO(png)) as page:
        assert page.format == "PNG"
        assert page.mode == "RGB"
        assert not page.info
        return np.asarray(page).astype(int)


def scene(image: Image, *steps) -> Scene:
    found = Scene.of(registered(image, *steps))
    assert found is not None
    return found


@pytest.fixture
def texts(monkeypatch) -> list[str]:
    """All texts that get drawn."""
    drawn: list[str] = []
    monkeypatch.setattr("PIL.ImageDraw.ImageDraw.text", lambda _self, _at, text, *_args, **_more: drawn.append(text))
    return drawn


@pytest.mark.parametrize("shape", [(32, 32), (60, 240), (420, 340)])
def test_the_page_has_one_width_whatever_the_image(shape):
    image = back(shape)
    page = pixels(draw_registration(image, registered(image)))
    assert page.shape[1] == 2560
    assert 1200 < page.shape[0] < 3000
    assert (page < 200).any(axis=-1).mean() > 0.05


def test_same_result_same_bytes():
    assert draw_registration(back(), registered(back())) == draw_registration(back(), registered(back()))


def test_values_outside_the_back_change_no_byte():
    values = synthetic_back().values
    mask = np.isfinite(values)
    first, second = Image(values), Image(np.where(mask, values, 1e6), mask)
    assert draw_registration(first, registered(first)) == draw_registration(second, registered(second))


def test_every_stage_has_its_panels(texts):
    image = back()
    names = ["moments", "rigid", "affine", "bspline", "flow", "diffeomorphic"]
    steps = [step(name, None, (3.0, 2.0), (1.5, 1.2)) for name in names]
    draw_registration(image, registered(image, *steps))
    for number, name in enumerate(names, start=1):
        assert {f"After {number}: {name}", f"{number}: {name}"} <= set(texts)
    assert "Before the first stage" in texts
    for title in ("Image", "Mirrored image, at the start", "Warped grid", "Displacement", "Inverse-consistency error"):
        assert texts.count(title) == 1


def test_more_stages_take_more_rows():
    panels = composite_panels(scene(back((32, 32)), *[step("flow", None, (2.0, 1.0))] * COLUMNS))
    one, full, over = (section("stages", panels[:count]) for count in (2, COLUMNS, COLUMNS + 1))
    assert [strip.height for strip in one] == [strip.height for strip in full]
    assert sum(strip.height for strip in over) > sum(strip.height for strip in full) + 500


def test_lengths_are_in_mm_or_else_in_px(texts):
    image = back(spacing=(4.0, 4.0))
    draw_registration(image, registered(image))
    assert {"50 mm", "mm"} <= set(texts)
    texts.clear()
    draw_registration(back(), registered(back()))
    assert {"20 px", "px"} <= set(texts)
    assert not any(text.endswith("mm") for text in texts)


def test_the_scale_bar_is_as_long_as_it_says():
    image = back(spacing=(2.0, 4.0))
    known = scene(image)
    ends = known.frame.place(known.pair.from_image(np.array([[80.0, 30.0], [80.0, 80.0], [130.0, 30.0]])))
    assert ends[1, 0] - ends[0, 0] == pytest.approx(200 * known.ruler.per_length)
    assert ends[2, 1] - ends[0, 1] == pytest.approx(100 * known.ruler.per_length)


def test_an_upright_back_has_no_displacement_and_no_error():
    found = scene(back(spacing=(2.0, 2.0)))
    np.testing.assert_allclose(found.departure, 0, atol=1e-9)
    assert "median 0 mm" in departure_panel(found).caption
    assert "0 by construction" in inconsistency_panel(found).caption


def test_displacement_and_error_have_their_length():
    image = back(spacing=(2.0, 2.0))
    found = scene(image, step("flow", bulging(image, 0.05)))
    length = 2.0 * np.sqrt(np.count_nonzero(image.inside))
    assert np.nanmax(found.departure) == pytest.approx(0.05 * length, rel=0.01)
    assert np.nanmax(found.inconsistency) == pytest.approx(0.1 * length, rel=0.02)
    assert "0 by construction" not in inconsistency_panel(found).caption


def test_the_grid_is_warped_where_the_map_is():
    image = back()
    straight, bent = (
        np.asarray(grid_panel(scene(image, step("flow", mirror))).picture) for mirror in (Affine.reflection(), bulging(image))
    )
    middle = slice(200, 400)
    assert (straight[middle] != bent[middle]).any(axis=-1).mean() > 0.03
    blue = (straight[..., 2].astype(int) - straight[..., 0] > 120) & (straight[..., 0] < 60)
    # on an upright axis whole columns are lines
    assert blue[middle].mean(axis=0).max() > 0.9


def test_aligned_is_yellow_and_shifted_is_red_and_green():
    found = scene(back(), step("path"))
    before, after = (np.asarray(panel.picture).astype(int)[: found.frame.height] for panel in composite_panels(found))
    coloured = after.max(axis=-1) > after[..., 2] + 60
    assert np.abs(after[..., 0] - after[..., 1])[coloured].mean() < 8
    difference = before[..., 0] - before[..., 1]
    assert (difference > 60).mean() > 0.02
    assert (difference < -60).mean() > 0.02


def test_composites_say_how_well_the_halves_agree():
    before, after = composite_panels(scene(back(), step("path")))
    correlations = [float(panel.caption.split()[1].rstrip(",")) for panel in (before, after)]
    assert correlations[0] < 0.9
    assert correlations[1] == pytest.approx(1, abs=0.01)


def test_nothing_in_common_is_said():
    away = Affine.reflection((0.0, 50.0))
    found = registered(back())
    lost = Scene.of(replace(found, registration=replace(found.registration, steps=(step("given", away),))))
    panels = composite_panels(lost)
    assert panels[0].caption.startswith("Correlation unknown, over 0 %")


def test_a_stage_that_did_not_converge_says_why():
    image = back()
    found = scene(image, step("rigid", None, (2.0, 1.0), converged=False, why=RAN_OUT))
    assert "Not converged: the iterations ran out" in composite_panels(found)[1].caption
    assert "Not converged: the iterations ran out" in metric_panels(found)[0].caption


@pytest.mark.parametrize(
    ("levels", "caption"),
    [
        ((), "at once"),
        (((-0.4,),), "at once"),
        (((3.0, 2.0), (1.0,)), "3 iterations"),
        (((1e6, 1.0, 1e-6),), "3 iterations"),
        (((-1.0, -2.0),), "2 iterations"),
        (((5.0, 5.0, 5.0),), "3 iterations"),
        (((float("nan"), 1.0, float("inf"), 0.5),), "4 iterations"),
        ((tuple(np.linspace(2, 1, 500)),), "500 iterations"),
        (((2.0, 1.0),) * 9, "18 iterations"),
    ],
)
def test_metrics_of_any_size_are_drawn(levels, caption, recwarn):
    (panel,) = metric_panels(scene(back((32, 32)), step("rigid", None, *levels)))
    assert caption in panel.caption
    assert (np.asarray(panel.picture) < 128).any()
    assert not recwarn


def test_levels_have_a_legend(texts):
    metric_panels(scene(back((32, 32)), step("rigid", None, (3.0, 2.0), (1.5, 1.2))))
    assert {"level 0 (coarsest)", "level 1", "iteration, one level after the other"} <= set(texts)


def test_mutual_information_shows_its_histogram_before_and_after(texts):
    image = back((64, 48))
    steps = (step("rigid", None, (2.0, 1.0), metric_name="nmi"), step("affine", None, (1.0, 0.5), metric_name="ncc"))
    draw_registration(image, registered(image, *steps))
    assert {"Joint histograms", "Before 1: rigid", "After 1: rigid", "1: rigid, nmi", "2: affine, ncc"} <= set(texts)
    assert not {"Before 2: affine"} & set(texts)
    assert histogram_panels(scene(image)) == []


def test_a_histogram_is_narrow_where_the_images_match():
    image = back()
    before, after = histogram_panels(scene(image, step("rigid", None, (2.0, 1.0), metric_name="mi")))
    covered = [(np.asarray(panel.picture).min(axis=-1)[:SIZE] < 250).mean() for panel in (before, after)]
    assert covered[0] > 2 * covered[1]


@pytest.mark.parametrize("name", ["a\nb.npy", "患者.npy", "<b>&amp;.npy", "x" * 5000, "", "\udcff.npy"])
def test_any_name_can_be_drawn(name):
    named, plain = (pixels(draw_registration(image, FAILED)) for image in (back(name=name), back(name="other")))
    assert named.shape == plain.shape
    assert not np.array_equal(named, plain)


@pytest.mark.parametrize("status", [Status.OK, Status.REVIEW])
def test_status_is_shown_in_its_colour(status, texts):
    image = back((64, 48))
    page = pixels(draw_registration(image, with_status(registered(image), status, "not_converged")))
    assert (page == STATUS_COLOURS[status][0]).all(axis=-1).sum() > 300
    assert {str(status), "not converged"} <= set(texts)


@pytest.mark.parametrize("shape", [(1, 1), (160, 128), (2000, 40)])
def test_a_failed_result_shows_the_image_and_its_message(shape, texts):
    values = np.tile(np.linspace(-1, 1, shape[1]), (shape[0], 1))
    page = pixels(draw_registration(Image(values), FAILED))
    assert page.shape[1] == 2560
    assert "no relief: the values hardly differ" in texts
    assert "Warped grid" not in texts
    assert (page == STATUS_COLOURS[Status.FAILED][0]).all(axis=-1).sum() > 300


def test_an_image_with_nothing_in_it_is_drawn():
    page = pixels(draw_registration(Image(np.full((40, 30), np.nan)), FAILED))
    assert (page == 255).all(axis=-1).mean() > 0.9
