"""Tables as they are written: fixed digits, so that the same number gives the same bytes, and nothing where there is none."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

#: Of numbers whose unit and size nobody knows, such as values of the image.
SIGNIFICANT = 6


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


def by_unit(value: float, column: str, digits: Mapping[str, int]) -> str:
    """A number with the digits after the point that belong to the last word of its column's name; with significant ones for others.

    Examples
    --------
    >>> by_unit(12.5, "width_mm", {"mm": 4}), by_unit(12.5, "left_mean", {"mm": 4})
    ('12.5000', '1.25000e+01')
    """
    count = digits.get(column.rpartition("_")[2])
    return significant(value, SIGNIFICANT) if count is None else fixed(value, count)


def table(header: Iterable[str], lines: Iterable[Sequence[str]]) -> bytes:
    r"""Comma-separated text, UTF-8, from the cells of each line.

    Examples
    --------
    >>> table(("level", "sd_px"), [("1", "0.2500")])
    b'level,sd_px\n1,0.2500\n'
    """
    return "".join(",".join(line) + "\n" for line in (header, *lines)).encode()


def _tidy(text: str) -> str:
    """Without the sign of a zero."""
    return text[1:] if text.startswith("-") and not text.partition("e")[0].strip("-0.") else text
