"""Cells and lines of tables: fixed digits, so that the same number gives the same bytes; empty where there is no number."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

#: Of numbers whose unit and size nobody knows, such as values of the image.
SIGNIFICANT = 6


def fixed(values: Sequence[float], digits: int) -> list[str]:
    """Numbers with so many digits after the point; empty where they are not finite.

    Examples
    --------
    >>> fixed([-0.00001, 1.25, float("nan")], 1)
    ['0.0', '1.2', '']
    """
    return _write(values, f"%.{digits}f")


def significant(values: Sequence[float], digits: int) -> list[str]:
    """Numbers with so many digits in all and a power of ten, whatever their size; empty where they are not finite.

    Examples
    --------
    >>> significant([-1234.5, -0.0], 3)
    ['-1.23e+03', '0.00e+00']
    """
    return _write(values, f"%.{digits - 1}e")


def by_unit(values: Sequence[float], column: str, digits: Mapping[str, int]) -> list[str]:
    """A column with the digits after the point that belong to the last word of its name; with significant ones for others.

    Examples
    --------
    >>> by_unit([12.5], "width_mm", {"mm": 4}), by_unit([12.5], "left_mean", {"mm": 4})
    (['12.5000'], ['1.25000e+01'])
    """
    count = digits.get(column.rpartition("_")[2])
    return significant(values, SIGNIFICANT) if count is None else fixed(values, count)


def csv_line(cells: Iterable[str]) -> str:
    r"""One line of comma-separated text from any cells, quoted where they have to be.

    Examples
    --------
    >>> csv_line(["a", "b, c", ""])
    'a,"b, c",\n'
    """
    stream = io.StringIO()
    # the writer quotes no more than the characters of its own line ends, and readers end lines at any
    csv.writer(stream, lineterminator="\r\n").writerow(cells)
    return stream.getvalue().removesuffix("\r\n") + "\n"


def table(header: Iterable[str], lines: Iterable[Sequence[str]]) -> bytes:
    r"""Comma-separated text, UTF-8, from the cells of each line, none of which needs quotes.

    Examples
    --------
    >>> table(("level", "sd_px"), [("1", "0.2500")])
    b'level,sd_px\n1,0.2500\n'
    """
    return "".join(",".join(line) + "\n" for line in (header, *lines)).encode()


def _write(values: Sequence[float], form: str) -> list[str]:
    """All in one go, since tables have thousands of numbers; without the sign of a zero."""
    tidy = {form % -0.0: form % 0.0, "nan": "", "inf": "", "-inf": ""}
    return [tidy.get(text, text) for text in (f"{form} " * len(values) % tuple(values)).split()]
