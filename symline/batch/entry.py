"""The inputs of a batch, as they were found in a folder or are listed in a manifest."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An input as it was found or listed, before anything is settled about it.

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """All inputs of a batch.

    Parameters
    ----------
    entries
        In the order of the results.
    root
        The folder that all lie in, and that the tree of the outputs begins at.
    notes
        What was left out or is not used, and why; a line each.
    unreadable
        Where inputs may be missing; a line each.
    listing
        The file that says which they are.
    """

    entries: tuple[Entry, ...]
    root: Path
    notes: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    listing: Path | None = None
