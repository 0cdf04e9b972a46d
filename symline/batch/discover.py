"""The images below a folder: each real folder once, in an order that does not depend on the system."""

from __future__ import annotations

import errno
import os
import stat
from collections import defaultdict
from enum import Enum, auto
from pathlib import Path, PurePosixPath

from symline.batch.entry import Entry, Inputs
from symline.batch.job import RECORD
from symline.batch.patterns import Patterns
from symline.batch.products import MIDLINE, REGISTRATION, SCORE
from symline.errors import ConfigError
from symline.files.formats import ENDINGS_IN_WORDS
from symline.files.json_file import load_json
from symline.files.names import JOURNAL, first_names, printable

_RESULTS = (*MIDLINE.endings, *REGISTRATION.endings, *SCORE.endings)

# Why something is left out.
_BATCH = "output folder of another batch"
_RESULT = "result of symline"
_NO_IMAGE = f"no image, which ends in {ENDINGS_IN_WORDS}"
_LINK_INSIDE = "link to a folder that is searched already, or left out itself"
_LOOP = "link to a folder around it"
_CIRCLE = "link that leads back to itself"


def discover(folder: Path, out: Path, patterns: Patterns) -> Inputs:
    """Search a folder and those below it; the inputs come sorted by the parts of their relative paths.

    Hidden files and folders, the output folder `out`, output folders of other batches, and results of symline are no inputs.
    Links to files count as files. Links to folders are followed once all that is really inside has been searched, and only to where
    nothing has been searched yet.

    Raises
    ------
    ConfigError
        The output folder is the folder itself, or there is no input.
    """
    name = printable(str(folder))
    if os.path.realpath(folder) == os.path.realpath(out):
        raise ConfigError(
            f"{name}: the output folder is the folder of the inputs, where results would be taken for inputs; choose another with --output"
        )
    search = _Search(folder, out, patterns)
    search.run()
    notes = tuple(f"left out: {first_names(sorted(names))}: {why}" for why, names in sorted(search.left_out.items()))
    if not search.found:
        files = "1 file was" if search.seen == 1 else f"{search.seen} files were"
        seen = "; ".join((f"{files} seen", *notes, *search.unreadable[:1]))
        looked_for = printable(str(patterns))
        raise ConfigError(f"{name}: no input was found; looked for {looked_for}; {seen}; check the folder, --pattern and --exclude")
    ordered = sorted(search.found, key=lambda shown: shown.split("/"))
    entries = tuple(_enter(folder, shown) for shown in ordered)
    return Inputs(entries=entries, root=folder, notes=notes, unreadable=tuple(sorted(search.unreadable)))


def _enter(folder: Path, shown: str) -> Entry:
    target = PurePosixPath(shown).with_suffix("")
    return Entry(id=str(target), shown=shown, path=folder / shown, target=target)


class _Kind(Enum):
    FILE = auto()
    FOLDER = auto()
    LINK = auto()  # to a folder
    CIRCLE = auto()  # a link that leads back to itself
    NOWHERE = auto()  # a link whose end is missing, or cannot be looked at


class _Search:
    """One search. A folder has two paths: the one that is shown, empty for the first, and the real one."""

    def __init__(self, folder: Path, out: Path, patterns: Patterns) -> None:
        self.folder, self.patterns = folder, patterns
        self.found: list[str] = []
        self.seen = 0
        self.left_out: defaultdict[str, list[str]] = defaultdict(list)
        self.unreadable: list[str] = []
        self._root = os.path.realpath(folder)
        #: Real folders that have been searched with all below them, or shall not be.
        self._done = {self._root, os.path.realpath(out)}
        self._links: list[tuple[str, str]] = []

    def run(self) -> None:
        """Search the real tree, then what links lead to, then what links found there lead to."""
        self._search_tree("", self._root)
        while self._links:
            # in an order of their own: of two links to one folder only the first is followed
            links, self._links = sorted(self._links), []
            for shown, real in links:
                self._follow(shown, real)

    def _search_tree(self, shown: str, real: str) -> None:
        folders = [(shown, real)]
        while folders:
            folders += self._search_folder(*folders.pop())

    def _search_folder(self, shown: str, real: str) -> list[tuple[str, str]]:
        """Take the inputs of one folder, and give the folders in it."""
        kinds = self._list(shown)
        if shown and JOURNAL in kinds and _is_journal(self.folder / shown / JOURNAL):
            self.left_out[_BATCH].append(shown)
            return []
        folders = []
        for name, kind in kinds.items():
            path = f"{shown}/{name}" if shown else name
            if kind in (_Kind.FILE, _Kind.CIRCLE, _Kind.NOWHERE):
                self._see_file(path, kinds)
            elif self.patterns.leaves_out(path):
                continue
            elif kind is _Kind.LINK:
                self._links.append((path, real))
            elif (below := os.path.join(real, name)) not in self._done:  # noqa: PTH118
                folders.append((path, below))
        return folders

    def _list(self, shown: str) -> dict[str, _Kind]:
        """Name -> kind of all in a folder that is not hidden."""
        try:
            with os.scandir(self.folder / shown) as listing:
                return {entry.name: _find_kind(entry) for entry in listing if not entry.name.startswith(".")}
        except OSError as error:
            self._miss(shown, f"this folder cannot be read ({error.strerror})")
            return {}

    def _see_file(self, shown: str, beside: dict[str, _Kind]) -> None:
        self.seen += 1
        name = shown.rpartition("/")[2]
        if self.patterns.would_take(shown):
            self.left_out[_NO_IMAGE].append(shown)
        elif not self.patterns.takes(shown):
            # a name without an ending may be that of a folder
            if "." not in name and not self.patterns.leaves_out(shown):
                self._see_link(shown, beside[name])
        elif any(name.endswith(ending) and name.removesuffix(ending) + RECORD in beside for ending in _RESULTS):
            self.left_out[_RESULT].append(shown)
        else:
            self.found.append(shown)

    def _see_link(self, shown: str, kind: _Kind) -> None:
        if kind is _Kind.CIRCLE:
            self.left_out[_CIRCLE].append(shown)
        elif kind is _Kind.NOWHERE:
            self._miss(shown, "this link leads nowhere")

    def _miss(self, shown: str, what: str) -> None:
        name = printable(shown or str(self.folder))
        self.unreadable.append(f"{name}: {what}, so inputs may be missing; make it readable, or leave it out with --exclude")

    def _follow(self, shown: str, real: str) -> None:
        target = os.path.realpath(self.folder / shown)
        if _is_inside(target, self._done):
            self.left_out[_LINK_INSIDE].append(shown)
        elif _is_inside(real, {target}) or _is_inside(self._root, {target}):
            self.left_out[_LOOP].append(shown)
        else:
            self._done.add(target)
            self._search_tree(shown, target)


def _find_kind(entry: os.DirEntry[str]) -> _Kind:
    if not entry.is_symlink():
        return _Kind.FOLDER if entry.is_dir() else _Kind.FILE
    try:
        return _Kind.LINK if stat.S_ISDIR(entry.stat().st_mode) else _Kind.FILE
    except OSError as error:
        return _Kind.CIRCLE if error.errno == errno.ELOOP else _Kind.NOWHERE


def _is_inside(real: str, folders: set[str]) -> bool:
    """Whether a folder is one of these, or below one."""
    path = Path(real)
    return not folders.isdisjoint(map(str, (path, *path.parents)))


def _is_journal(path: Path) -> bool:
    """Whether a batch of symline wrote this file."""
    content = load_json(path)
    return isinstance(content, dict) and "symline" in content
