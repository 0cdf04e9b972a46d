"""The size of a pixel as people write it: on the command line, in manifests, in `symline.toml` and in Python."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

from symline.errors import ConfigError


def read_pixel_size(given: Any) -> tuple[float, float]:
    """Read `1.3`, `1.3,0.9` or `1.3 0.9`, or one number or two that are no text: mm, (row, col).

    Raises
    ------
    ConfigError
        There are not one or two numbers, or one is not positive and finite.

    Examples
    --------
    >>> read_pixel_size("1.3"), read_pixel_size("1.3, 0.9"), read_pixel_size([1.3, 0.9])
    ((1.3, 1.3), (1.3, 0.9), (1.3, 0.9))
    """
    parts = re.split(r"\s*,\s*|\s+", given.strip()) if isinstance(given, str) else given if isinstance(given, Iterable) else [given]
    try:
        sizes = [math.nan if isinstance(part, bool) else float(part) for part in parts]
    except (TypeError, ValueError, OverflowError):
        sizes = []
    if len(sizes) not in (1, 2) or not all(0 < size < math.inf for size in sizes):
        raise ConfigError(f"{given!r} is no pixel size; one positive number or two (row,col) in mm are needed; try 1.3 or 1.3,0.9")
    return sizes[0], sizes[-1]
