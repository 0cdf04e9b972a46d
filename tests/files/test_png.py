"""Pages as PNG files."""

import io

import numpy as np
import pytest
from PIL import Image as Pillow

from symline.files.drawing.png import BLOCK, encode

RANDOM = np.random.default_rng(5)


def strip(height: int, width: int = 37) -> np.ndarray:
    return RANDOM.integers(0, 256, (height, width, 3), dtype=np.uint8)


@pytest.mark.parametrize("heights", [(1,), (BLOCK,), (BLOCK + 1,), (3, 2 * BLOCK + 5, 1)])
def test_the_pixels_come_back(heights):
    strips = [strip(height) for height in heights]
    file = Pillow.open(io.BytesIO(encode([Pillow.fromarray(each) for each in strips])))
    assert (file.format, file.mode, file.info) == ("PNG", "RGB", {})
    np.testing.assert_array_equal(np.asarray(file), np.concatenate(strips))


def test_a_damaged_file_is_told():
    data = bytearray(encode([Pillow.fromarray(strip(40))]))
    data[len(data) // 2] ^= 1
    with pytest.raises((OSError, SyntaxError), match=r"(?i)crc|checksum|broken|truncated|decompress"):
        Pillow.open(io.BytesIO(bytes(data))).load()


def test_pages_of_white_are_small():
    white = Pillow.new("RGB", (2560, 2000), (255, 255, 255))
    assert len(encode([white])) < 100_000
