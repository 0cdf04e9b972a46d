"""The whole score, on backs of which it is known by construction."""

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy import ndimage

import symline
from symline.config import Config
from symline.model.analysis import Status
from symline.model.image import Image
from symline.model.line import Line
from symline.pipeline import score
from tests.conftest import synthetic_back
from tests.test_sample_data import SAMPLES

SHAPE = (160, 128)
ROW, COL = np.indices(SHAPE, dtype=float)


def bent(row):
    return 63.5 + 5 * np.sin(np.pi * row / 159)


def blob(row, col, sigma, height):
    return height * np.exp(-0.5 * ((ROW - row) ** 2 + (COL - col) ** 2) / sigma**2)


@cache
def scored(*, spacing=None, **settings):
    """The score of a slightly noisy bent back."""
    back = synthetic_back(SHAPE, bent, noise=0.02)
    return score(Image(back.values, spacing=spacing), Config.from_dict({"score": settings}))


def score_about(values, curve=bent, **settings):
    """The score about a given line, with horizontal pairs, which the synthetic backs have."""
    rows = np.arange(8, 152.0)
    line = Line(np.stack([rows, curve(rows)], axis=1), np.zeros(len(rows)))
    return score(Image(values), Config.from_dict({"stages": ["elastic"], "score": settings}), line)


def deviation(values):
    inside = values[np.isfinite(values)]
    return 1.4826 * np.median(np.abs(inside - np.median(inside)))


def test_exact_symmetry_about_a_curved_line():
    values = synthetic_back((160, 128), bent).values
    found = score_about(values)
    measures = found.measures
    assert found.score.patches == ()
    assert measures["symmetry"] > 0.999
    assert measures["asymmetry_rms"] < 0.02 * deviation(values)
    assert measures["asymmetry_index"] < 0.01
    assert measures["asymmetric_area_fraction"] == measures["patch_count"] == 0
    assert min(level.symmetry for level in found.score.levels) > 0.995
    # flat skin is not symmetric, only flat
    assert np.nanquantile(found.score.symmetry, [0.1, 0.5, 0.9]) == pytest.approx([0.6, 0.87, 0.97], abs=0.1)


def test_the_map_changes_its_sign_at_the_partner():
    values = synthetic_back(SHAPE, noise=0.05).values + blob(60, 40, 8, 1.0)
    found = score(Image(values))
    asymmetry, partners = found.score.asymmetry, found.registration.partners
    known = np.isfinite(asymmetry)
    smooth = ndimage.map_coordinates(np.nan_to_num(asymmetry), np.nan_to_num(partners), order=1)
    inner = ndimage.binary_erosion(known, iterations=3)
    rest = (smooth + asymmetry)[inner]
    assert np.sqrt((rest**2).mean()) < 0.25 * np.sqrt((asymmetry[inner] ** 2).mean())
    assert abs(rest.mean()) < 0.01 * deviation(values)


@pytest.mark.parametrize("sign", [1, -1], ids=["furrow", "ridge"])
def test_factor_and_offset(sign):
    values = synthetic_back(SHAPE, bent, noise=0.02).values + blob(60, 40, 8, 1.0)
    plain, other = score(Image(values)), score(Image(sign * 250 * values + 1e4))
    np.testing.assert_allclose(other.score.asymmetry, sign * 250 * plain.score.asymmetry, atol=0.1)
    for name in ("symmetry", "asymmetry_index", "asymmetric_area_fraction", "patch_count", "pose_angle_deg"):
        assert other.measures[name] == pytest.approx(plain.measures[name], abs=1e-3)
    for name in ("asymmetry_rms", "asymmetry_p95", "asymmetry_noise", "asymmetry_threshold", "pose_rms", "posture_rms"):
        assert other.measures[name] == pytest.approx(250 * plain.measures[name], rel=0.01, abs=0.1)
    assert other.measures["signed_asymmetry"] == pytest.approx(sign * 250 * plain.measures["signed_asymmetry"], abs=0.1)


def test_the_reflected_image_has_the_reflected_score():
    values = synthetic_back(SHAPE, bent, noise=0.02).values + blob(60, 40, 8, 1.0)
    one, other = score(Image(values)), score(Image(values[:, ::-1]))
    np.testing.assert_allclose(other.score.asymmetry[:, ::-1], one.score.asymmetry, atol=0.02)
    np.testing.assert_allclose(other.score.symmetry[:, ::-1], one.score.symmetry, atol=0.02)
    assert other.measures["signed_asymmetry"] == pytest.approx(-one.measures["signed_asymmetry"], abs=0.002)
    assert one.score.patches[0].side == "left"
    assert other.score.patches[0].side == "right"
    assert other.score.patches[0].peak == pytest.approx(one.score.patches[0].peak, abs=0.02)
    assert other.measures["pose_offset_px"] == pytest.approx(-one.measures["pose_offset_px"], abs=0.05)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_levels_of_a_reflected_sample_are_as_wide(path):
    image = symline.read(path)
    one, other = score(image), score(replace(image, values=image.values[:, ::-1], mask=image.mask[:, ::-1]))
    for level, reflected in zip(one.score.levels, other.score.levels, strict=True):
        assert reflected.width == pytest.approx(level.width, rel=1e-6)


@pytest.mark.parametrize("margin", [1, 5, 8])
def test_a_canvas_around_a_back_that_fills_its_image_changes_nothing(margin):
    values = synthetic_back(SHAPE, bent, noise=0.02).values[40:120, 30:100]
    one, other = score(Image(values)), score(Image(np.pad(values, margin, constant_values=np.nan)))
    inner = slice(margin, -margin)
    for name in ("asymmetry", "symmetry"):
        np.testing.assert_allclose(getattr(other.score, name)[inner, inner], getattr(one.score, name), atol=1e-6)
    expected = {name: value for name, value in one.measures.items() if value is not None and "row" not in name}
    assert {name: other.measures[name] for name in expected} == pytest.approx(expected, rel=1e-4, abs=1e-6)


def test_nothing_outside_the_mask_matters():
    values = synthetic_back(SHAPE, bent, noise=0.02).values
    mask = np.isfinite(values)
    mask[90:104, 30:48] = False
    one, other = (score(Image(np.where(mask, values, fill), mask)) for fill in (1e6, np.nan))
    np.testing.assert_array_equal(other.score.asymmetry, one.score.asymmetry)
    np.testing.assert_array_equal(other.score.symmetry, one.score.symmetry)
    assert other.to_dict() == one.to_dict()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("grain", [0.0, 1.0], ids=["white", "coarse"])
def test_noise_is_hardly_any_asymmetry(grain, seed):
    noise = np.random.default_rng(seed).normal(size=(240, 192))
    noise = ndimage.gaussian_filter(noise, grain)
    noise *= 0.5 / noise.std()
    values = synthetic_back((240, 192)).values + noise
    measures = score(Image(values)).measures
    # of 60 such images a third has a patch or two by chance, none more than 0.7 % of the back
    assert measures["asymmetric_area_fraction"] < 0.01
    assert measures["patch_count"] <= 2
    # both partners are noisy, and reading between pixels takes some away
    assert 0.8 * 0.5 < measures["asymmetry_noise"] / np.sqrt(2) < 1.1 * 0.5
    assert measures["asymmetry_rms"] == pytest.approx(measures["asymmetry_noise"], rel=0.15)


def test_noise_in_an_oval_has_next_to_no_patches():
    inside = np.hypot((ROW - 79.5) / 75, (COL - 63.5) / 50) < 1
    noises = (np.random.default_rng(seed).normal(size=SHAPE) for seed in range(8))
    found = [score(Image(np.where(inside, noise, np.nan))) for noise in noises]
    assert sum(len(each.score.patches) for each in found) <= len(found) / 2
    assert max(each.measures["asymmetric_area_fraction"] for each in found) < 0.005


def test_every_measure_that_is_missing_says_why():
    without, known = scored(), scored(spacing=(2.0, 1.5))
    missing = {name for name, value in without.measures.items() if value is None}
    assert missing == without.score.missing.keys()
    assert {name for name in missing if name.endswith("_mm")} == {name for name in known.measures if name.endswith("_mm")}
    assert without.score.missing["pose_offset_mm"] == "the pixel spacing is unknown"
    assert not {name for name in known.score.missing if name.startswith(("pose", "posture", "shape", "symmetry", "asymm"))}


def test_mm_are_px_times_spacing():
    measures = scored(spacing=(2.0, 1.5)).measures
    assert measures["pose_offset_mm"] == pytest.approx(1.5 * measures["pose_offset_px"])


def test_the_curve_alone_is_what_a_chain_without_the_elastic_stage_gives():
    values = synthetic_back(SHAPE, bent, noise=0.02).values + blob(90, 90, 12, 0.7)
    raw = score(Image(values), Config.from_dict({"score": {"per_pixel": "raw"}}))
    curve = score(Image(values), Config.from_dict({"stages": ["path", "curve"]}))
    residual = score(Image(values))
    np.testing.assert_array_equal(raw.score.asymmetry, curve.score.asymmetry)
    assert not np.array_equal(raw.score.asymmetry, residual.score.asymmetry, equal_nan=True)
    assert curve.measures["elastic_rms"] == 0


def test_a_threshold_of_ones_own():
    values = synthetic_back(SHAPE, noise=0.02).values + blob(60, 40, 8, 1.0)
    low, high = (score(Image(values), Config.from_dict({"score": {"threshold": each}})) for each in (0.3, 5.0))
    assert low.score.threshold == low.measures["asymmetry_threshold"] == pytest.approx(0.3)
    assert low.measures["patch_count"] >= 1
    assert high.measures["patch_count"] == high.measures["asymmetric_area_fraction"] == 0


def test_the_same_again_and_nothing_written_into():
    image = Image(synthetic_back(SHAPE, bent, noise=0.02).values)
    before = image.values.copy()
    one, other = score(image), score(image)
    np.testing.assert_array_equal(one.score.asymmetry, other.score.asymmetry)
    np.testing.assert_array_equal(one.score.labels, other.score.labels)
    assert one.to_dict() == other.to_dict()
    np.testing.assert_array_equal(image.values, before)


@pytest.mark.parametrize(
    ("values", "reason"), [(np.ones(SHAPE), "no_relief"), (np.full(SHAPE, np.nan), "too_small"), ((ROW + COL) % 2, "no_symmetry")]
)
def test_nothing_to_score_fails_with_its_reason(values, reason):
    found = score(Image(values))
    assert (found.status, found.reasons, found.score) == (Status.FAILED, (reason,), None)
    assert found.to_dict()["score"] is None


def test_a_line_far_from_the_back_is_a_failure_and_no_exception():
    found = score_about(synthetic_back(SHAPE).values, lambda row: np.full_like(row, 5.0))
    assert found.status is Status.FAILED
    assert found.reasons == ("little_overlap",)


@pytest.mark.parametrize("factor", [1e300, 1e-300], ids=str)
def test_values_that_no_map_of_float32_can_hold_are_refused(factor):
    back = synthetic_back(SHAPE, noise=0.02).values.astype(np.float64)
    found = score(Image(back * factor))
    assert (found.status, found.reasons) == (Status.FAILED, ("unusable",))
    assert re.match(r"the values differ by about \de[+-]\d+; 1e-30 to 1e\+30 is needed .* by a factor first", found.message)


@pytest.mark.parametrize("absurd", [1e30, -1e300])
def test_a_single_absurd_value_does_no_harm(absurd):
    values = synthetic_back(SHAPE, noise=0.02).values
    values[80, 70] = absurd
    found = score(Image(values))
    assert all(np.isfinite(value) for value in found.measures.values() if value is not None)
    assert found.measures["symmetry"] > 0.95
    assert found.to_dict()["score"]["threshold"] == pytest.approx(found.score.threshold)
