"""Maps written as TIFF: values, order of the pages and spacing come back exactly, and the bytes are always the same."""

import io

import numpy as np
import pytest
import tifffile

import symline
from symline.files.float_tiff import float_tiff, mirror_tiff


def plane(shape=(40, 30), seed=0):
    values = np.random.default_rng(seed).normal(size=shape).astype(np.float32)
    values[:5] = np.nan
    return values


def read_back(data, tmp_path, **options):
    path = tmp_path / "map.tif"
    path.write_bytes(data)
    return symline.read(path, **options)


@pytest.mark.parametrize("shape", [(40, 30), (1, 1), (1, 3000), (700, 500)])
def test_values_come_back_exactly(shape):
    values = np.random.default_rng(1).normal(size=shape)
    values.flat[::7] = np.nan
    stored = tifffile.imread(io.BytesIO(float_tiff({"asymmetry": values}, None)))
    assert stored.dtype == np.float32
    np.testing.assert_array_equal(stored, values.astype(np.float32))


@pytest.mark.parametrize("spacing", [None, (1.337, 0.9)])
def test_the_mirror_map_is_one_array_rows_first(spacing):
    partners = np.stack([plane(seed=1), plane(seed=2)])
    with tifffile.TiffFile(io.BytesIO(mirror_tiff(partners, spacing))) as tiff:
        assert tiff.asarray().shape == (2, 40, 30)
        np.testing.assert_array_equal(tiff.asarray(), partners)
        assert len(tiff.pages) == 2
        np.testing.assert_array_equal(tiff.pages[0].asarray(), partners[0])
        assert not tiff.is_bigtiff


@pytest.mark.parametrize("spacing", [(1.337, 1.337), (0.1, 12.7), (25.4 / 72, 25.4 / 72), (1 / 3, 2 / 7), (2.5e-1, 1e1)])
@pytest.mark.parametrize("page", [0, 1])
def test_spacing_comes_back_to_the_last_digit(spacing, page, tmp_path):
    # large enough to be a back at any of these spacings
    partners = np.stack([plane((80, 60), seed) for seed in (1, 2)])
    image = read_back(mirror_tiff(partners, spacing), tmp_path, page=page)
    assert image.spacing == spacing
    np.testing.assert_array_equal(image.values[image.inside], partners[page][np.isfinite(partners[page])])
    np.testing.assert_array_equal(image.inside, np.isfinite(partners[page]))


def test_programs_that_know_only_resolution_tags_find_the_spacing():
    with tifffile.TiffFile(io.BytesIO(float_tiff({"symmetry": plane()}, (2.0, 0.5)))) as tiff:
        tags = tiff.pages[0].tags
        across, down = (np.divide(*tags[name].value) for name in ("XResolution", "YResolution"))
        assert tags["ResolutionUnit"].value == tifffile.RESUNIT.CENTIMETER
    assert (10 / down, 10 / across) == pytest.approx((2.0, 0.5), rel=1e-6)


def test_unknown_spacing_stays_unknown(tmp_path):
    assert read_back(float_tiff({"symmetry": plane()}, None), tmp_path).spacing is None


def test_same_values_same_bytes_without_dates():
    first, second = (float_tiff({"symmetry": plane()}, (1.5, 1.5)) for _ in range(2))
    assert first == second
    with tifffile.TiffFile(io.BytesIO(first)) as tiff:
        names = {tag.name for tag in tiff.pages[0].tags}
    assert not names & {"DateTime", "Software", "HostComputer"}


def test_flat_maps_become_small_files():
    assert len(float_tiff({"symmetry": np.full((500, 500), np.nan)}, None)) < 10_000


def test_what_a_page_holds_is_in_the_file():
    data = float_tiff({"a<b>&c": plane()}, None)
    with tifffile.TiffFile(io.BytesIO(data)) as tiff:
        assert tifffile.xml2dict(tiff.ome_metadata)["OME"]["Image"]["Pixels"]["Channel"]["Name"] == "a<b>&c"


def test_nothing_given_is_written_into():
    partners = np.stack([plane(), plane()])
    partners.flags.writeable = False
    mirror_tiff(partners, None)
