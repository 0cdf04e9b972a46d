"""The work on one input: read, analyse, and only when everything is computed, write."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from symline.batch.catch import catch, tell_trace
from symline.batch.job import PICTURE, Deed, Job, Outcome
from symline.batch.resume import describe_job, find_result, is_current, is_edited, keep_intact
from symline.errors import REPORT_DEFECT, ConfigError, InputError, OutputError, SymlineError
from symline.files.json_file import to_json
from symline.files.names import display_name, printable
from symline.files.results import TABLE, Made, Record, compose, describe_input, judge, load_record, without
from symline.files.summary_csv import summary_line
from symline.files.write import require_folder, write_files
from symline.model.analysis import Status

if TYPE_CHECKING:
    from symline.model.image import Image
    from symline.model.line import Line

#: Codes of what stops the work on an input.
_REASONS = {InputError: "unreadable", OutputError: "unwritable", ConfigError: "misconfigured"}


def work(job: Job) -> Outcome:
    """Make the results of one input.

    Returns
    -------
    Outcome
        A failure is an outcome like any other: it must not stop the other inputs.

    Raises
    ------
    MemoryError
        In a batch.
    """
    name = display_name(job.path)
    match catch(_work, job):
        case MemoryError() as error:
            if job.member is not None:  # a batch knows of its limits, and tries again with nothing else running
                raise error
            reason, message = "out_of_memory", f"{name}: there is not enough memory to analyse it; resample it first"
        case SymlineError() as error:
            if job.member is not None and isinstance(error.__cause__, MemoryError):  # while the input was read
                raise error.__cause__ from None
            reason, message = _REASONS.get(type(error), "unusable"), _as_shown(str(error), job)
        case Exception() as error:
            reason, message = "defect", f"{name}: defect: {type(error).__name__}: {error}; {REPORT_DEFECT}"
        case outcome:
            return outcome
    return fail(job, reason, message, tell_trace(error))


def look(jobs: Sequence[Job]) -> list[Outcome | None]:
    """What there is of each input whose earlier result stays; None for those to be worked on, whatever is wrong with them."""
    return [_look(job) for job in jobs]


def _look(job: Job) -> Outcome | None:
    found = catch(lambda: _resume(job, describe_job(job)))
    return None if isinstance(found, Exception) else found


def fail(job: Job, reason: str, message: str, trace: str = "") -> Outcome:
    """The outcome of an input without a result.

    Parameters
    ----------
    reason
        Code of what stopped the work.
    message
        The same for people, on one line.
    trace
        Where in the program.
    """
    status, reasons = Status.FAILED, (reason,)
    line = summary_line(job.member.about, {"status": status, "reasons": reasons, "message": message}) if job.member else ""
    return Outcome(path=job.path, status=status, reasons=reasons, message=message, trace=trace, line=line)


def _as_shown(message: str, job: Job) -> str:
    """The message with the input's path as people know it: workers elsewhere have another."""
    if job.member is None:
        return message
    shown, path = printable(job.member.shown), re.escape(printable(str(job.path)))
    return re.sub(rf"(?<![\w./\\'-]){path}(?![\w/\\-])", lambda _: shown, message)


def _work(job: Job) -> Outcome:
    asked = describe_job(job)
    if (outcome := _resume(job, asked)) is not None:
        return outcome
    require_folder(job.target.parent)
    return _write(job, asked)


def _resume(job: Job, asked: Record) -> Outcome | None:
    """What there is already, if it stays."""
    deed, record = find_result(job, asked) if job.resumes else (Deed.NOTHING, None)
    if record is None:
        return None
    return _conclude_edited(job, record, asked) if deed is Deed.KEPT else _conclude(job, record, deed)


def _write(job: Job, asked: Record) -> Outcome:
    # imported here: an input that was done already needs neither
    from symline.files.read import read
    from symline.pipeline import Study

    image = read(job.path, **asdict(job.reading))
    study = Study(image, job.config, _read_line(job.midline, image))
    contents: dict[Path, bytes] = {}
    made = []
    targets = job.targets
    for product in job.products:
        analysis, files = product.make(study)
        made.append(Made(product.section, analysis, {targets[ending].name: data for ending, data in files.items()}))
        contents |= {targets[ending]: data for ending, data in files.items()}
    there = load_record(job.record)
    # somebody may have edited it meanwhile
    if job.resumes and is_edited(job, there, contents.get(job.beside(TABLE), b"")) and there is not None:
        return _conclude_edited(job, there, asked)
    previous = None if there is None else keep_intact(job, there)
    record = compose(
        made,
        source=describe_input(image, asked),
        config=job.config.to_dict(),
        previous=previous,
        overrides=job.member.overrides if job.member else (),
    )
    rest = without(previous, {product.section for product in job.products}) if previous else None
    write_files(
        contents | {job.record: to_json(record)},
        stale=set(targets.values()) - {*contents, job.record},
        meanwhile={job.record: to_json(rest) if rest else None},
    )
    if job.member is not None:
        _draw_thumbnail(contents, job.member.thumbnail)
    return _conclude(job, record, Deed.WRITTEN)


def _draw_thumbnail(contents: Mapping[Path, bytes], thumbnail: Path) -> None:
    """Here, where many work at a time, rather than when the report is made; it makes those that are missing."""
    # imported here: an input that was done already does not need it
    from symline.files.report.thumbnails import refresh_thumbnail

    picture = next((path for path in contents if path.name.endswith(PICTURE)), None)
    if picture is not None:
        with suppress(OutputError):
            refresh_thumbnail(picture, thumbnail)


def _read_line(path: Path | None, image: Image) -> Line | None:
    if path is None:
        return None
    from symline.files.line_csv import read_line
    from symline.transforms.given import require_line

    line = read_line(path)
    require_line(line, image.shape, display_name(path))
    return line


def _conclude_edited(job: Job, record: Record, asked: Record) -> Outcome:
    """What there is of an input whose midline somebody has edited."""
    is_outdated = not is_current(job, record, asked)
    is_known = all(record[product.section] for product in job.products)
    return _conclude(job, record, Deed.KEPT, ("edited_midline", *["outdated"] * is_outdated), is_sure=is_known and not is_outdated)


def _conclude(job: Job, record: Record, deed: Deed, reasons: tuple[str, ...] = (), *, is_sure: bool = True) -> Outcome:
    """What there is now, as far as it was asked for, and what else there is to say of it; at best `review` where it is not sure."""
    answer = judge(record[product.section] for product in job.products)
    answer["reasons"] = [*answer["reasons"], *reasons]
    if answer["status"] == Status.OK and not is_sure:
        answer["status"] = Status.REVIEW
    return Outcome(
        path=job.path,
        status=Status(answer["status"]),
        reasons=tuple(answer["reasons"]),
        message=answer["message"] or "",
        deed=deed,
        line=summary_line(job.member.about, answer, record) if job.member else "",
    )
