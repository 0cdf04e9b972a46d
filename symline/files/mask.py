"""Reading a mask image: nonzero and finite is valid."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from symline.errors import InputError
from symline.files.formats import identify
from symline.files.names import display_name
from symline.files.opening import open_input
from symline.files.readers import READERS
from symline.files.stored import Request
from symline.model.image import BoolArray


def read_mask(path: Path, image_name: str, shape: tuple[int, int], max_pixels: int) -> BoolArray:
    """Read the mask of an image of the given shape (rows, cols).

    Raises
    ------
    InputError
        The mask cannot be read, has another shape than the image, or has no valid pixel.
    """
    name = display_name(path)
    request = Request(f"{name} (the mask)", has_choice=False, max_pixels=max_pixels, kinds="biuf")
    with open_input(path) as stream:
        kind = identify(path, stream)
        if kind == "JPEG":
            raise InputError(f"{name}: a JPEG mask is not exact (compression blurs its edge); .npy, .tif or .png is needed; save it as PNG")
        values = READERS[kind](stream, request).values
    if values.shape != shape:
        raise InputError(
            f"{image_name}: the mask {name} is {values.shape[0]} × {values.shape[1]} pixels, the image {shape[0]} × {shape[1]}; "
            "the same shape is needed; check that they belong together"
        )
    mask: BoolArray = (values != 0) & np.isfinite(values)
    if not mask.any():
        raise InputError(f"{image_name}: the mask {name} is empty (every value is 0 or not finite); mark the back with nonzero values")
    return mask
