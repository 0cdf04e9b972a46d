"""Pages as PNG files (ISO/IEC 15948)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence

import numpy as np
from PIL import Image as Pillow

from symline.files.drawing.colours import Pixels

#: Rows that are compressed at a time: all at once would take a copy of the page for each step.
BLOCK = 64
#: Higher makes files a little smaller and takes up to several times as long.
COMPRESSION_LEVEL = 1
#: Each byte is stored as the difference to the one above it. Pillow tries all filters on each row, which takes longer than to compress
#: them, and for pages of maps and of white between them gains nothing.
UP = 2


def encode(strips: Sequence[Pillow.Image]) -> bytes:
    """A page of RGB strips of one width below each other as a PNG file, with nothing in it but the pixels."""
    width, height = strips[0].width, sum(strip.height for strip in strips)
    compressor = zlib.compressobj(COMPRESSION_LEVEL)
    above = np.zeros(3 * width, dtype=np.uint8)
    parts = []
    for rows in _blocks(strips):
        filtered = np.empty((len(rows), 1 + 3 * width), dtype=np.uint8)
        filtered[:, 0] = UP
        np.subtract(rows[0], above, out=filtered[0, 1:])
        np.subtract(rows[1:], rows[:-1], out=filtered[1:, 1:])
        parts.append(compressor.compress(filtered.data))
        above = rows[-1]
    pixels = b"".join([*parts, compressor.flush()])
    # 8 bits of red, green and blue; the one way to compress, the one set of filters, not interlaced
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def _blocks(strips: Sequence[Pillow.Image]) -> Iterator[Pixels]:
    """A few rows of the page at a time, shape (rows, 3 * width)."""
    for strip in strips:
        for top in range(0, strip.height, BLOCK):
            block = strip.crop((0, top, strip.width, min(top + BLOCK, strip.height)))
            yield np.asarray(block).reshape(block.height, -1)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
