"""Every bad input gets one line: its name, what is wrong, what is needed."""

import errno
import io
import os
import pickle
import socket
import struct
import sys

import numpy as np
import pytest
import tifffile
from PIL import Image as Picture

from symline.errors import InputError
from symline.files.read import read
from symline.files.readers import READERS

VALUES = np.random.default_rng(1).normal(size=(40, 30)).astype("f4")


def refusal(path, **arguments):
    """Message of the refusal of a file, which must be one line that starts with its name."""
    with pytest.raises(InputError, match=r"^.+: .+") as caught:
        read(path, **arguments)
    message = str(caught.value)
    assert message.isprintable()
    return message


def npy_header(description: str) -> bytes:
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(description) + 1) + description.encode() + b"\n"


class TestPaths:
    def test_missing(self, tmp_path):
        assert "back.npy: there is no such file; check the path" in refusal(tmp_path / "back.npy")

    def test_dangling_link(self, tmp_path):
        (tmp_path / "back.npy").symlink_to(tmp_path / "gone.npy")
        assert "there is no such file" in refusal(tmp_path / "back.npy")

    def test_folder(self, tmp_path):
        (tmp_path / "back.npy").mkdir()
        assert "back.npy: this is a folder; a file is needed; give the files in it, such as folder/*.npy" in refusal(tmp_path / "back.npy")

    def test_file_as_folder(self, tmp_path):
        np.save(tmp_path / "back.npy", VALUES)
        assert "part of its path is not a folder" in refusal(tmp_path / "back.npy" / "deeper.npy")

    def test_link_loop(self, tmp_path):
        (tmp_path / "back.npy").symlink_to(tmp_path / "other.npy")
        (tmp_path / "other.npy").symlink_to(tmp_path / "back.npy")
        assert "symbolic links lead in a circle" in refusal(tmp_path / "back.npy")

    def test_pipe_does_not_hang(self, tmp_path):
        os.mkfifo(tmp_path / "back.npy")
        assert "device or a pipe" in refusal(tmp_path / "back.npy")

    def test_socket(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)  # the path of a socket must be short
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind("back.npy")
            assert "device or a pipe" in refusal("back.npy")

    def test_long_name(self, tmp_path):
        assert "path is too long" in refusal(tmp_path / ("x" * 5000 + ".npy"))

    def test_impossible_name(self):
        assert refusal("back\0.npy").startswith("back\\x00.npy: this is not a possible file name")

    def test_empty_path(self):
        assert refusal("").startswith(".: this is a folder")

    @pytest.mark.parametrize(("number", "words"), [(errno.EACCES, "permission denied"), (errno.EIO, "check the file and its disk")])
    def test_system_refuses(self, tmp_path, monkeypatch, number, words):
        np.save(tmp_path / "back.npy", VALUES)

        def refuse(*_args, **_kwargs):
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(os, "open", refuse)
        assert words in refusal(tmp_path / "back.npy")

    def test_memory_runs_out(self, tmp_path, monkeypatch):
        np.save(tmp_path / "back.npy", VALUES)

        def refuse(*_args, **_kwargs):
            raise MemoryError

        monkeypatch.setattr(np, "empty", refuse)
        assert "not enough memory" in refusal(tmp_path / "back.npy")

    def test_changed_while_read(self, tmp_path, monkeypatch):
        path = tmp_path / "back.npy"
        np.save(path, VALUES)
        original = READERS["NPY"]

        def read_late(*arguments):
            stored = original(*arguments)
            with path.open("ab") as stream:
                stream.write(b"more")
            return stored

        monkeypatch.setitem(READERS, "NPY", read_late)
        assert "changed while it was being read" in refusal(path)

    def test_name_stays_on_one_line(self, tmp_path):
        assert refusal(tmp_path / "two\nlines\x1b[31m.npy").startswith("two\\nlines\\x1b[31m.npy: there is no such file")


class TestFormats:
    @pytest.mark.parametrize("name", ["back.npy", "back.tif", "back.png", "back.jpg", "back"])
    def test_empty(self, tmp_path, name):
        (tmp_path / name).touch()
        assert "the file is empty (0 bytes)" in refusal(tmp_path / name)

    @pytest.mark.parametrize("name", ["back.npz", "back.npy"])
    def test_npz(self, tmp_path, name):
        content = io.BytesIO()
        np.savez(content, VALUES)
        (tmp_path / name).write_bytes(content.getvalue())
        assert "this is an NPZ archive" in refusal(tmp_path / name)
        assert "save the array itself with numpy.save" in refusal(tmp_path / name)

    def test_text(self, tmp_path):
        np.savetxt(tmp_path / "back.npy", VALUES)
        assert "the ending says NPY, but the content is text" in refusal(tmp_path / "back.npy")
        assert "numpy.loadtxt" in refusal(tmp_path / "back.npy")

    def test_text_of_other_languages(self, tmp_path):
        (tmp_path / "back.tif").write_text("ü" * 999, encoding="utf-8")
        assert "the ending says TIFF, but the content is text; a TIFF file is needed" in refusal(tmp_path / "back.tif")

    def test_pickle(self, tmp_path):
        (tmp_path / "back.npy").write_bytes(pickle.dumps(VALUES))
        assert "the content is pickled Python objects" in refusal(tmp_path / "back.npy")

    @pytest.mark.parametrize(
        ("content", "words"),
        [(b"GIF89a", "GIF"), (b"%PDF-1.4", "PDF"), (b"PK\x03\x04", "a ZIP archive"), (b"\0\1\2\xff", "none that symline knows")],
    )
    def test_foreign(self, tmp_path, content, words):
        (tmp_path / "back.tif").write_bytes(content)
        assert f"the ending says TIFF, but the content is {words}" in refusal(tmp_path / "back.tif")

    def test_tiff_named_npy(self, tmp_path):
        tifffile.imwrite(tmp_path / "back.npy", VALUES)
        assert "the content is TIFF; both must agree; rename the file to end in .tif or .tiff" in refusal(tmp_path / "back.npy")

    def test_npy_named_tif(self, tmp_path):
        np.save(tmp_path / "x.npy", VALUES)
        (tmp_path / "x.npy").rename(tmp_path / "back.tif")
        assert "rename the file to end in .npy" in refusal(tmp_path / "back.tif")

    def test_other_endings(self, tmp_path):
        (tmp_path / "back.bmp").write_bytes(b"BM....")
        message = refusal(tmp_path / "back.bmp")
        assert "the ending .bmp is not supported; .npy, .tif, .tiff, .png, .jpg or .jpeg is needed" in message

    def test_no_ending(self, tmp_path):
        np.save(tmp_path / "x.npy", VALUES)
        (tmp_path / "x.npy").rename(tmp_path / "back")
        assert "the name has no ending" in refusal(tmp_path / "back")
        assert "rename it, since its content is NPY" in refusal(tmp_path / "back")


class TestNpy:
    @pytest.mark.parametrize("size", [5, 9, 40, 127])
    def test_header_cut_off(self, tmp_path, size):
        np.save(tmp_path / "back.npy", VALUES)
        (tmp_path / "back.npy").write_bytes((tmp_path / "back.npy").read_bytes()[:size])
        expected = "the ending says NPY" if size < 6 else "the NPY header is damaged or cut off"
        assert expected in refusal(tmp_path / "back.npy")

    @pytest.mark.parametrize("missing", [1, 4000])
    def test_values_cut_off(self, tmp_path, missing):
        np.save(tmp_path / "back.npy", VALUES)
        (tmp_path / "back.npy").write_bytes((tmp_path / "back.npy").read_bytes()[:-missing])
        message = refusal(tmp_path / "back.npy")
        assert f"the file is truncated ({4800 - missing} bytes of values); its header promises 40 × 30 float32, 4800 bytes" in message

    def test_header_that_is_no_header(self, tmp_path):
        (tmp_path / "back.npy").write_bytes(npy_header("{'descr': __import__('os').getcwd()}"))
        assert "the NPY header is damaged" in refusal(tmp_path / "back.npy")

    def test_header_with_too_few_keys(self, tmp_path):
        (tmp_path / "back.npy").write_bytes(npy_header("{'descr': '<f4', 'shape': (3, 4)}"))
        assert "the NPY header is damaged" in refusal(tmp_path / "back.npy")

    @pytest.mark.parametrize(
        "shape",
        ["(True, 20)", "(20, False)", "(2.0, 20)", "((2, 3), 20)", "(None, 20)", "('2', 20)", "20", f"(0x{'f' * 4000}, 20)"],
        ids=lambda shape: shape[:12],
    )
    def test_impossible_shape(self, tmp_path, shape):
        header = npy_header(f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}}}")
        (tmp_path / "back.npy").write_bytes(header + VALUES.tobytes())
        assert "the NPY header is damaged" in refusal(tmp_path / "back.npy")

    def test_version_of_the_future(self, tmp_path):
        (tmp_path / "back.npy").write_bytes(b"\x93NUMPY\x04\x00" + bytes(200))
        assert "NPY version 4.0; version 1.0, 2.0 or 3.0 is needed" in refusal(tmp_path / "back.npy")

    def test_header_of_python_2(self, tmp_path):
        header = npy_header("{'descr': '<f4', 'fortran_order': False, 'shape': (40L, 30L)}")
        (tmp_path / "back.npy").write_bytes(header + VALUES.tobytes())
        np.testing.assert_array_equal(read(tmp_path / "back.npy").values, VALUES)

    def test_objects_are_never_unpickled(self, tmp_path):
        class Trap:
            def __reduce__(self):
                return sys.exit, ("unpickled",)

        np.save(tmp_path / "back.npy", np.array([[Trap()]], dtype=object), allow_pickle=True)
        assert "pickled Python objects, which are never opened" in refusal(tmp_path / "back.npy")

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            (VALUES[0], "the array is 1-D (30,); a 2-D array (rows, cols) is needed"),
            (np.float32(3), "the array is 0-D ()"),
            (np.zeros((2, 5, 6)), "the array is 3-D (2, 5, 6)"),
            (np.zeros((5, 6, 3), "u1"), "the array is 3-D (5, 6, 3), perhaps a colour picture"),
            (np.zeros((0, 6)), "the image has no pixels (0 × 6)"),
            (VALUES.astype("c8"), "the values are complex (complex64)"),
            (VALUES > 0, "the values are of type bool"),
            (VALUES.astype("S4"), "the values are of type bytes"),
            (VALUES.astype("U4"), "the values are of type str"),
            (VALUES.astype("M8[s]"), "the values are of type datetime64"),
            (np.zeros((4, 5), [("k", "f4"), ("d", "f4")]), "the array has a structured type"),
        ],
        ids=["1-D", "0-D", "3-D", "colour", "no pixels", "complex", "bool", "bytes", "text", "dates", "structured"],
    )
    def test_unusable_arrays(self, tmp_path, values, words):
        np.save(tmp_path / "back.npy", values)
        assert f"back.npy: {words}" in refusal(tmp_path / "back.npy")

    @pytest.mark.skipif(np.dtype("longdouble").itemsize <= 8, reason="long doubles are doubles here")
    def test_long_double(self, tmp_path):
        np.save(tmp_path / "back.npy", VALUES.astype("longdouble"))
        assert "integers or floats of up to 64 bits are needed" in refusal(tmp_path / "back.npy")

    @pytest.mark.parametrize("shape", [(10**6, 10**6), (1, 10**12), (10**30, 10**30)])
    def test_promise_of_too_many_pixels(self, tmp_path, shape):
        (tmp_path / "back.npy").write_bytes(npy_header(f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}}}"))
        message = refusal(tmp_path / "back.npy")
        assert f"the image has {shape[0] * shape[1]} pixels; the limit is 400000000" in message
        assert "--max-pixels" in message

    def test_promise_that_the_limit_allows(self, tmp_path):
        (tmp_path / "back.npy").write_bytes(npy_header("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000, 1000000)}"))
        assert "the file is truncated (0 bytes of values)" in refusal(tmp_path / "back.npy", max_pixels=10**13)

    def test_negative_shape(self, tmp_path):
        (tmp_path / "back.npy").write_bytes(npy_header("{'descr': '<f8', 'fortran_order': False, 'shape': (-4, -5)}"))
        assert "no pixels" in refusal(tmp_path / "back.npy")


class TestTiff:
    @pytest.mark.parametrize("how", [{}, {"compression": "zlib", "tile": (16, 16)}, {"bigtiff": True}], ids=str)
    @pytest.mark.parametrize("part", [0.002, 0.05, 0.5, 0.999])
    def test_truncated(self, tmp_path, how, part):
        path = tmp_path / "back.tif"
        tifffile.imwrite(path, VALUES, **how)
        path.write_bytes(path.read_bytes()[: max(5, int(part * path.stat().st_size))])
        assert "truncated" in refusal(path)

    def test_values_cut_off_are_counted(self, tmp_path):
        path = tmp_path / "back.tif"
        tifffile.imwrite(path, VALUES)
        path.write_bytes(path.read_bytes()[:3000])
        assert "the TIFF is truncated (3000 bytes); its tags promise 40 × 30 float32 and at least" in refusal(path)

    @staticmethod
    def promise(path, side):
        """Write a TIFF of a few bytes that claims to be a square of this side."""
        tags = [
            (256, 4, side),
            (257, 4, side),
            (258, 3, 32),
            (259, 3, 1),
            (262, 3, 1),
            (273, 4, 8),
            (278, 4, side),
            (279, 4, 100),
            (339, 3, 3),
        ]
        entries = b"".join(struct.pack("<HHII", code, kind, 1, value) for code, kind, value in tags)
        path.write_bytes(b"II*\0" + struct.pack("<I", 108) + bytes(100) + struct.pack("<H", len(tags)) + entries + bytes(4))

    def test_promise_of_too_many_pixels(self, tmp_path):
        self.promise(tmp_path / "back.tif", 10**6)
        assert "the image has 1000000000000 pixels; the limit is 400000000" in refusal(tmp_path / "back.tif")

    def test_page_without_values(self, tmp_path):
        self.promise(tmp_path / "back.tif", 30)
        content = bytearray((tmp_path / "back.tif").read_bytes())
        content[4:8] = bytes(4)  # offset of the first page
        (tmp_path / "back.tif").write_bytes(content)
        assert "truncated" in refusal(tmp_path / "back.tif")

    def test_odd_number_of_bits(self, tmp_path):
        self.promise(tmp_path / "back.tif", 30)
        content = bytearray((tmp_path / "back.tif").read_bytes())
        content[142:144] = struct.pack("<H", 37)  # bits per sample
        (tmp_path / "back.tif").write_bytes(content)
        assert "values of 37 bits; 8, 16, 32 or 64 bits are needed" in refusal(tmp_path / "back.tif")

    def test_promise_of_bytes_that_are_not_there(self, tmp_path):
        self.promise(tmp_path / "back.tif", 15000)
        assert "the TIFF is truncated" in refusal(tmp_path / "back.tif")

    @pytest.mark.parametrize("planes", ["contig", "separate"])
    def test_rgb(self, tmp_path, planes):
        shape = (20, 30, 3) if planes == "contig" else (3, 20, 30)
        tifffile.imwrite(tmp_path / "back.tif", np.zeros(shape, "u1"), photometric="rgb", planarconfig=planes)
        assert "the TIFF is in colour (3 values per pixel" in refusal(tmp_path / "back.tif")
        assert "save the curvature itself" in refusal(tmp_path / "back.tif")

    def test_palette(self, tmp_path):
        tifffile.imwrite(tmp_path / "back.tif", np.zeros((20, 30), "u1"), photometric="palette", colormap=np.zeros((3, 256), "u2"))
        assert "the TIFF is in colour (a palette)" in refusal(tmp_path / "back.tif")

    @pytest.mark.parametrize(
        ("values", "words"),
        [(VALUES.astype("c8"), "the values are complex (complex64)"), (VALUES > 0, "the values are of type bool")],
        ids=["complex", "bool"],
    )
    def test_other_types(self, tmp_path, values, words):
        tifffile.imwrite(tmp_path / "back.tif", values)
        assert words in refusal(tmp_path / "back.tif")

    def test_volume(self, tmp_path):
        tifffile.imwrite(tmp_path / "back.tif", np.zeros((16, 32, 48), "f4"), volumetric=True, photometric="minisblack", tile=(16, 16, 16))
        assert "the array is 3-D (16, 32, 48)" in refusal(tmp_path / "back.tif")

    @pytest.mark.parametrize("imagej", [False, True])
    def test_a_stack_behind_one_page(self, tmp_path, imagej):
        tifffile.imwrite(tmp_path / "back.tif", np.stack([VALUES, VALUES[:, ::-1]]), truncate=True, imagej=imagej)
        assert "the TIFF holds 2 images in one page (2, 40, 30); one image is needed" in refusal(tmp_path / "back.tif")

    @pytest.mark.parametrize(
        "error",
        [
            ValueError("<COMPRESSION.ADOBE_DEFLATE: 8> requires the 'imagecodecs' package"),
            KeyError("<COMPRESSION.ADOBE_DEFLATE: 8> requires the 'imagecodecs' package"),
            ModuleNotFoundError("No module named 'compression'"),  # tifffile looks for the one of Python 3.14
        ],
    )
    def test_missing_codec_is_named(self, tmp_path, monkeypatch, error):
        tifffile.imwrite(tmp_path / "back.tif", VALUES, compression="zlib")

        def refuse(*_args, **_kwargs):
            raise error

        monkeypatch.setattr(tifffile.TiffPage, "asarray", refuse)
        message = refusal(tmp_path / "back.tif")
        assert "compressed with ADOBE_DEFLATE" in message
        assert "pip install imagecodecs" in message

    def test_nothing_is_logged_to_the_terminal(self, tmp_path, capfd):
        tifffile.imwrite(tmp_path / "back.tif", VALUES)
        content = bytearray((tmp_path / "back.tif").read_bytes())
        content[10:40] = bytes(30)
        (tmp_path / "back.tif").write_bytes(content)
        refusal(tmp_path / "back.tif")
        assert capfd.readouterr() == ("", "")


class TestPictures:
    @pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA", "P"])
    def test_colour_png(self, tmp_path, mode):
        Picture.new(mode, (30, 20)).save(tmp_path / "back.png")
        assert f"colours, a palette or transparency (mode {mode}); 8 or 16-bit grey is needed" in refusal(tmp_path / "back.png")

    @pytest.mark.parametrize("mode", ["RGB", "CMYK"])
    def test_colour_jpeg(self, tmp_path, mode):
        Picture.new(mode, (30, 20)).save(tmp_path / "back.jpg")
        assert f"(mode {mode}); 8 or 16-bit grey is needed" in refusal(tmp_path / "back.jpg")

    def test_black_and_white(self, tmp_path):
        Picture.new("1", (30, 20)).save(tmp_path / "back.png")
        assert "the values are of type bool" in refusal(tmp_path / "back.png")

    @pytest.mark.parametrize("name", ["back.png", "back.jpg"])
    @pytest.mark.parametrize("part", [0.1, 0.6])
    def test_truncated(self, tmp_path, name, part):
        path = tmp_path / name
        Picture.fromarray((VALUES * 30 + 128).astype("u1")).save(path)
        path.write_bytes(path.read_bytes()[: int(part * path.stat().st_size)])
        assert "the picture is damaged or truncated" in refusal(path)

    def test_size_is_judged_by_our_limit(self, tmp_path, monkeypatch):
        Picture.fromarray((VALUES * 30 + 128).astype("u1")).save(tmp_path / "back.png")
        monkeypatch.setattr(Picture, "MAX_IMAGE_PIXELS", 10)
        assert read(tmp_path / "back.png").shape == (40, 30)
        assert "the image has 1200 pixels; the limit is 1199" in refusal(tmp_path / "back.png", max_pixels=1199)


class TestContent:
    @pytest.mark.parametrize("value", [np.nan, np.inf])
    def test_nothing_finite(self, tmp_path, value):
        np.save(tmp_path / "back.npy", np.full((9, 9), value))
        assert "there is no finite value; pixels of a back are needed" in refusal(tmp_path / "back.npy")

    @pytest.mark.parametrize("shape", [(1, 1), (3, 3), (200, 100)])
    @pytest.mark.parametrize("background", ["auto", "none"])
    def test_constant(self, tmp_path, shape, background):
        np.save(tmp_path / "back.npy", np.full(shape, 0.5))
        assert "every value is 0.5; there is nothing to register" in refusal(tmp_path / "back.npy", background=background)

    def test_constant_in_a_surround(self, tmp_path):
        values = np.zeros((50, 40), "u1")
        values[10:40, 10:30] = 200
        np.save(tmp_path / "back.npy", values)
        assert "every value inside (background 0) is 200; there is nothing to register" in refusal(tmp_path / "back.npy")

    def test_constant_of_all_background(self, tmp_path):
        np.save(tmp_path / "back.npy", np.full((9, 9), 7, "u1"))
        assert "no value is left inside (background 7)" in refusal(tmp_path / "back.npy", background=7)


class TestMask:
    @pytest.fixture
    def back(self, tmp_path):
        np.save(tmp_path / "back.npy", VALUES)
        return tmp_path / "back.npy"

    @pytest.mark.parametrize("kind", ["?", "u1", "i4", "f8"])
    def test_npy(self, back, tmp_path, kind):
        mask = np.zeros(VALUES.shape, kind)
        mask[5:30, 5:20] = 1
        np.save(tmp_path / "mask.npy", mask)
        np.testing.assert_array_equal(read(back, mask=tmp_path / "mask.npy").inside, mask != 0)

    @pytest.mark.parametrize("name", ["mask.png", "mask.tif"])
    @pytest.mark.parametrize("kind", ["?", "u1"])
    def test_pictures(self, back, tmp_path, name, kind):
        mask = np.zeros(VALUES.shape, bool)
        mask[5:30, 5:20] = True
        if name.endswith("png"):
            Picture.fromarray(mask if kind == "?" else mask.astype("u1") * 255).save(tmp_path / name)
        else:
            tifffile.imwrite(tmp_path / name, mask.astype(kind))
        np.testing.assert_array_equal(read(back, mask=str(tmp_path / name)).inside, mask)

    def test_values_that_are_not_finite_are_outside(self, back, tmp_path):
        mask = np.ones(VALUES.shape)
        mask[0, 0], mask[1, 1] = np.nan, np.inf
        np.save(tmp_path / "mask.npy", mask)
        assert (~read(back, mask=tmp_path / "mask.npy").inside).sum() == 2

    def test_narrows_what_is_finite(self, tmp_path):
        values, mask = VALUES.copy(), np.ones(VALUES.shape, bool)
        values[:10], mask[:, :10] = np.nan, False
        np.save(tmp_path / "back.npy", values)
        np.save(tmp_path / "mask.npy", mask)
        np.testing.assert_array_equal(read(tmp_path / "back.npy", mask=tmp_path / "mask.npy").inside, mask & np.isfinite(values))

    def test_several_pages(self, back, tmp_path):
        tifffile.imwrite(tmp_path / "mask.tif", np.ones((3, *VALUES.shape), "u1"), photometric="minisblack")
        assert refusal(back, mask=tmp_path / "mask.tif", page=0) == (
            "mask.tif (the mask): the file has 3 pages; one image is needed; save one page as a file of its own"
        )

    def test_other_shape(self, back, tmp_path):
        np.save(tmp_path / "mask.npy", np.ones((30, 40)))
        message = refusal(back, mask=tmp_path / "mask.npy")
        assert message.startswith("back.npy: the mask mask.npy is 30 × 40 pixels, the image 40 × 30; the same shape is needed")

    def test_empty(self, back, tmp_path):
        np.save(tmp_path / "mask.npy", np.zeros(VALUES.shape))
        assert refusal(back, mask=tmp_path / "mask.npy").startswith("back.npy: the mask mask.npy is empty")

    def test_missing(self, back, tmp_path):
        assert refusal(back, mask=tmp_path / "mask.npy").startswith("mask.npy: there is no such file")

    def test_jpeg(self, back, tmp_path):
        Picture.new("L", (30, 40)).save(tmp_path / "mask.jpg")
        assert "a JPEG mask is not exact" in refusal(back, mask=tmp_path / "mask.jpg")

    def test_mask_that_leaves_nothing(self, tmp_path):
        values = VALUES.copy()
        values[:20] = np.nan
        np.save(tmp_path / "back.npy", values)
        np.save(tmp_path / "mask.npy", np.arange(40)[:, None].repeat(30, 1) < 20)
        assert "no finite value lies inside the mask" in refusal(tmp_path / "back.npy", mask=tmp_path / "mask.npy")
