"""One input of a batch, as it was found in a folder or is listed in a manifest."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An input that nothing has been asked of yet.

    Parameters
    ----------
    id
        What it is called in the results; no other input has the same.
    shown
        Its path for people: relative to the folder searched, or as the manifest has it.
    path
        The file, which need not exist.
    target
        Folder and stem of its outputs, relative to the output folder.
    spacing, mask, page
        How to read it, where that is said of this input alone.
    """

    id: str
    shown: str
    path: Path
    target: PurePosixPath
    spacing: tuple[float, float] | None = None
    mask: Path | None = None
    page: int | None = None
