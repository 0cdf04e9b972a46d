"""Which files a batch has written for each input, and how a page links to them."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import quote_from_bytes

from symline.files.names import restored
from symline.files.results import files_of_sections, load_record

#: Ending -> what the picture shows; small pictures are made of the first that is there.
PICTURES: Final = {".overlay.png": "midline", ".asymmetry.png": "asymmetry", ".registration.png": "registration"}
#: Ending -> what the file holds.
DATA: Final = {
    ".midline.csv": "the midline, row by row",
    ".levels.csv": "symmetry, level by level",
    ".asymmetry.tif": "asymmetry of every pixel",
    ".symmetry.tif": "local symmetry of every pixel",
    ".mirror.tif": "mirror partner of every pixel",
    ".pairs.csv": "a sample of mirror pairs",
    ".trace.csv": "how the stages went",
    ".json": "status, measures, configuration",
}
ENDINGS: Final = (*PICTURES, *DATA)
_RECORD = ENDINGS[-1]


class Outputs:
    """The outputs in a folder. Every folder is listed once, which is much faster than asking for file after file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._names: Callable[[Path], frozenset[str]] = cache(_list)

    def stem(self, output: str) -> str:
        r"""The folder and stem of the outputs as they are on the disk.

        Bytes that are no UTF-8 stand in a summary as they are, or as the `\udcff` that records have for them too.
        """
        raw = restored(output)
        return output if raw == output or self.endings(output) else raw

    def endings(self, stem: str) -> tuple[str, ...]:
        """Of all files that there are, but for those of an earlier input or configuration, of which the record knows nothing any more."""
        path = self.folder / stem
        names = self._names(path.parent)
        if record := load_record(self.folder / (stem + _RECORD)):
            names = names & {*files_of_sections(record), path.name + _RECORD}
        return tuple(ending for ending in ENDINGS if path.name + ending in names)


def link(path: str) -> str:
    """The relative address of a file, whatever its name holds.

    Examples
    --------
    >>> link("javascript:alert(1)/50 %.png")
    './javascript%3Aalert%281%29/50%20%25.png'
    """
    return "./" + quote_from_bytes(os.fsencode(path))


def _list(folder: Path) -> frozenset[str]:
    try:
        return frozenset(os.listdir(folder))  # noqa: PTH208 - names only: a path for each takes several times as long
    except OSError:  # nothing was written there, or it is gone
        return frozenset()
