"""Reading grey PNG and JPEG pictures."""

from __future__ import annotations

import struct
import warnings
import zlib
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import numpy.typing as npt

from symline.errors import InputError
from symline.files.names import printable
from symline.files.stored import Request, Stored, choose_page, judge_header

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

#: What Pillow raises on damaged bytes.
DAMAGE = (OSError, SyntaxError, ValueError, TypeError, LookupError, OverflowError, EOFError, struct.error, zlib.error)

# Pillow before 11.3 opens 16-bit grey as 32-bit integers, "I".
_TYPES = {"1": "bool", "L": "uint8", "I;16": "uint16", "I;16B": "uint16", "I": "uint16"}


def read_png(stream: BinaryIO, request: Request) -> Stored:
    """Read a grey PNG of 1 to 16 bits that is open at its start.

    Raises
    ------
    InputError
        The picture is damaged or truncated, has colours, a palette or transparency, or is too large.
    """
    from PIL.PngImagePlugin import PngImageFile

    return Stored(_read(PngImageFile, stream, request))


def read_jpeg(stream: BinaryIO, request: Request) -> Stored:
    """Read a grey JPEG of 8 bits that is open at its start.

    Raises
    ------
    InputError
        The picture is damaged or truncated, has colours, or is too large.
    """
    from PIL.JpegImagePlugin import JpegImageFile

    return Stored(_read(JpegImageFile, stream, request), lossy=True)


def _read(opener: type[ImageFile], stream: BinaryIO, request: Request) -> npt.NDArray[Any]:
    """Open with the format's own class: `PIL.Image.open` would judge the size by a limit of its own."""
    choose_page(1, request)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # remarks on metadata
            picture = opener(stream)
            _judge(picture, request)
            return np.array(picture, dtype=_TYPES[picture.mode])
    except DAMAGE as error:
        reason = printable(str(error) or type(error).__name__)
        raise InputError(
            f"{request.name}: the picture is damaged or truncated ({reason}); a whole file is needed; export it again"
        ) from error


def _judge(picture: ImageFile, request: Request) -> None:
    if picture.mode not in _TYPES:
        raise InputError(
            f"{request.name}: the picture has colours, a palette or transparency (mode {picture.mode}); 8 or 16-bit grey is needed; "
            "export the curvature itself as .npy or .tif, or as a grey picture"
        )
    cols, rows = picture.size
    judge_header((rows, cols), np.dtype(_TYPES[picture.mode]), request)
