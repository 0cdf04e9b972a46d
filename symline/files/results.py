"""`S.json`: what was found in one image, by which program, from which bytes, with which configuration.

One object with a section for each command. A command replaces its own section and keeps the others if they were made
from the same input by the same version with the same configuration. Of the others it keeps which table of the midline was written, so that
edits to it are noticed.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import ChainMap
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import symline
from symline.files.json_file import load_json
from symline.model.analysis import Analysis, Status
from symline.model.image import Image

SCHEMA = 1
SECTIONS = ("midline", "registration", "score")
#: Ending of the table of the midline, which people edit.
TABLE = ".midline.csv"

Record = dict[str, Any]


class Made(NamedTuple):
    """What a command made of an image: its section, the answer, and name -> contents of the files written beside the record."""

    section: str
    analysis: Analysis
    files: Mapping[str, bytes]


def describe_input(image: Image, asked: Record) -> Record:
    """Describe the input: everything that a result depends on, apart from version and configuration.

    Parameters
    ----------
    asked
        Of that what is known before it is read.
    """
    source = image.source
    return {
        "sha256": source.sha256 if source else None,
        "shape": image.shape,
        "dtype": source.dtype if source else image.values.dtype.name,
        "spacing_mm": image.spacing,
        "coverage": round(image.coverage, 9),
        "background": source.background if source else "nan",
        **asked,
    }


def compose(
    made: Sequence[Made], *, source: Record, config: Mapping[str, Any], previous: Record | None = None, overrides: Sequence[str] = ()
) -> Record:
    """Put the record of one input together.

    Parameters
    ----------
    made
        What was made of the image; one or more.
    source
        From `describe_input`.
    config
        Complete, as used.
    previous
        The record there was, if any.
    overrides
        Names of the files with parameters for the folder of the input that went into `config`.
    """
    frame = plain({"schema": SCHEMA, "symline": symline.__version__, "input": source, "config": config})
    kept = previous if previous and all(previous.get(key) == frame[key] for key in frame) else forget(previous or {})
    answers = {each.section: each.analysis.to_dict() for each in made}
    sections = {name: kept[name] for name in SECTIONS} | {name: _section(name, answer) for name, answer in answers.items()}
    own_files = {
        name: {"section": each.section, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
        for each in made
        for name, data in each.files.items()
    }
    other_files = {name: entry for name, entry in kept["files"].items() if entry["section"] not in answers}
    measures = [answer["measures"] for answer in answers.values()]
    return {
        **frame,
        **sections,
        **judge(sections.values()),
        "axis": next(reversed(answers.values()))["axis"],
        "measures": dict(ChainMap(*reversed(measures), kept["measures"])),
        "files": other_files | own_files,
        "overrides": list(overrides),
    }


def forget(record: Record) -> Record:
    """The record when none of its sections hold any more: it still knows which table was written, so that edits are noticed."""
    tables = {name: entry for name, entry in record.get("files", {}).items() if name.endswith(TABLE)}
    return {**record, **dict.fromkeys(SECTIONS), **judge(()), "measures": {}, "files": tables}


def without(record: Record, sections: Collection[str]) -> Record | None:
    """The record before some sections were made, if anything is left: it must not speak of files that are just being replaced."""
    rest = {name: None if name in sections else record[name] for name in SECTIONS}
    files = {name: entry for name, entry in record["files"].items() if entry["section"] not in sections}
    return {**record, **rest, **judge(rest.values()), "files": files} if files or any(rest.values()) else None


def files_of_sections(record: Record) -> set[str]:
    """Names of the files that belong to the sections there are; a table that is only remembered, so that edits are noticed, does not."""
    return {name for name, entry in record["files"].items() if record[entry["section"]]}


def judge(sections: Iterable[Record | None]) -> Record:
    """The worst status of the sections that are there, all their reasons, and the message of one that failed."""
    there = [entry for entry in sections if entry]
    statuses = {entry["status"] for entry in there} or {Status.OK}
    return {
        "status": next(status.value for status in reversed(Status) if status in statuses),
        "reasons": sorted({reason for entry in there for reason in entry["reasons"]}),
        "message": next((entry["message"] for entry in there if entry.get("message")), None),
    }


def plain(value: Any) -> Any:
    """The value as it comes back from JSON, so that records compare equal before they are written and after."""
    return json.loads(json.dumps(value, allow_nan=False))


def load_record(path: Path) -> Record | None:
    """Read the record of an earlier run; None where there is none, or none that this version could have written."""
    record: Record | None = load_json(path)
    return record if isinstance(record, dict) and record.get("schema") == SCHEMA and _has_parts(record) else None


def load_entry(path: Path, name: str) -> Record | None:
    """What a record says of one file, whatever else of it is damaged; None where it says nothing."""
    try:
        entry: Record = load_json(path)["files"][name]
    except (LookupError, TypeError):
        return None
    return entry if _is_file(entry) else None


def _has_parts(record: Record) -> bool:
    """Whether the parts that a later command keeps, or a summary tells of, are there, which somebody may have edited."""
    source, sections, files = record.get("input"), [record.get(name) for name in SECTIONS], record.get("files")
    return (
        isinstance(source, dict)
        and isinstance(source.get("sha256"), str | None)
        and _is_spacing(source.get("spacing_mm", ...))
        and all(key in record for key in (*SECTIONS, "symline", "config", "overrides"))
        and all(entry is None or _is_section(entry) for entry in sections)
        and _is_measured(record.get("measures"))
        and isinstance(files, dict)
        and all(name not in ("", ".", "..") and "/" not in name and _is_file(entry) for name, entry in files.items())
    )


def _is_spacing(value: Any) -> bool:
    return value is None or (isinstance(value, list) and len(value) == 2 and _is_measured(dict(enumerate(value))) and None not in value)


def _is_file(entry: Any) -> bool:
    return isinstance(entry, dict) and entry.get("section") in SECTIONS and "sha256" in entry and isinstance(entry.get("bytes"), int)


def _is_section(entry: Any) -> bool:
    return (
        isinstance(entry, dict)
        and entry.get("status") in list(Status)
        and isinstance(entry.get("reasons"), list)
        and all(isinstance(reason, str) for reason in entry["reasons"])
        and _is_measured({name: value for name, value in entry.items() if name.startswith("sd_")})
    )


def _is_measured(values: Any) -> bool:
    numbers = [value for value in values.values() if value is not None] if isinstance(values, dict) else [None]
    return all(isinstance(value, int | float) and math.isfinite(value) for value in numbers)


def _section(name: str, answer: Record) -> Record:
    return {key: answer[key] for key in ("status", "reasons", "message")} | (answer.get(name) or {})
