"""What is taken as outside the back where the type of the values has no NaN."""

from pathlib import Path

import numpy as np
import pytest
import tifffile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as Picture

from symline.errors import ConfigError
from symline.files.read import read
from tests.conftest import synthetic_back

DATA = Path(__file__).parents[3] / "shared" / "data" / "backs"


@pytest.fixture
def original():
    """A synthetic back, NaN outside, with a hole of 60 pixels."""
    values = synthetic_back((160, 128)).values.copy()
    values[70:80, 50:56] = np.nan
    return values


def quantise(values, kind, outside, low, high):
    """Map the finite values to integers low..high, and NaN to `outside`."""
    scaled = (values - np.nanmin(values)) / np.ptp(values[np.isfinite(values)])
    whole = np.round(low + np.nan_to_num(scaled) * (high - low)).astype(kind)
    whole[~np.isfinite(values)] = outside
    return whole


def read_array(folder, values, **arguments):
    np.save(folder / "back.npy", values)
    return read(folder / "back.npy", **arguments)


@pytest.mark.parametrize(
    ("kind", "outside", "low", "high"),
    [
        ("u1", 0, 1, 255),
        ("u1", 255, 0, 254),
        ("u2", 0, 1, 65535),
        ("u2", 65535, 0, 65534),
        ("u2", 0, 20000, 40000),
        ("i1", -128, -127, 127),
        ("i2", -32768, -30000, 30000),
        ("i2", -9999, -5000, 5000),
        ("i4", 2**31 - 1, 0, 10**6),
        ("u8", 2**64 - 1, 0, 10**6),
    ],
)
def test_quantised_back_has_the_mask_of_the_original(tmp_path, original, kind, outside, low, high):
    image = read_array(tmp_path, quantise(original, kind, outside, low, high))
    np.testing.assert_array_equal(image.inside, np.isfinite(original))
    assert image.source.background == str(outside)


def test_tiff_and_png_are_treated_alike(tmp_path, original):
    values = quantise(original, "u2", 0, 1, 65535)
    tifffile.imwrite(tmp_path / "back.tif", values)
    Picture.fromarray(values).save(tmp_path / "back.png")
    for name in ("back.tif", "back.png"):
        np.testing.assert_array_equal(read(tmp_path / name).inside, np.isfinite(original))


@pytest.mark.parametrize("outside", [0.0, -9999.0, 3.4e38])
def test_floats_with_a_constant_surround(tmp_path, original, outside):
    original[30, 64] = np.nan  # a hole of one pixel
    image = read_array(tmp_path, np.where(np.isfinite(original), original, outside).astype("f4"))
    np.testing.assert_array_equal(image.inside, np.isfinite(original))
    assert float(image.source.background) == pytest.approx(outside)


def test_zero_crossings_stay_inside(tmp_path, original):
    """Outside is 0, and curvature rounds to 0 wherever it changes sign."""
    signed = np.nan_to_num(np.round(original * 20)).astype("i2")
    image = read_array(tmp_path, signed)
    crossings = (signed == 0) & np.isfinite(original)
    assert crossings.sum() > 100
    lost = np.isfinite(original) & ~image.inside
    assert lost.sum() < 0.2 * crossings.sum()
    assert not image.inside[~np.isfinite(original)].any()


def test_back_from_edge_to_edge_keeps_all(tmp_path):
    part = synthetic_back((160, 128)).values[40:120, 40:88]
    assert np.isfinite(part).all()
    for kind, low, high in [("u1", 0, 255), ("u1", 100, 130), ("u2", 0, 65535), ("i2", -50, 50)]:
        image = read_array(tmp_path, quantise(part, kind, 0, low, high))
        assert image.inside.all()
        assert image.source.background == "none"
    assert read_array(tmp_path, part).source.background == "none"


def test_saturated_spots_at_the_border_stay(tmp_path):
    part = synthetic_back((160, 128)).values[40:120, 40:88]
    clipped = np.clip(quantise(part, "u1", 0, 0, 255), *np.percentile(quantise(part, "u1", 0, 0, 255), [3, 97]).astype("u1"))
    clipped[0, :6] = 255
    image = read_array(tmp_path, clipped)
    assert image.inside.all()


def test_two_flat_corners_are_found(tmp_path):
    """The surround need not hold most of the border."""
    rows, cols = np.indices((200, 160))
    values = (120 + 60 * np.sin(rows / 17) * np.cos(cols / 11)).astype("u1")
    corners = (rows + cols < 70) | (rows - cols > 140)
    values[corners] = 0
    image = read_array(tmp_path, values)
    np.testing.assert_array_equal(image.inside, ~corners)


def test_noise_in_a_surround(tmp_path):
    values = np.zeros((100, 80), "u1")
    values[20:80, 15:60] = np.random.default_rng(0).integers(70, 200, (60, 45))
    values[40:44, 30:34] = 0
    np.testing.assert_array_equal(read_array(tmp_path, values).inside, values > 0)


def test_nan_settles_it(tmp_path, original):
    values = np.where(np.isfinite(original), original, 0.0)
    values[0, 0] = np.nan
    image = read_array(tmp_path, values)
    assert image.source.background == "nan"
    assert (~image.inside).sum() == 1


def test_none_keeps_all(tmp_path, original):
    image = read_array(tmp_path, quantise(original, "u1", 0, 1, 255), background="none")
    assert image.inside.all()
    assert image.source.background == "none"


def test_none_keeps_nan_outside(tmp_path, original):
    image = read_array(tmp_path, original, background="none")
    np.testing.assert_array_equal(image.inside, np.isfinite(original))
    assert image.source.background == "nan"


@pytest.mark.parametrize(("given", "shown"), [(7, "7"), (7.0, "7"), ("7", "7"), (7.5, "7.5"), (-1, "-1"), (300, "300")])
def test_number_takes_all_pixels_of_this_value(tmp_path, given, shown):
    values = np.random.default_rng(0).integers(0, 20, (40, 30)).astype("u1")
    image = read_array(tmp_path, values, background=given)
    np.testing.assert_array_equal(image.inside, values != float(given))
    assert image.source.background == shown


def test_number_is_compared_as_stored(tmp_path, original):
    values = original.astype("f4")
    values[20:30] = 0.1
    image = read_array(tmp_path, values, background=0.1)
    np.testing.assert_array_equal(image.inside, np.isfinite(values) & (values != np.float32(0.1)))
    assert image.source.background == "0.1"
    assert read_array(tmp_path, original.astype("f2"), background=1e300).source.background == "1e+300"


def test_largest_integers_are_told_apart(tmp_path):
    values = np.random.default_rng(0).integers(2**64 - 5, 2**64 - 1, (20, 20), dtype="u8", endpoint=True)
    np.testing.assert_array_equal(read_array(tmp_path, values, background=2**64 - 1).inside, values != 2**64 - 1)


@pytest.mark.parametrize("bad", ["black", float("nan"), float("inf"), "nan", None, pytest.param(10**400, id="huge")])
def test_other_words_are_refused(tmp_path, original, bad):
    with pytest.raises(ConfigError, match=r"^background: .* is not known; auto, none or a finite number is needed"):
        read_array(tmp_path, original, background=bad)


@pytest.mark.parametrize("quality", [60, 75, 95])
@pytest.mark.parametrize("outside", [0, 255])
def test_jpeg(tmp_path, original, quality, outside):
    wide = np.kron(original, np.ones((3, 3)))
    Picture.fromarray(quantise(wide, "u1", outside, 20, 235)).save(tmp_path / "back.jpg", quality=quality)
    inside, truth = read(tmp_path / "back.jpg").inside, np.isfinite(wide)
    assert (inside & ~truth).mean() < 0.005
    assert (truth & ~inside).mean() < 0.06


def test_jpeg_from_edge_to_edge_keeps_all(tmp_path):
    part = np.kron(synthetic_back((160, 128)).values[40:120, 40:88], np.ones((3, 3)))
    Picture.fromarray(quantise(part, "u1", 0, 0, 255)).save(tmp_path / "back.jpg", quality=75)
    assert read(tmp_path / "back.jpg").inside.all()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32 - 1), kind=st.sampled_from(["u1", "u2", "f4"]), constant=st.booleans())
def test_nothing_under_the_mask_matters(tmp_path, original, seed, kind, constant):
    random = np.random.default_rng(seed)
    clean = quantise(original, kind, 0, 1, 255)
    mask = np.ones(clean.shape, bool)
    mask[:25], mask[:, 100:] = False, False
    dirty = clean.copy()
    dirty[~mask] = 200 if constant else random.integers(0, 255, (~mask).sum())
    if kind == "f4" and seed % 2:
        dirty[~mask] = np.nan
    np.save(tmp_path / "mask.npy", mask)
    one, other = (read_array(tmp_path, values, mask=tmp_path / "mask.npy") for values in (clean, dirty))
    np.testing.assert_array_equal(one.inside, other.inside)
    np.testing.assert_array_equal(one.values, other.values)
    assert one.source.background == other.source.background
    np.testing.assert_array_equal(one.inside, mask & np.isfinite(original))


@pytest.mark.skipif(not DATA.is_dir(), reason="the development data are not here")
@pytest.mark.parametrize("case", ["sym_01", "missing_03", "scoliosis_01", "noise_01", "tilt_01"])
@pytest.mark.parametrize(("kind", "outside", "low", "high"), [("u1", 0, 1, 255), ("u1", 255, 0, 254), ("u2", 0, 1, 65535)])
def test_rendered_backs(tmp_path, case, kind, outside, low, high):
    with np.load(DATA / f"{case}.npz") as file:
        curvature = file["curvature"]
    image = read_array(tmp_path, quantise(curvature, kind, outside, low, high))
    np.testing.assert_array_equal(image.inside, np.isfinite(curvature))


@pytest.mark.parametrize("background", [2**53 + 1, str(2**53 + 1)])
def test_a_background_is_as_exact_as_the_type_of_the_values(tmp_path, background):
    values = np.full((60, 60), 2**53 + 1)
    values[10:50, 10:50] = np.random.default_rng(0).integers(0, 1000, (40, 40))
    np.save(tmp_path / "a.npy", values)
    assert np.count_nonzero(read(tmp_path / "a.npy", background=background).inside) == 1600
