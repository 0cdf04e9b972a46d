"""What the page shows, as plain lists and texts: for the template, and as JSON for the script."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from symline.files.json_file import load_json
from symline.files.names import printable
from symline.files.reasons import REASONS, in_words
from symline.files.report.cases import STATUSES, Case, Summary
from symline.files.report.columns import BAND, SYMMETRY, Column, choose, describe_columns, main_columns
from symline.files.report.outputs import DATA, ENDINGS, PICTURES, Outputs, link
from symline.files.report.thumbnails import ENDING, FOLDER, refresh_thumbnail
from symline.model.analysis import Status


def describe(summary: Summary, outputs: Outputs) -> dict[str, Any]:
    """Everything that the page shows of a summary and of the outputs that there are; texts are on one line each.

    Small pictures are made where they are missing.
    """
    columns = describe_columns(summary)
    main = main_columns(summary, columns)
    return {
        "statuses": {status: sum(case.status == status for case in summary.cases) for status in STATUSES},
        "reasons": _explain(summary.cases),
        "files": [{"ending": ending, "words": words, "picture": ending in PICTURES} for ending, words in (PICTURES | DATA).items()],
        "columns": [asdict(column) for column in columns],
        "main": [columns.index(column) for column in main],
        "cases": [_describe(case, columns, outputs) for case in _rank(summary)],
    }


def read_about(journal: Path) -> dict[str, Any]:
    """What was run, for the head of the page: as much as the journal of a batch tells, if there is one; empty texts for the rest."""
    told = load_json(journal)
    known = told if isinstance(told, dict) else {}
    notes, counts = known.get("notes"), known.get("counts")
    return {
        **{key: printable(str(known.get(key, ""))) for key in ("source", "started", "symline")},
        "counts": printable(", ".join(f"{count} {kind}" for kind, count in counts.items() if count)) if isinstance(counts, dict) else "",
        "is_complete": known.get("complete") is not False,
        "notes": [printable(str(note)) for note in notes] if isinstance(notes, list) else [],
    }


def _explain(cases: Iterable[Case]) -> dict[str, dict[str, Any]]:
    """The reasons that occur, the most frequent first: in words, what they mean, and how often."""
    counts = Counter(reason for case in cases for reason in case.reasons)
    return {
        code: {"words": in_words(code), "meaning": REASONS.get(code, ""), "count": count}
        for code, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    }


def _rank(summary: Summary) -> list[Case]:
    """The cases, worst first: failed, review, ok; then by the number of reasons, the width of the band, and the lack of symmetry."""
    band, symmetry = (choose(summary, names) for names in (BAND, SYMMETRY))

    def goodness(case: Case) -> tuple[float, ...]:
        return STATUSES.index(case.status), -len(case.reasons), -_value(case, band, 0), _value(case, symmetry, 1)

    return sorted(summary.cases, key=goodness)


def _value(case: Case, index: int | None, otherwise: float) -> float:
    value = None if index is None else case.values[index]
    return otherwise if value is None else value


def _describe(case: Case, columns: Iterable[Column], outputs: Outputs) -> dict[str, Any]:
    stem = outputs.stem(case.output)
    # what lies there of an input that could not even be read is of an earlier one
    endings = () if case.status == Status.FAILED and not case.sha256 else outputs.endings(stem)
    picture = next((ending for ending in endings if ending in PICTURES), None)
    small = FOLDER + stem + ENDING
    return {
        "id": printable(case.id),
        "path": printable(case.path),
        "status": case.status,
        "reasons": case.reasons,
        "message": printable(case.message),
        "sha256": printable(case.sha256),
        "stem": link(stem),
        "files": [ENDINGS.index(ending) for ending in endings],
        "thumbnail": link(small) if picture and refresh_thumbnail(outputs.folder / (stem + picture), outputs.folder / small) else None,
        "values": [column.text(case.values[column.index]) for column in columns],
    }
