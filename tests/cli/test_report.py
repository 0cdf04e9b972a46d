"""`symline report`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.cli.conftest import Make, Result
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


def test_shows_nothing_of_an_earlier_image_of_the_same_name(symline: Callable[..., Result], make: Make, tmp_path: Path) -> None:
    image, out = make("in/back.npy"), tmp_path / "out"
    symline("batch", image.parent, "-o", out, "--outputs", "midline,score")
    np.save(image, np.load(image)[:, ::-1])
    symline("batch", image.parent, "-o", out, "--outputs", "score", "--no-pictures")
    assert (out / "back.overlay.png").exists()
    page = (out / "report.html").read_text(encoding="utf-8")
    shown = json.loads(page.partition('id="report">')[2].partition("</script>")[0])
    (case,) = shown["cases"]
    files = {shown["files"][index]["ending"] for index in case["files"]}
    assert files == {".levels.csv", ".asymmetry.tif", ".symmetry.tif", ".json"}
    assert (case["thumbnail"], "overlay" in page.partition("<body")[2].partition("<script")[0]) == (None, False)
