"""Running commands: most in process, some as real processes."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import tifffile

from symline.cli.console import Console
from symline.cli.main import run
from tests.conftest import Back

Make = Callable[[str], Path]


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """The messages."""
        return self.err.splitlines()


@pytest.fixture
def symline(capsys: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    """Run a command line in this process."""

    def call(*arguments: str | Path) -> Result:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments], Console())
        return Result(code, *capsys.readouterr())

    return call


def start(
    *arguments: str | Path, code: str = "", cwd: Path | None = None, environment: Mapping[str, str] | None = None, leads: bool = False
) -> subprocess.Popen[str]:
    """Run a command line as a process, after some code that arranges its fate; if it leads, in a process group of its own."""
    program = f"{code}\nfrom symline.cli.main import main\nmain()"
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
        preexec_fn=_listen_to_interrupts,
        start_new_session=leads,
        env={**os.environ, "PYTHONUTF8": "1", **(environment or {})},
    )


def finish(process: subprocess.Popen[str]) -> Result:
    out, err = process.communicate(timeout=60)
    return Result(process.returncode, out, err)


def _listen_to_interrupts() -> None:
    """A suite that runs in the background of a shell ignores SIGINT, and its children would too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def make(tmp_path: Path, back: Back) -> Make:
    """Write the back to a .npy of this name, which may hold folders."""

    def write(name: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as stream:
            np.save(stream, back.values.astype(np.float32))
        return path

    return write


def names(folder: Path) -> list[str]:
    """What is in a folder, hidden files too."""
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def validate(symline: Callable[..., Result]) -> Callable[[Any], None]:
    """Raise where a record does not keep to the schema."""
    schema = json.loads(symline("schema").out)
    return jsonschema.Draft202012Validator(schema).validate


@pytest.fixture
def no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the drawing of registrations and scores, which has tests of its own and takes longer than the rest."""
    for drawing in ("registration_sheet.draw_registration", "asymmetry_sheet.draw_asymmetry"):
        monkeypatch.setattr(f"symline.files.{drawing}", lambda _image, _analysis: b"picture")


def load(path: Path) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return record


def middles(path: Path, back: Back) -> np.ndarray:
    """Distance in px of the points half-way between left pixels and their partners to the true midline, whose pairs are level."""
    rows, cols = tifffile.imread(path)
    own = np.indices(back.values.shape)
    known = np.isfinite(rows) & (own[1] < cols)
    row, col = (own[0] + rows)[known] / 2, (own[1] + cols)[known] / 2
    return np.abs(col - back.col(row))


def draw_line(path: Path, back: Back, every: int = 8) -> Path:
    """Write points of the midline as somebody draws them: a table of two columns."""
    lines = [f"{row:.3f},{col:.3f}" for row, col in back.midline[::every]]
    path.write_text("\n".join(["row_px,col_px", *lines]))
    return path


def describe(section: str, path: Path) -> dict[str, Any]:
    """What a record says of a file beside it."""
    data = path.read_bytes()
    return {"section": section, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
