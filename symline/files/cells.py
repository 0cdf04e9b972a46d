"""Numbers as they stand in tables: fixed digits, so that the same number gives the same bytes, and nothing where there is none."""

from __future__ import annotations

import math


def fixed(value: float, digits: int) -> str:
    """A number with so many digits after the point; empty where it is not finite.

    Examples
    --------
    >>> fixed(-0.00001, 3), fixed(1.25, 1), fixed(math.nan, 3)
    ('0.000', '1.2', '')
    """
    return _tidy(f"{value:.{digits}f}") if math.isfinite(value) else ""


def significant(value: float, digits: int) -> str:
    """A number with so many digits in all and a power of ten, whatever its size; empty where it is not finite.

    Examples
    --------
    >>> significant(-1234.5, 3), significant(-0.0, 3)
    ('-1.23e+03', '0.00e+00')
    """
    return _tidy(f"{value:.{digits - 1}e}") if math.isfinite(value) else ""


def _tidy(text: str) -> str:
    """Without the sign of a zero."""
    return text[1:] if text.startswith("-") and not text.partition("e")[0].strip("-0.") else text
