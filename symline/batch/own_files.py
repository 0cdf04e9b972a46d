"""The files that a batch, or a shard of one, writes about itself at the top of its output folder: what they are called."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from symline.files.names import JOURNAL, SUMMARY

_OWN = re.compile(r"batch(\.\d+-of-\d+)?\.json|summary(\.\d+-of-\d+)?\.csv|report\.html")


def is_own(name: str) -> bool:
    """Whether a batch itself writes files of this name."""
    return _OWN.fullmatch(name) is not None


def part_names(shard: tuple[int, int] | None) -> tuple[str, str]:
    """What the summary and the journal of a batch are called, or those of one shard (number from 1, of how many).

    Examples
    --------
    >>> part_names((2, 16))
    ('summary.02-of-16.csv', 'batch.02-of-16.json')
    """
    part = "" if shard is None else f".{shard[0]:0{len(str(shard[1]))}d}-of-{shard[1]}"
    summary, journal = (name.replace(".", f"{part}.") for name in (SUMMARY, JOURNAL))
    return summary, journal


def find_parts(folder: Path) -> list[Path]:
    """The files that shards have written about their parts; none where the folder is gone."""
    with suppress(OSError):
        return [path for path in folder.iterdir() if "-of-" in path.name and is_own(path.name)]
    return []
