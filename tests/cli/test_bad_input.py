"""Every bad input of the contract, through the command: one line that names it, nothing written, the others go on."""

import io
import sys

import numpy as np
import pytest
import tifffile
from PIL import Image as Picture

from tests.cli.conftest import finish, names, start


def npy(values, **options):
    stream = io.BytesIO()
    np.save(stream, values, **options)
    return stream.getvalue()


def npz(values):
    stream = io.BytesIO()
    np.savez(stream, values)
    return stream.getvalue()


def tiff(values, **options):
    stream = io.BytesIO()
    tifffile.imwrite(stream, values, **options)
    return stream.getvalue()


def colour_png():
    stream = io.BytesIO()
    Picture.fromarray(np.zeros((40, 30, 3), np.uint8)).save(stream, "png")
    return stream.getvalue()


def huge():
    """A header that promises 10^12 pixels."""
    header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000, 1000000), }"
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode()


RAMP = np.add.outer(np.arange(40.0), np.arange(30.0) ** 2)
BAD = {
    "empty.npy": b"",
    "empty.tif": b"",
    "truncated.tif": tiff(RAMP)[:-3000],
    "truncated.npy": npy(RAMP)[:-3000],
    "pickled.npy": npy(np.array([[{}]], dtype=object), allow_pickle=True),
    "archive.npz": npz(RAMP),
    "archive.npy": npz(RAMP),
    "back.txt": b"1 2 3\n4 5 6\n",
    "text.npy": b"1 2 3\n4 5 6\n",
    "line.npy": npy(RAMP[0]),
    "cube.npy": npy(np.stack([RAMP, RAMP])),
    "colour.tif": tiff(np.zeros((40, 30, 3), np.uint8), photometric="rgb"),
    "colour.png": colour_png(),
    "complex.npy": npy(RAMP + 1j),
    "bool.npy": npy(RAMP > 9),
    "strings.npy": npy(np.array([["a", "b"]])),
    "records.npy": npy(np.zeros((4, 4), dtype=[("a", "f4"), ("b", "f4")])),
    "nothing.npy": npy(np.full((40, 30), np.nan)),
    "constant.npy": npy(np.ones((40, 30))),
    "one pixel.npy": npy(np.ones((1, 1))),
    "huge.npy": huge(),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_is_one_line_and_writes_nothing(symline, make, tmp_path, name):
    (tmp_path / name).write_bytes(BAD[name])
    result = symline("midline", tmp_path / name, make("good.npy"), "-o", tmp_path / "out")
    assert result.code == 1
    assert len(result.lines) == 3
    assert result.lines[0].startswith(f"{name}: ")
    assert result.lines[1] == "good.npy: ok"
    assert names(tmp_path / "out") == ["good.json", "good.midline.csv", "good.overlay.png"]


@pytest.mark.parametrize("shape", [(1, 30), (30, 1), (3, 3), (2, 2)])
def test_images_too_small_for_a_line_fail_with_a_reason(symline, tmp_path, shape):
    np.save(tmp_path / "a.npy", RAMP[: shape[0], : shape[1]])
    result = symline("midline", tmp_path / "a.npy", "-o", tmp_path / "out")
    assert result.code == 1
    assert result.lines[0].startswith("a.npy: failed: ")
    assert names(tmp_path / "out") == ["a.json", "a.overlay.png"]


@pytest.mark.parametrize(
    ("mask", "message"),
    [(np.ones((3, 4), np.uint8), "3 × 4"), (np.zeros((160, 128), np.uint8), "is empty")],
)
def test_a_mask_that_does_not_fit_fails_the_input(symline, make, tmp_path, mask, message):
    np.save(tmp_path / "mask.npy", mask)
    result = symline("midline", make("a.npy"), "-o", tmp_path / "out", "--mask", tmp_path / "mask.npy")
    assert result.code == 1
    assert result.lines[0].startswith("a.npy: the mask mask.npy")
    assert message in result.lines[0]


def test_an_absurd_spacing_asks_whether_the_unit_is_wrong(symline, make, tmp_path):
    result = symline("midline", make("a.npy"), "-o", tmp_path / "out", "--spacing", "0.0013")
    assert result.code == 1
    assert "metres given as millimetres?" in result.lines[0]


@pytest.mark.skipif(sys.platform == "win32", reason="needs symbolic links")
def test_a_symlink_loop_is_a_bad_input(symline, tmp_path):
    (tmp_path / "a.npy").symlink_to(tmp_path / "b.npy")
    (tmp_path / "b.npy").symlink_to(tmp_path / "a.npy")
    result = symline("midline", tmp_path / "a.npy", "-o", tmp_path / "out")
    assert result.code == 1
    assert result.lines[0].startswith("a.npy: its symbolic links lead in a circle")


def test_a_folder_that_vanishes_fails_the_input_in_one_line(make, tmp_path):
    code = f"""
import shutil, symline.files.overlay as overlay
original = overlay.draw_overlay
def draw(*arguments):
    shutil.rmtree({str(tmp_path / "out")!r})
    return original(*arguments)
overlay.draw_overlay = draw
"""
    result = finish(start("midline", make("a.npy"), "-o", tmp_path / "out", code=code))
    assert result.code == 1
    assert len(result.lines) == 1
    assert "its folder has vanished" in result.err
