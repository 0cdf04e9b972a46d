"""Reading an image of a back from a file."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from symline.errors import ConfigError, InputError
from symline.files.background import Background, parse_background
from symline.files.formats import identify
from symline.files.inside import split_background
from symline.files.mask import read_mask
from symline.files.names import display_name
from symline.files.opening import MAX_PIXELS, open_input
from symline.files.pixel_size import read_pixel_size
from symline.files.readers import READERS
from symline.files.spacing import choose_spacing
from symline.files.stored import Request, Stored
from symline.model.image import BoolArray, Image, Source


def read(
    path: str | Path,
    *,
    spacing: tuple[float, float] | float | None = None,
    mask: str | Path | None = None,
    background: Background = "auto",
    page: int | None = None,
    max_pixels: int = MAX_PIXELS,
) -> Image:
    """Read an image from .npy, .tif/.tiff, or grey .png/.jpg.

    Parameters
    ----------
    path
        The file.
    spacing
        Pixel size in mm, one number or (row, col); default: what a TIFF states in OME, ImageJ or resolution tags, else unknown.
    mask
        A .npy, .tif or .png file of the same shape; only pixels where it is nonzero and finite count.
    background
        What is outside the back beside NaN and infinities: ``auto`` (where no pixel that counts is NaN or infinite, the constant
        surround, if there is one), ``none``, or a number: all pixels of this value.
    page
        Page of a multi-page TIFF, 0 is the first. Needed where there are several.
    max_pixels
        Largest number of pixels to read; the header is judged before memory is taken.

    Returns
    -------
    Image
        Named like the file, with its source.

    Raises
    ------
    InputError
        The file or the mask cannot be read or used, or the spacing is impossible for a back; one line that names the file.
    ConfigError
        An argument makes no sense for any file.
    """
    path = Path(path)
    name = display_name(path)
    given, background = None if spacing is None else read_pixel_size(spacing), parse_background(background)
    request = Request(name, page=_parse_page(page), max_pixels=max_pixels)
    stored, digest = _load(path, request)
    rows, cols = stored.values.shape
    valid = None if mask is None else read_mask(Path(mask), name, (rows, cols), max_pixels)
    inside, decision = split_background(stored, background, valid)
    _require_content(stored.values, inside, name, decision, is_masked=mask is not None)
    size = choose_spacing(given, stored.spacing, inside, name)
    source = Source(sha256=digest, dtype=stored.values.dtype.name, background=decision)
    return Image(stored.values, mask=inside, spacing=size, name=path.name, source=source)


def _parse_page(page: int | None) -> int | None:
    if page is not None and (not isinstance(page, (int, np.integer)) or page < 0):
        raise ConfigError(f"page: {page!r} is no page; a whole number from 0 up is needed; page 0 is the first")
    return page


def _load(path: Path, request: Request) -> tuple[Stored, str]:
    """Values and digest of the same bytes: of one open file, which must not change meanwhile."""
    with open_input(path) as stream:
        stored = READERS[identify(path, stream)](stream, request)
        stream.seek(0)
        return stored, hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]


def _require_content(values: npt.NDArray[Any], inside: BoolArray, name: str, decision: str, *, is_masked: bool) -> None:
    kept = values[inside]
    if kept.size == 0:
        none = "no finite value lies inside the mask" if is_masked else "there is no finite value"
        what = none if decision == "nan" else f"no value is left inside (background {decision})"
        raise InputError(f"{name}: {what}; pixels of a back are needed; check the file, --mask and --background")
    if (lowest := kept.min()) == kept.max():
        where = "" if decision in ("nan", "none") else f" inside (background {decision})"
        raise InputError(f"{name}: every value{where} is {lowest:g}; there is nothing to register; check the export")
