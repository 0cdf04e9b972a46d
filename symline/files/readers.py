"""The reader of each format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import BinaryIO

from symline.files.npy import read_npy
from symline.files.picture import read_jpeg, read_png
from symline.files.stored import Request, Stored
from symline.files.tiff import read_tiff

#: Format, as `symline.files.formats.identify` finds it -> what reads a file of it that is open at its start; raises InputError.
READERS: Mapping[str, Callable[[BinaryIO, Request], Stored]] = {
    "NPY": read_npy,
    "TIFF": read_tiff,
    "PNG": read_png,
    "JPEG": read_jpeg,
}
