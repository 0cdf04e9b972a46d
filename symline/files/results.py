"""`S.json`: what was found in one image, by which program, from which bytes, with which configuration.

One object with a section for each command. A command replaces its own section and keeps the others if they were made
from the same input by the same version with the same configuration.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import symline
from symline.model.analysis import Analysis, Status
from symline.model.image import Image

SCHEMA = 1
SECTIONS = ("midline", "registration", "score")

Record = dict[str, Any]


def describe_input(
    image: Image, name: str, *, page: int | None = None, mask_sha256: str | None = None, midline_sha256: str | None = None
) -> Record:
    """Describe the input: everything that a result depends on, apart from version and configuration.

    Parameters
    ----------
    name
        The file's name without its folders, so that results do not depend on where they were made.
    page
        The page that was asked for.
    mask_sha256
        Hex digest of the mask file's bytes.
    midline_sha256
        Hex digest of the bytes of the file with the line to start from.
    """
    source = image.source
    return {
        "name": name,
        "sha256": source.sha256 if source else None,
        "shape": image.shape,
        "dtype": source.dtype if source else image.values.dtype.name,
        "spacing_mm": image.spacing,
        "coverage": round(image.coverage, 9),
        "background": source.background if source else "nan",
        "page": page,
        "mask_sha256": mask_sha256,
        "midline_sha256": midline_sha256,
    }


def compose(
    section: str, analysis: Analysis, *, source: Record, config: Mapping[str, Any], files: Mapping[str, bytes], previous: Record | None
) -> Record:
    """Put the record of one input together.

    Parameters
    ----------
    section
        The one that this command writes, of `SECTIONS`.
    source
        From `describe_input`.
    config
        Complete, as used.
    files
        Name -> contents of the files written beside the record, whose digests it keeps.
    previous
        The record there was, if any.
    """
    answer = analysis.to_dict()
    own = {key: answer[key] for key in ("status", "reasons", "message")} | (answer.get(section) or {})
    frame = _plain({"schema": SCHEMA, "symline": symline.__version__, "input": source, "config": config})
    kept = previous if previous and all(previous.get(key) == frame[key] for key in frame) else {}
    sections = {name: kept.get(name) for name in SECTIONS} | {section: own}
    own_files = {name: {"section": section, "sha256": hashlib.sha256(data).hexdigest()} for name, data in files.items()}
    other_files = {name: entry for name, entry in kept.get("files", {}).items() if entry["section"] != section}
    return {
        **frame,
        **sections,
        **_judge([entry for entry in sections.values() if entry]),
        "axis": answer["axis"],
        "measures": kept.get("measures", {}) | answer["measures"],
        "files": other_files | own_files,
    }


def to_json(record: Record) -> bytes:
    """Write a record as JSON: sorted keys, a newline at the end, the same bytes for the same record."""
    text = json.dumps(record, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False)
    # File names may hold bytes that are no UTF-8; Python's escape for those is JSON's as well.
    return (text + "\n").encode("utf-8", errors="backslashreplace")


def load_record(path: Path) -> Record | None:
    """Read the record of an earlier run; None where there is none, or none that this version could have written."""
    try:
        record: Record = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) and record.get("schema") == SCHEMA and _has_parts(record) else None


def _has_parts(record: Record) -> bool:
    """Whether the parts that a later command keeps are there, which somebody may have edited."""
    sections = [record.get(name) or {"status": Status.OK, "reasons": []} for name in SECTIONS]
    files = record.get("files")
    return (
        all(isinstance(entry, dict) and entry.get("status") in set(Status) and isinstance(entry.get("reasons"), list) for entry in sections)
        and isinstance(record.get("measures"), dict)
        and isinstance(files, dict)
        and all(isinstance(entry, dict) and entry.get("section") in SECTIONS for entry in files.values())
    )


def _judge(sections: list[Record]) -> Record:
    """The worst status of the sections, and all their reasons."""
    statuses = {entry["status"] for entry in sections}
    return {
        "status": next(status.value for status in reversed(Status) if status in statuses),
        "reasons": sorted({reason for entry in sections for reason in entry["reasons"]}),
        "message": next((entry["message"] for entry in sections if entry.get("message")), None),
    }


def _plain(value: Any) -> Any:
    """What the value is after a way through JSON, so that records compare equal before and after."""
    return json.loads(json.dumps(value, allow_nan=False))
