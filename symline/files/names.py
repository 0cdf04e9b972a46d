"""What files are called: those that a batch writes, and any in messages, on one line, whatever the name contains."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

#: Of a batch, in its output folder: a line for each input, what was run, and the page that shows it.
SUMMARY, JOURNAL, REPORT = "summary.csv", "batch.json", "report.html"


def printable(text: str) -> str:
    r"""Escape what would break a line or hide in a terminal.

    Examples
    --------
    >>> print(printable("two\nlines.npy"))
    two\nlines.npy
    >>> print(printable("Rücken.npy"))
    Rücken.npy
    """
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii") for letter in text)


def display_name(path: Path) -> str:
    """Name of a file for messages: without its folders, on one line."""
    return printable(path.name or str(path))


def restored(text: str) -> str:
    r"""Undo the escapes that are written for bytes that are no UTF-8, so that the name leads to the file again.

    Examples
    --------
    >>> restored(r"caf\udce9.npy") == "caf\udce9.npy"
    True
    """
    return re.sub(r"\\udc([89a-f][0-9a-f])", lambda found: chr(0xDC00 + int(found[1], 16)), text)


def first_names(names: Sequence[str], count: int = 3) -> str:
    """The first of many names, and how many more there are.

    Examples
    --------
    >>> first_names(["a", "b", "c", "d", "e"])
    'a, b, c and 2 more'
    """
    more = f" and {len(names) - count} more" if len(names) > count else ""
    return printable(", ".join(names[:count])) + more
