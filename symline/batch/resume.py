"""What an earlier run has left of an input's results, and whether it may stay."""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import symline
from symline.batch.job import PICTURE, Deed, Job
from symline.config import Config
from symline.errors import OutputError
from symline.files.midline_csv import is_own_table, is_whole_table
from symline.files.names import printable
from symline.files.opening import open_input
from symline.files.results import TABLE, Record, forget, load_entry, load_record, plain
from symline.model.analysis import Status


def describe_job(job: Job) -> Record:
    """Describe what a job asks for: the part of the description of its input that is known before that is read.

    Raises
    ------
    InputError
        The mask or the line to start from cannot be read.
    """
    reading = job.reading
    return {
        "name": job.path.name,  # without its folders: results do not depend on where they were made
        "given": {"spacing_mm": reading.spacing, "background": str(reading.background)},
        "page": reading.page,
        "mask_sha256": _digest(reading.mask) if reading.mask else None,
        "midline_sha256": _digest(job.midline) if job.midline else None,
    }


def find_result(job: Job, asked: Record) -> tuple[Deed, Record | None]:
    """Look for a result of an earlier run that may stay.

    Parameters
    ----------
    asked
        From `describe_job`.

    Returns
    -------
    tuple
        `SKIPPED` and the record, where everything asked for is there, whole, and made from the same bytes with the same configuration
        by the same version; `KEPT` and the record, where somebody has edited the midline; else `NOTHING` and None.

    Raises
    ------
    InputError
        The input cannot be read.
    OutputError
        The table of the midline cannot be read, so that nobody knows whether it was edited; or it was, and the record is damaged.
    """
    record = load_record(job.record)
    if is_edited(job, record):
        return Deed.KEPT, record
    return (Deed.SKIPPED, record) if record is not None and _is_done(job, record, asked) else (Deed.NOTHING, None)


def is_edited(job: Job, record: Record | None, table: bytes | None = None) -> bool:
    """Whether somebody has edited the midline, and would lose it.

    Parameters
    ----------
    record
        What there is; None where it is damaged or missing.
    table
        What is about to replace the table of the midline, empty for nothing, where that is known: a damaged record may not say what
        was written.

    Raises
    ------
    OutputError
        As `find_result` does.
    """
    if not _is_other_table(job, record, table):
        return False
    if record is not None:
        return True
    if os.path.lexists(job.record):
        raise OutputError(
            f"{printable(str(job.record))}: it is damaged, and the midline beside it was edited; a whole record is needed; "
            "put it right, or give --overwrite to replace both"
        )
    raise OutputError(
        f"{printable(str(job.beside(TABLE)))}: symline has not written this midline (there is no {printable(job.record.name)} beside it); "
        "one that it may replace is needed; move it away, or give --overwrite"
    )


def keep_intact(job: Job, record: Record) -> Record:
    """The record of an earlier run as far as a new one may build on it: no further than its files are still as they were written.

    Those that the new run replaces do not count, nor does the table of the midline, which may have been edited.
    """
    replaced = {product.section for product in job.products}
    kept = {name: entry for name, entry in record["files"].items() if entry["section"] not in replaced and not name.endswith(TABLE)}
    return record if _are_whole(job, kept) else forget(record)


def _is_other_table(job: Job, record: Record | None, table: bytes | None) -> bool:
    """Whether the table of the midline would be replaced, is a whole one, and another than was written."""
    if TABLE not in job.endings:
        return False
    path = job.beside(TABLE)
    entry = record["files"].get(path.name) if record else load_entry(job.record, path.name)
    try:
        if entry is None and record is None and table is not None and os.path.lexists(job.record):
            entry = {"sha256": hashlib.sha256(table).hexdigest(), "bytes": len(table)}
        if entry is None:
            # where the search failed there was none; else one of symline's own that no record knows is what a killed run leaves
            is_drawn = record is not None and bool(record["midline"])
            return os.path.isfile(path) and (is_drawn or not is_own_table(path)) and is_whole_table(path)  # noqa: PTH113 - a Path raises
        return _digest_of_output(path) != entry["sha256"] and is_whole_table(path, entry["bytes"])
    except FileNotFoundError:
        return False
    except OSError as error:
        raise OutputError(
            f"{printable(str(path))}: it cannot be read ({error.strerror}), so nobody knows whether it was edited; "
            "make it readable, or give --overwrite to replace it"
        ) from error


def _is_done(job: Job, record: Record, asked: Record) -> bool:
    sections = {product.section for product in job.products}
    own = {name: entry for name, entry in record["files"].items() if entry["section"] in sections}
    wanted = {
        job.target.name + ending
        for product in job.products
        for ending in product.endings
        if ending.endswith(PICTURE) or (record[product.section] or {}).get("status") != Status.FAILED
    }
    return (
        all(record[section] for section in sections)
        and (job.member is None or record["overrides"] == list(job.member.overrides))
        and wanted <= own.keys()
        # the bytes last: they take the longest to compare
        and is_current(job, record, asked)
        and _are_whole(job, own)
    )


def is_current(job: Job, record: Record, asked: Record) -> bool:
    """Whether a record tells of the same bytes, read in the same way, with the same configuration by the same version."""
    source = record["input"]
    return bool(
        record["symline"] == symline.__version__
        and record["config"] == _plain(job.config)
        and {key: source.get(key) for key in asked} == plain(asked)
        and source.get("sha256") == _digest(job.path)
    )


@functools.lru_cache(maxsize=16)  # one after another, jobs mostly have the same
def _plain(config: Config) -> Any:
    return plain(config.to_dict())


def _are_whole(job: Job, files: Mapping[str, Record]) -> bool:
    """Whether files are as they were written.

    One that nobody has touched since the record was written last of all need not be read: megabytes for each input, every night.
    """
    try:
        written = job.record.stat().st_mtime_ns  # not its last change: permissions of a record say nothing of the files beside it
        return all(_is_whole(job.target.with_name(name), entry, written) for name, entry in files.items())
    except OSError:
        return False


def _is_whole(path: Path, entry: Record, written: int) -> bool:
    found = path.stat()
    return found.st_size == entry["bytes"] and (_last_change(found) <= written or _digest_of_output(path) == entry["sha256"])


def _last_change(status: os.stat_result) -> int:
    """When a file was written or put in place, ns: a copy of an old file may say that it is old."""
    return max(status.st_mtime_ns, status.st_ctime_ns)


def _digest(path: Path) -> str:
    with open_input(path) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]


def _digest_of_output(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
