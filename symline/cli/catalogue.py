"""The stages, metrics, optimizers and other tables in words: what each does, what may be set, and where it comes from."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import Field, fields
from typing import Any

from symline.config import OTHER_TABLES
from symline.model.mirror import Kind
from symline.model.parameters import Parameters
from symline.numerics.metrics import METRICS
from symline.numerics.optimizers import OPTIMIZERS
from symline.stages import STAGES
from symline.stages.chain import IN_WORDS
from symline.stages.stage import Stage

_PARTS: Mapping[str, Mapping[str, Any]] = {
    "Stages": STAGES,
    "Metrics": METRICS,
    "Optimizers": OPTIMIZERS,
    "Other tables": OTHER_TABLES,
}
_PREFACE = (
    "Lengths are in L, the square root of the back's area. Stages are chosen with --stages, their parameters set with",
    "--set stage.parameter=value or in a configuration file; --metric and --optimizer set those of all stages of a chain.",
)


def known() -> list[str]:
    """The names of all there is."""
    return [name for part in _PARTS.values() for name in part]


def describe(names: Iterable[str]) -> str:
    """Describe those of these names, part by part, as plain text."""
    wanted = set(names)
    lines = list(_PREFACE)
    for title, part in _PARTS.items():
        shown = [name for name in part if name in wanted]
        if shown:
            lines += ["", title, "=" * len(title)]
        for name in shown:
            lines += ["", *_describe(name, part[name])]
    return "\n".join(lines)


def _describe(name: str, entry: Any) -> Iterator[str]:
    in_words = (inspect.getdoc(entry) or "").partition("\n")[0]
    summary, source = entry if isinstance(entry, tuple) else (in_words, getattr(entry, "source", None))
    yield f"{name}: {summary}"
    if isinstance(entry, type) and issubclass(entry, Stage):
        yield f"  {_connect(entry)}"
    if source:
        yield f"  source: {source}"
    if isinstance(entry, type) and issubclass(entry, Parameters):
        yield from _tabulate([_parameter(each) for each in fields(entry)])


def _connect(stage: type[Stage]) -> str:
    """What a stage starts from, and what it gives."""
    if stage.is_fresh:
        start = "searches on its own"
    elif stage.takes is Kind.DENSE:
        start = "starts from any map"
    else:
        start = f"starts from {IN_WORDS[stage.takes]}" + (" at most" if stage.takes > min(Kind) else "")
    return f"{start}; gives {IN_WORDS[stage.holds]}" + (" about the same midline" if stage.keeps_midline else "")


def _parameter(each: Field[Any]) -> tuple[str, str, str, str]:
    """Name, default, what it may be, and what it is."""
    default = each.default
    text = ",".join(map(str, default)) if isinstance(default, tuple) else str(default)
    if "options" in each.metadata:
        # in the last column: there is no telling how many there are
        return each.name, text, "a name", f"{each.metadata['about']}: {' | '.join(each.metadata['options'])}"
    low, high = each.metadata["range"]
    limits = f"{'each ' if isinstance(default, tuple) else ''}{low:g} to {high:g}"
    return each.name, f"[{text}]" if isinstance(default, tuple) else text, limits, each.metadata["about"]


def _tabulate(rows: list[tuple[str, str, str, str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)][:-1]
    for *cells, about in rows:
        yield "  " + "  ".join([*(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)), about])
