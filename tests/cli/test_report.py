"""`symline report`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import Result
from tests.files.batches import Input, write_batch


def test_makes_the_page_again_from_the_outputs_alone(symline: Callable[..., Result], tmp_path: Path) -> None:
    out = write_batch(tmp_path / "out", [Input("one")])
    result = symline("report", out)
    assert (result.code, result.out, result.lines) == (0, "", [f"report: {out / 'report.html'}"])
    assert (out / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_says_what_is_needed(symline: Callable[..., Result], tmp_path: Path) -> None:
    result = symline("report", tmp_path)
    needed = "a folder that symline batch has written is needed; check the path"
    assert (result.code, result.lines) == (1, [f"{tmp_path}: there is no summary.csv in it; {needed}"])
    assert not list(tmp_path.iterdir())
