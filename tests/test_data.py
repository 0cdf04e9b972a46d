"""Backs and patients kept beside the repository, through the real command; skipped where they are absent."""

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from symline import Image, analyse, register
from symline.model.midline import Midline
from tests.test_laws import apart, halve

DATA = Path(__file__).parent.parent.parent / "shared" / "data"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the development data are not here")


@pytest.mark.parametrize(
    ("name", "largest_mm"),
    [
        ("backs/sym_01", 0.5),
        ("backs/tilt_03", 1.0),
        ("backs/local_04", 1.5),
        ("backs/missing_05", 1.0),
        ("patients/upright_04_0", 8.0),
        ("patients/upright_07_0", 8.0),
    ],
)
def test_the_midline_is_near_the_known_one(tmp_path, name, largest_mm):
    with np.load(DATA / f"{name}.npz") as stored:
        values, truth = stored["curvature"], stored["midline_x"]
        spacing = float(stored["spacing_mm" if "spacing_mm" in stored else "mm_per_px"])
    np.save(tmp_path / "a.npy", values)
    command = [sys.executable, "-m", "symline", "midline", tmp_path / "a.npy", "-o", tmp_path / "out", "--spacing", f"{spacing:g}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "out" / "a.json").read_text(encoding="utf-8"))["status"] in ("ok", "review")
    with (tmp_path / "out" / "a.midline.csv").open(encoding="utf-8", newline="") as file:
        rows, cols = np.array([(line["row_px"], line["col_px"]) for line in csv.DictReader(file)], dtype=float).T
    known = np.flatnonzero(np.isfinite(truth))
    covered = known[(known >= rows[0]) & (known <= rows[-1])]
    assert len(covered) > 0.9 * len(known)
    error = (np.interp(covered, rows, cols) - truth[covered]) * spacing
    assert np.sqrt((error**2).mean()) < largest_mm


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("upright_10_0", (0, 159)),
        ("upright_10_0", (0, 129)),
        ("upright_09_0", (0, 95)),
        ("bent_06_512285", (79, 147)),
        ("bent_02_106464", (0, 195)),
    ],
)
def test_a_wrong_line_on_a_part_of_a_back_is_not_certain(name, rows):
    with np.load(DATA / "patients" / f"{name}.npz") as stored:
        values = stored["curvature"].copy()
    values[: rows[0]] = values[rows[1] :] = np.nan
    assert analyse(Image(values)).status == "review"


@pytest.mark.parametrize("path", sorted(DATA.glob("patients/*.npz")), ids=lambda path: path.stem)
def test_the_map_of_a_real_back_comes_to_rest_and_is_as_sure_as_its_line(path):
    with np.load(path) as stored:
        image = Image(stored["curvature"])
    assert register(image).reasons == analyse(image).reasons


HALVED = pytest.mark.parametrize("path", sorted([*DATA.glob("backs/*_01.npz"), *DATA.glob("patients/*.npz")]), ids=lambda path: path.stem)


@HALVED
def test_a_line_that_is_ok_follows_the_image_when_it_is_halved(path):
    values, line = ok_line(path)
    half = analyse(Image(halve(values))).midline
    rows, cols = (line.points.T + 0.5) / 2 - 0.5
    inside = (rows >= half.rows[0]) & (rows <= half.rows[-1])
    apart_by = np.interp(rows[inside], half.rows, half.cols) - cols[inside]
    assert np.sqrt((apart_by**2).mean()) < 0.3


@HALVED
def test_all_of_a_line_that_is_ok_follows_where_the_outline_stays(path):
    values, line = ok_line(path, on_whole_blocks)
    half = analyse(Image(halve(values))).midline
    assert apart(half, *((line.points + 0.5) / 2 - 0.5).T) < 0.3


def ok_line(path: Path, change: Callable[[np.ndarray], np.ndarray] = np.asarray) -> tuple[np.ndarray, Midline]:
    """The values of a back, changed, and its line."""
    with np.load(path) as stored:
        values = change(stored["curvature"])
    analysis = analyse(Image(values))
    if analysis.status != "ok":
        pytest.skip("the line is not claimed to be certain")
    return values, analysis.midline


def on_whole_blocks(values: np.ndarray) -> np.ndarray:
    """Only blocks of 2 x 2 pixels that lie wholly on the back."""
    rows, cols = (size // 2 for size in values.shape)
    values = values[: 2 * rows, : 2 * cols]
    is_whole = np.isfinite(values).reshape(rows, 2, cols, 2).all(axis=(1, 3))
    return np.where(is_whole.repeat(2, axis=0).repeat(2, axis=1), values, np.nan)
