"""`OUT/report.html`: the page about a whole batch, from its summary and the outputs beside it."""

from __future__ import annotations

import io
import os
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symline.errors import InputError
from symline.files.names import JOURNAL, REPORT, SUMMARY, printable
from symline.files.report.cases import read_summary
from symline.files.report.content import describe, read_about
from symline.files.report.outputs import Outputs
from symline.files.write import write_files

if TYPE_CHECKING:
    from jinja2 import Environment

_NEEDED = "a folder that symline batch has written is needed"
#: How a page ends that is whole.
_END = b"</html>"
#: One after the other they are the script of the page.
_SCRIPTS = ("elements.js", "cases.js", "distributions.js", "table.js", "viewers.js", "keyboard.js")


def write_report(out: Path) -> Path:
    """Write the page about a batch, and the small pictures that are missing or older than the whole ones.

    Parameters
    ----------
    out
        The folder that `symline batch` has written. The same files in it give the same page, byte for byte.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    InputError
        There is no summary in the folder, or it makes no sense.
    OutputError
        The page cannot be written.
    """
    summary = read_summary(_require_summary(out))
    page = out / REPORT
    write_files({page: _render(describe(summary, Outputs(out)), read_about(out / JOURNAL))})
    return page


def is_fresh(page: Path, summary: Path) -> bool:
    """Whether a page is there, whole, and not older than the summary that it was made of."""
    try:
        with page.open("rb") as stream:
            stream.seek(-len(_END), os.SEEK_END)
            return stream.read() == _END and page.stat().st_mtime_ns >= summary.stat().st_mtime_ns
    except OSError:  # also where it is shorter than its end
        return False


def _require_summary(out: Path) -> Path:
    name = printable(str(out))
    try:
        files = {path.name for path in out.iterdir()}
    except OSError as error:
        raise InputError(f"{name}: it cannot be read as a folder ({error.strerror}); {_NEEDED}; check the path") from error
    if SUMMARY in files:
        return out / SUMMARY
    if any(file.startswith("summary.") for file in files):
        raise InputError(f"{name}: the shards of the batch have not been joined; {SUMMARY} is needed; run symline merge first")
    raise InputError(f"{name}: there is no {SUMMARY} in it; {_NEEDED}; check the path")


def _render(content: dict[str, Any], about: dict[str, Any]) -> bytes:
    environment = _environment()
    style = _source(environment, "style.css")
    script = "".join(_source(environment, name) for name in _SCRIPTS)
    template = environment.get_template("page.html")
    digests = {"style": _digest(style), "script": _digest(script)}
    page = io.BytesIO()
    # piece by piece: with many cases, the pieces take several times as much memory as the page
    template.stream(content=content, about=about, style=style, script=script, digests=digests).dump(page, encoding="utf-8")
    return page.getvalue()


def _environment() -> Environment:
    # imported here: it takes as long as the whole of `symline --help`
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("symline.files.report", "template"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":"), "ensure_ascii": False}
    return environment


def _source(environment: Environment, name: str) -> str:
    assert environment.loader is not None
    return environment.loader.get_source(environment, name)[0]


def _digest(text: str) -> str:
    """What the page's security policy knows a style or a script by."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
