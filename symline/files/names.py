"""How files are called in messages: on one line, whatever their name contains."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


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


def first_names(names: Sequence[str], count: int = 3) -> str:
    """The first of many names, and how many more there are.

    Examples
    --------
    >>> first_names(["a", "b", "c", "d", "e"])
    'a, b, c and 2 more'
    """
    more = f" and {len(names) - count} more" if len(names) > count else ""
    return printable(", ".join(names[:count])) + more
