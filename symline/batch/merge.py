"""From what the shards of a batch have written to what one run would have written."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from symline.batch.journal import SLOWEST, Journal
from symline.batch.own_files import part_names
from symline.batch.shard import WHOLE
from symline.errors import InputError
from symline.files.json_file import load_json
from symline.files.names import JOURNAL, printable
from symline.files.summary_csv import read_lines

_PART = re.compile(r"batch\.(\d+)-of-(\d+)\.json")
#: What all shards must have been given alike, and how to say so.
_COMMON = {
    "symline": "the version of symline",
    "outputs": "outputs",
    "config": "config",
    "overrides": "overrides",
    "inputs_sha256": "their inputs, or in how these are read",
}
#: Lists of inputs that a journal tells of.
_OF_INPUTS = ("failures", "edited")
_AGAIN = "run that shard again"


def merge(folder: Path) -> tuple[list[str], Journal]:
    """Put the parts in a folder together, which may be a single one.

    Returns
    -------
    tuple
        The lines of the summary, in the order of the inputs, and the journal.

    Raises
    ------
    InputError
        There are none, one is missing, unreadable or incomplete, or they do not belong together.
    """
    name = printable(str(folder))
    count = _count_shards(folder, name)
    parts = [part_names(None)] if count == 1 else [part_names((number, count)) for number in range(1, count + 1)]
    journals = [_load_journal(folder / journal) for _, journal in parts]
    _require_alike(journals, name)
    tables = [list(_load_lines(folder / summary, journal).items()) for (summary, _), journal in zip(parts, journals, strict=True)]
    # shard I of N has the inputs I, I + N, I + 2 N …
    whole = [entry for row in zip_longest(*tables) for entry in row if entry is not None]
    if [len(table) for table in tables] != [len(whole[start :: len(tables)]) for start in range(len(tables))]:
        raise InputError(f"{name}: the shards do not go together (the inputs have changed meanwhile); run all shards again")
    lines = [line for _, line in whole]
    if count == 1:
        return lines, journals[0]
    places = {identifier: place for place, (identifier, _) in enumerate(whole)}
    journal = _join(journals)
    return lines, journal | {key: sorted(journal[key], key=lambda each: places.get(each.get("id"), -1)) for key in _OF_INPUTS}


def _count_shards(folder: Path, name: str) -> int:
    try:
        found = [match for match in map(_PART.fullmatch, sorted(path.name for path in folder.iterdir())) if match]
    except OSError as error:
        raise InputError(
            f"{name}: this cannot be read as a folder ({error.strerror}); the output folder of the shards is needed"
        ) from error
    counts = sorted({int(match[2]) for match in found})
    if not counts and _is_whole(folder / JOURNAL):
        return 1
    if not counts:
        raise InputError(f"{name}: there is no batch.I-of-N.json; the output folder of symline batch --shard I/N is needed")
    if len(counts) > 1:
        both = " and ".join(map(str, counts))
        raise InputError(
            f"{name}: there are shards of {both}; those of one batch are needed; remove the files batch.* and summary.* of the other"
        )
    return counts[0]


def _is_whole(path: Path) -> bool:
    """Whether a journal is that of shard 1/1."""
    try:
        return bool(load_json(path)["options"]["shard"] == "{}/{}".format(*WHOLE))
    except (LookupError, TypeError):
        return False


def _load_journal(path: Path) -> Journal:
    name = printable(str(path))
    try:
        journal: Journal = json.loads(path.read_bytes())
        is_complete = journal["complete"] and _join([journal])["counts"]["inputs"] >= 0  # whatever is missing shows here
    except FileNotFoundError:
        raise InputError(f"{name}: there is no such file, so this shard has not ended; {_AGAIN}") from None
    except (OSError, ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{name}: it cannot be read as the journal of a shard ({error}); {_AGAIN}") from error
    if not is_complete:
        raise InputError(f"{name}: this shard was stopped before its end; {_AGAIN}, which completes the rest")
    return journal


def _require_alike(journals: Sequence[Journal], name: str) -> None:
    for key, what in _COMMON.items():
        if any(journal.get(key) != journals[0].get(key) for journal in journals):
            raise InputError(
                f"{name}: the shards differ in {what}; parts of one batch are needed; run all shards again with the same inputs and options"
            )


def _load_lines(path: Path, journal: Journal) -> dict[str, str]:
    lines = read_lines(path)
    if len(lines) != journal["counts"]["inputs"]:
        raise InputError(f"{printable(str(path))}: it is not the summary of its shard; {_AGAIN}")
    return lines


def _join(journals: Sequence[Journal]) -> Journal:
    slowest = sorted((each for journal in journals for each in journal["timings"]["slowest"]), key=lambda each: -each["s"])
    return {
        **journals[0],
        "started": min(journal["started"] for journal in journals),
        "ended": max(journal["ended"] for journal in journals),
        "seconds": None,
        "shards": len(journals),
        "options": {**journals[0]["options"], "shard": None},
        "unreadable": sorted({place for journal in journals for place in journal.get("unreadable", ())}),
        "counts": _add(journal["counts"] for journal in journals),
        "results": _add(journal["results"] for journal in journals),
        "timings": {
            "inputs": sum(journal["timings"]["inputs"] for journal in journals),
            "total_s": round(sum(journal["timings"]["total_s"] for journal in journals), 3),
            "median_s": None,
            "slowest": slowest[:SLOWEST],
        },
        **{key: [each for journal in journals for each in journal[key]] for key in _OF_INPUTS},
    }


def _add(counts: Iterable[dict[str, Any]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return dict(total)
