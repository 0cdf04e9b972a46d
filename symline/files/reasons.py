"""What the codes in the results mean, in words for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

REASONS: Final[Mapping[str, str]] = {
    "ambiguous_axis": "another line is almost as symmetric as the one that was chosen",
    "low_symmetry": "at most levels the two sides are hardly alike, or alike only near the line, as about a strap or a seam",
    "little_overlap": "too few places have a mirror partner on the back; perhaps the image shows only a part of it",
    "wide_band": "along much of its length, or at an end, the line could lie elsewhere, or nothing tells how far",
    "unlikely_line": "the line bends, or leaves more of the back on one side, and is not sure enough for that",
    "not_converged": "a stage of the registration did not settle",
    "edited_midline": "somebody edited the midline; it was left as it is, and the other files do not know of the edit",
    "outdated": "the image, the configuration or symline is another than when it was made",
    "too_small": "too few pixels are on the back",
    "scattered": "the pixels on the back do not hang together",
    "no_relief": "the values hardly differ; there is nothing to compare",
    "no_symmetry": "no line of mirror symmetry was found",
    "no_furrow": "no furrow or ridge of the spine stands out",
    "unreadable": "the input could not be read",
    "unwritable": "the results could not be written",
    "misconfigured": "the parameters do not fit this input",
    "unusable": "the input could not be used",
    "out_of_memory": "the memory did not suffice",
    "timeout": "it took longer than was allowed",
    "crashed": "the process that worked on it died",
    "defect": "symline made a mistake; please report it",
}


def list_in_words(codes: Iterable[str]) -> str:
    """Codes as they are shown, one after the other.

    Examples
    --------
    >>> list_in_words(["wide_band", "low_symmetry"])
    'wide band, low symmetry'
    """
    return ", ".join(map(in_words, codes))


def in_words(code: str) -> str:
    """A code as it is shown.

    Examples
    --------
    >>> in_words("wide_band")
    'wide band'
    """
    return code.replace("_", " ")
