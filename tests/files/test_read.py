"""What comes out of a file: values, mask, source, in every format and type."""

import hashlib
import subprocess
import sys

import numpy as np
import pytest
import tifffile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as Picture

from symline.errors import ConfigError, InputError, SymlineError
from symline.files.read import read
from symline.model.image import Image

TYPES = ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8"]


@pytest.fixture
def ramp():
    """Values that every type can hold exactly, shape (32, 24), no two neighbours alike."""
    return (np.add.outer(3 * np.arange(32), np.arange(24)) % 100 + 1).astype("f4")


def assert_holds(image, values):
    assert image.inside.all()
    np.testing.assert_array_equal(image.values, values.astype("f8"))


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("layout", ["C", "F"])
def test_npy_of_every_type(tmp_path, ramp, kind, order, layout):
    path = tmp_path / "back.npy"
    np.save(path, np.asarray(ramp.astype(order + kind), order=layout))
    image = read(path)
    assert_holds(image, ramp)
    assert image.source.dtype == np.dtype(kind).name
    assert image.values.dtype.isnative
    assert image.name == "back.npy"
    assert image.spacing is None


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", TYPES)
def test_tiff_of_every_type(tmp_path, ramp, kind, order):
    path = tmp_path / "back.tiff"
    tifffile.imwrite(path, ramp.astype(order + kind), byteorder=order, photometric="minisblack")
    image = read(path)
    assert_holds(image, ramp)
    assert image.source.dtype == np.dtype(kind).name
    assert image.values.dtype.isnative


@pytest.mark.parametrize(
    "how",
    [
        {"tile": (16, 16)},
        {"rowsperstrip": 5},
        {"bigtiff": True},
        {"bigtiff": True, "tile": (16, 16), "compression": "zlib"},
        {"compression": "zlib", "predictor": True},
        {"compression": "zlib", "byteorder": ">", "rowsperstrip": 7},
    ],
    ids=str,
)
def test_tiff_of_every_layout(tmp_path, ramp, how):
    if "predictor" in how:
        pytest.importorskip("imagecodecs")
    tifffile.imwrite(tmp_path / "back.tif", ramp, **how)
    assert_holds(read(tmp_path / "back.tif"), ramp)


@pytest.mark.parametrize("compression", ["lzw", "zstd", "lzma", "packbits"])
def test_tiff_of_other_compressions(tmp_path, ramp, compression):
    pytest.importorskip("imagecodecs")
    tifffile.imwrite(tmp_path / "back.tif", ramp, compression=compression, predictor=compression == "lzw")
    assert_holds(read(tmp_path / "back.tif"), ramp)


@pytest.mark.parametrize("dialect", [{"photometric": "minisblack"}, {"imagej": True}, {"ome": True, "metadata": {"axes": "ZYX"}}], ids=str)
def test_page_of_a_stack(tmp_path, ramp, dialect):
    path = tmp_path / "stack.tif"
    tifffile.imwrite(path, np.stack([ramp, ramp + 1, ramp + 2, ramp + 3, ramp + 4]), **dialect)
    assert_holds(read(path, page=0), ramp)
    assert_holds(read(path, page=4), ramp + 4)
    with pytest.raises(InputError, match=r"^stack\.tif: the file has 5 pages; .* --page 0 to 4 \(page 0 is the first\)$"):
        read(path)
    with pytest.raises(InputError, match=r"^stack\.tif: there is no page 5; the file has 5 pages, 0 to 4"):
        read(path, page=5)


def test_smaller_copies_are_no_pages_to_choose_from(tmp_path, ramp):
    path = tmp_path / "pyramid.tif"
    with tifffile.TiffWriter(path) as tiff:
        tiff.write(ramp)
        for step in (2, 4):
            tiff.write(ramp[::step, ::step], subfiletype=1)
    assert_holds(read(path), ramp)
    assert_holds(read(path, page=1), ramp[::2, ::2])


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
def test_npy_of_every_version(tmp_path, ramp, version):
    with (tmp_path / "back.npy").open("wb") as stream:
        np.lib.format.write_array(stream, ramp, version)
    assert_holds(read(tmp_path / "back.npy"), ramp)


@pytest.mark.parametrize("name", ["back.npy", "back.png", "back.tif"])
def test_page_of_a_single_image(tmp_path, ramp, name):
    save = {".npy": np.save, ".tif": tifffile.imwrite, ".png": lambda path, values: Picture.fromarray(values).save(path)}
    path = tmp_path / name
    save[path.suffix](path, ramp.astype("u1"))
    assert_holds(read(path, page=0), ramp)
    with pytest.raises(InputError, match="there is no page 1; the file has only one page, page 0"):
        read(path, page=1)
    for page in (-1, "0", 0.5):
        with pytest.raises(ConfigError, match=f"page: {page!r} is no page; a whole number from 0 up is needed"):
            read(path, page=page)


@pytest.mark.parametrize("kind", ["u1", "u2"])
def test_grey_png(tmp_path, ramp, kind):
    Picture.fromarray(ramp.astype(kind)).save(tmp_path / "back.png")
    image = read(tmp_path / "back.png")
    assert_holds(image, ramp)
    assert image.source.dtype == np.dtype(kind).name


@pytest.mark.parametrize("name", ["back.jpg", "back.JPEG"])
def test_grey_jpeg(tmp_path, name):
    smooth = np.add.outer(np.arange(64), np.arange(64)).astype("u1")
    Picture.fromarray(smooth).save(tmp_path / name, quality=95, format="JPEG")
    image = read(tmp_path / name)
    assert image.inside.all()
    np.testing.assert_allclose(image.values, smooth, atol=4)


def test_source_has_the_hash_of_the_bytes(tmp_path, ramp):
    tifffile.imwrite(tmp_path / "back.tif", ramp)
    assert read(tmp_path / "back.tif").source.sha256 == hashlib.sha256((tmp_path / "back.tif").read_bytes()).hexdigest()


def test_path_may_be_text(tmp_path, ramp):
    np.save(tmp_path / "back.npy", ramp)
    assert_holds(read(str(tmp_path / "back.npy")), ramp)


def test_infinities_and_nan_are_outside(tmp_path, ramp):
    ramp[3, 4], ramp[5, 6], ramp[7, 8] = np.inf, -np.inf, np.nan
    np.save(tmp_path / "back.npy", ramp)
    image = read(tmp_path / "back.npy")
    assert image.source.background == "nan"
    np.testing.assert_array_equal(image.inside, np.isfinite(ramp))


def test_values_beyond_float32_stay(tmp_path, ramp):
    np.save(tmp_path / "back.npy", ramp.astype("i8") + 2**40)
    assert_holds(read(tmp_path / "back.npy"), ramp.astype("f8") + 2**40)


@pytest.mark.parametrize("shape", [(1, 40), (40, 1), (3, 3)])
def test_tiny_images_are_read(tmp_path, shape):
    np.save(tmp_path / "tiny.npy", np.arange(np.prod(shape), dtype="f4").reshape(shape))
    assert read(tmp_path / "tiny.npy").shape == shape


@pytest.mark.parametrize("name", ["two words.npy", "'q\"uote.npy", "Rücken 背中.npy", "line\nbreak.npy", "-leading.npy", "<b>&amp;.npy"])
def test_unusual_names(tmp_path, ramp, name):
    np.save(tmp_path / name, ramp)
    assert read(tmp_path / name).name == name


def test_nothing_heavy_is_imported_before_it_is_needed():
    heavy = "{'scipy', 'tifffile', 'PIL', 'skimage'}"
    code = f"import sys, symline.files.read; print(sorted({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


@pytest.fixture(scope="module")
def whole_files(tmp_path_factory):
    """One small valid file of each format, as bytes."""
    folder = tmp_path_factory.mktemp("whole")
    values = np.random.default_rng(0).integers(1, 200, (24, 20))
    np.save(folder / "a.npy", values)
    tifffile.imwrite(folder / "plain.tif", values.astype("f4"))
    tifffile.imwrite(folder / "tiled.tif", values.astype("f4"), tile=(16, 16), compression="zlib")
    tifffile.imwrite(folder / "fiji.tif", values.astype("f4"), imagej=True, resolution=(1, 1), metadata={"unit": "mm"})
    tifffile.imwrite(folder / "size.ome.tif", values.astype("f4"), metadata={"axes": "YX", "PhysicalSizeX": 900, "PhysicalSizeY": 900})
    Picture.fromarray(values.astype("u1")).save(folder / "a.png")
    Picture.fromarray(values.astype("u1")).save(folder / "a.jpg")
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_bytes_give_an_image_or_one_line(tmp_path, whole_files, data):
    name = data.draw(st.sampled_from(sorted(whole_files)))
    content = bytearray(whole_files[name])
    for position, byte in data.draw(st.lists(st.tuples(st.integers(0, 399), st.integers(0, 255)), max_size=6)):
        content[position % len(content)] = byte
    length = data.draw(st.one_of(st.just(len(content)), st.integers(0, len(content))))
    path = tmp_path / name
    path.write_bytes(content[:length])
    try:
        image = read(path, max_pixels=100_000)
    except SymlineError as error:
        assert str(error).startswith(f"{name}: ")  # noqa: PT017 - either outcome is right
        assert str(error).isprintable()  # noqa: PT017
    else:
        assert isinstance(image, Image)
