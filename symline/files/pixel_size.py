"""The size of a pixel as people write it: on the command line, in manifests and in `symline.toml`."""

from __future__ import annotations

import math
import re

from symline.errors import ConfigError


def read_pixel_size(text: str) -> tuple[float, float]:
    """Read `1.3`, `1.3,0.9` or `1.3 0.9`: mm, (row, col).

    Raises
    ------
    ConfigError
        There are not one or two numbers, or one is not positive and finite.

    Examples
    --------
    >>> read_pixel_size("1.3"), read_pixel_size("1.3, 0.9")
    ((1.3, 1.3), (1.3, 0.9))
    """
    try:
        sizes = [float(part) for part in re.split(r"\s*,\s*|\s+", text.strip())]
    except ValueError:
        sizes = []
    if len(sizes) not in (1, 2) or not all(0 < size < math.inf for size in sizes):
        raise ConfigError(f"{text!r} is no pixel size; one positive number or two (row,col) in mm are needed; try 1.3 or 1.3,0.9")
    return sizes[0], sizes[-1]
