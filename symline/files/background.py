"""What is no back, as people say it: on the command line, in `symline.toml` and in Python."""

from __future__ import annotations

import math
from contextlib import suppress

from symline.errors import ConfigError

Background = str | float


def parse_background(background: Background) -> Background:
    """Check what was asked for: ``auto``, ``none`` or a number, which may be text.

    Raises
    ------
    ConfigError
        It is none of them.
    """
    if background in ("auto", "none"):
        return background
    if isinstance(background, str):
        with suppress(ValueError):
            background = int(background)  # exactly: a float does not hold each number of 64 bits
    try:
        number = background if isinstance(background, int) else float(background)
        is_known = math.isfinite(number)
    except (TypeError, ValueError, OverflowError):
        is_known = False
    if not is_known:
        raise ConfigError(f"background: {background!r} is not known; auto, none or a finite number is needed; NaN is always outside")
    return number
