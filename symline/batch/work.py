"""The work on one input: read, analyse, and only when everything is computed, write."""

from __future__ import annotations

import hashlib
from pathlib import Path

from symline.batch.request import RECORD, Outcome, Request
from symline.errors import InputError, SymlineError
from symline.files.midline_csv import read_line, require_inside
from symline.files.names import display_name
from symline.files.opening import open_input
from symline.files.read import read
from symline.files.results import compose, describe_input, load_record, to_json
from symline.files.write import write_files
from symline.model.analysis import Status
from symline.model.image import Image
from symline.model.line import Line


def work(path: Path, request: Request) -> Outcome:
    """Make the results of one input.

    Returns
    -------
    Outcome
        A failure is an outcome like any other: it must not stop the other inputs.
    """
    try:
        return _work(path, request)
    except MemoryError:
        error: SymlineError = InputError(f"{display_name(path)}: there is not enough memory to analyse it; resample it first")
    except SymlineError as raised:
        error = raised
    return Outcome(path, Status.FAILED, message=str(error), error=error)


def _work(path: Path, request: Request) -> Outcome:
    reading = request.reading
    image = read(
        path,
        spacing=reading.spacing,
        mask=reading.mask,
        background=reading.background,
        page=reading.page,
        max_pixels=reading.max_pixels,
    )
    analysis, made = request.product.make(image, request.config, _read_line(request.midline, image))
    targets = request.targets(path)
    record = compose(
        request.product.section,
        analysis,
        source=_describe(image, path, request),
        config=request.config.to_dict(),
        files={targets[ending].name: contents for ending, contents in made.items()},
        previous=load_record(targets[RECORD]),
    )
    contents = {targets[ending]: data for ending, data in made.items()} | {targets[RECORD]: to_json(record)}
    write_files(contents, stale=set(targets.values()) - set(contents))
    return Outcome(path, analysis.status, analysis.reasons, analysis.message)


def _read_line(path: Path | None, image: Image) -> Line | None:
    if path is None:
        return None
    line = read_line(path)
    require_inside(line, path, image.shape)
    return line


def _describe(image: Image, path: Path, request: Request) -> dict[str, object]:
    mask, midline = (_digest(each) for each in (request.reading.mask, request.midline))
    return describe_input(image, path.name, page=request.reading.page, mask_sha256=mask, midline_sha256=midline)


def _digest(path: Path | None) -> str | None:
    if path is None:
        return None
    with open_input(path) as stream:
        return hashlib.sha256(stream.read()).hexdigest()
