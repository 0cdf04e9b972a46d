"""Reading one page of a TIFF file, striped or tiled, compressed or not, classic or BigTIFF."""

from __future__ import annotations

import logging
import os
import struct
import zlib
from itertools import islice
from math import prod
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import numpy.typing as npt

from symline.errors import InputError
from symline.files.names import printable
from symline.files.stored import Request, Stored, choose_page, judge_header

if TYPE_CHECKING:
    from tifffile import TiffFile, TiffPage

# What tifffile and the codecs raise on damaged bytes: none of them says so, and damage can reach any line of them.
_DAMAGE = (
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    AssertionError,
    RuntimeError,
    EOFError,
    struct.error,
    zlib.error,
)

_UNCOMPRESSED, _JPEG_LIKE = 1, (6, 7, 34892)
_PALETTE = 3
#: What tifffile calls files whose description may tell of more images than there are pages.
_STACKS = ("imagej", "shaped")


def read_tiff(stream: BinaryIO, request: Request) -> Stored:
    """Read a TIFF file that is open at its start.

    Raises
    ------
    InputError
        The file is damaged or truncated, has several pages and none is asked for, holds colours or anything but a 2-D array of
        real numbers, or is compressed in a way that needs a package that is not installed.
    """
    from tifffile import TiffFile, TiffFileError

    from symline.files.tiff_spacing import find_spacing

    _silence()
    try:
        with TiffFile(stream) as tiff:
            page = _choose_page(tiff, request)
            dtype = _judge_page(page, request)
            _require_all_bytes(page, os.fstat(stream.fileno()).st_size, request.name)
            values = _decode(page, request.name)
            return Stored(values.astype(dtype, copy=False), find_spacing(tiff, page), lossy=page.compression in _JPEG_LIKE)
    except (TiffFileError, *_DAMAGE) as error:
        raise InputError(
            f"{request.name}: the TIFF is damaged or truncated ({_first_line(error)}); a whole file is needed; export it again"
        ) from error


def _silence() -> None:
    """Keep tifffile's log off the terminal; who wants it sets up logging."""
    logger = logging.getLogger("tifffile")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())


def _choose_page(tiff: TiffFile, request: Request) -> TiffPage:
    pages = len(tiff.pages)
    if pages == 0:
        raise InputError(f"{request.name}: the TIFF holds no page (damaged or truncated); one image is needed; export it again")
    if pages > 1 and request.page is None:
        # smaller copies of an image are no choice
        whole = [*islice((page for page in (each.aspage() for each in tiff.pages) if not page.is_reduced), 2)]
        if len(whole) == 1:
            return whole[0]
    page = tiff.pages[choose_page(pages, request)].aspage()
    # ImageJ and tifffile may store a stack behind a single page, and a description that tells of it
    series = tiff.series[0]
    if pages == 1 and series.kind in _STACKS and series.size > page.size:
        raise InputError(
            f"{request.name}: the TIFF holds {series.size // page.size} images in one page {series.shape}; one image is needed; "
            "save them as pages, or each as a file of its own"
        )
    return page


def _judge_page(page: TiffPage, request: Request) -> np.dtype[Any]:
    """Judge what the tags promise and return the type of the values."""
    if page.photometric == _PALETTE or page.samplesperpixel > 1:
        how = "a palette" if page.photometric == _PALETTE else f"{page.samplesperpixel} values per pixel, shape {page.shape}"
        raise InputError(
            f"{request.name}: the TIFF is in colour ({how}); one value per pixel is needed; save the curvature itself, not a picture of it"
        )
    if page.dtype is None:
        raise InputError(
            f"{request.name}: the TIFF has values of {page.bitspersample} bits; 8, 16, 32 or 64 bits are needed; save it as float32"
        )
    judge_header(page.shape, page.dtype, request)
    return np.dtype(page.dtype)


def _require_all_bytes(page: TiffPage, held: int, name: str) -> None:
    """Refuse a page of which strips or tiles are missing: they would be read as zeros."""
    end = max((offset + count for offset, count in zip(page.dataoffsets, page.databytecounts, strict=True)), default=0)
    segments = 1 if page.is_contiguous else prod(page.chunked)
    stored = sum(page.databytecounts)
    plain = page.compression == _UNCOMPRESSED and 0 not in page.databytecounts  # a tile of no bytes is a legal empty tile
    needed = page.size * page.bitspersample // 8 if plain else 1
    if end > held or len(page.dataoffsets) < segments or stored < needed:
        raise InputError(
            f"{name}: the TIFF is truncated ({held} bytes); its tags promise {page.shape[0]} × {page.shape[1]} {page.dtype} "
            f"and at least {max(end, needed)} bytes; copy or export it again"
        )


def _decode(page: TiffPage, name: str) -> npt.NDArray[Any]:
    try:
        values: npt.NDArray[Any] = page.asarray(maxworkers=1)  # batch workers are the parallelism
    except (ValueError, KeyError, ImportError) as error:
        if not isinstance(error, ImportError) and "imagecodecs" not in str(error):
            raise
        codec = getattr(page.compression, "name", str(page.compression))
        raise InputError(
            f"{name}: the TIFF is compressed with {codec}, predictor {int(page.predictor)}; the package imagecodecs is needed to read it; "
            "install it with `pip install imagecodecs`, or save the TIFF without compression"
        ) from error
    if values.shape != page.shape:
        raise ValueError(f"shape {values.shape} instead of {page.shape}")
    return values


def _first_line(error: Exception) -> str:
    return printable((str(error).splitlines() or [type(error).__name__])[0])[:120]
