"""One reader a format."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from symline.files.npy import read_npy
from symline.files.picture import read_jpeg, read_png
from symline.files.stored import Request, Stored
from symline.files.tiff import read_tiff

READERS: dict[str, Callable[[BinaryIO, Request], Stored]] = {"NPY": read_npy, "TIFF": read_tiff, "PNG": read_png, "JPEG": read_jpeg}


def load(kind: str, stream: BinaryIO, request: Request) -> Stored:
    """Read the values of a file that is open at its start and of a known format.

    Raises
    ------
    InputError
        The content cannot be used; see the readers.
    """
    return READERS[kind](stream, request)
