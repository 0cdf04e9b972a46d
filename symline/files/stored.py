"""What the readers of the formats are asked for, what they return, and the one place that judges a header."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from symline.errors import InputError
from symline.files.opening import MAX_PIXELS

PLAIN_TAGS = "resolution tags"


@dataclass(frozen=True, slots=True)
class Request:
    """What a reader is asked for.

    Parameters
    ----------
    name
        The file's name for messages.
    page
        Which page of a multi-page file, 0 is the first; None where the file must have one only.
    has_choice
        Whether somebody could have chosen a page.
    max_pixels
        Largest number of pixels to accept.
    kinds
        Kinds of values to accept, as in `numpy.dtype.kind`.
    """

    name: str
    page: int | None = None
    has_choice: bool = True
    max_pixels: int = MAX_PIXELS
    kinds: str = "iuf"


@dataclass(frozen=True, slots=True)
class FileSpacing:
    """Pixel spacing (row, col) in mm that a file states, and which of its fields states it."""

    size: tuple[float, float]
    field: str


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """What a file holds: values as stored, shape (rows, cols), any real type; its spacing; whether compression altered the values."""

    values: npt.NDArray[Any]
    spacing: FileSpacing | None = None
    lossy: bool = False


def judge_header(shape: tuple[int, ...], dtype: np.dtype[Any], request: Request) -> None:
    """Refuse what a header promises before memory is taken for it.

    Raises
    ------
    InputError
        The array is not 2-D, holds no pixel or too many, or its values are no real numbers.
    """
    problem = _judge_type(dtype, request.kinds) or _judge_shape(shape, request.max_pixels)
    if problem:
        raise InputError(f"{request.name}: {problem}")


def choose_page(pages: int, request: Request) -> int:
    """Choose the page to read, 0 is the first.

    Raises
    ------
    InputError
        There are several pages and none is asked for, or there is no such page.
    """
    if request.page is None and pages > 1:
        choose = f"choose one with --page 0 to {pages - 1} (page 0 is the first)"
        raise InputError(
            f"{request.name}: the file has {pages} pages; one image is needed; "
            f"{choose if request.has_choice else 'save one page as a file of its own'}"
        )
    page = request.page or 0
    if page >= pages:
        held = "only one page, page 0" if pages == 1 else f"{pages} pages, 0 to {pages - 1}"
        raise InputError(f"{request.name}: there is no page {page}; the file has {held} (page 0 is the first); choose another with --page")
    return page


def _judge_type(dtype: np.dtype[Any], kinds: str) -> str | None:
    if dtype.hasobject:
        return "the array holds pickled Python objects, which are never opened; save a plain array of numbers with numpy.save"
    if dtype.names is not None or dtype.subdtype is not None:
        return "the array has a structured type; plain real numbers are needed; save one of its fields"
    if dtype.kind == "b" and dtype.kind not in kinds:
        return "the values are of type bool; real numbers are needed; give a mask with --mask"
    if dtype.kind == "c":
        return f"the values are complex ({dtype.name}); real numbers are needed; save the real part or the modulus"
    if dtype.kind not in kinds or dtype.itemsize > 8:
        return f"the values are of type {dtype.name}; integers or floats of up to 64 bits are needed; save it as float32"
    return None


def _judge_shape(shape: tuple[int, ...], max_pixels: int) -> str | None:
    pixels = prod(shape)
    if len(shape) == 3 and {shape[0], shape[-1]} & {3, 4}:
        return f"the array is 3-D {shape}, perhaps a colour picture; one value per pixel is needed; save the curvature itself"
    if len(shape) != 2:
        return f"the array is {len(shape)}-D {shape}; a 2-D array (rows, cols) is needed; save one 2-D slice of it"
    if min(shape) < 1:
        return f"the image has no pixels ({shape[0]} × {shape[1]}); at least one row and one column are needed; export it again"
    if pixels > max_pixels:
        return f"the image has {pixels} pixels; the limit is {max_pixels}; resample it, or raise the limit with --max-pixels {pixels}"
    return None
