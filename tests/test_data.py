"""Backs and patients kept beside the repository, through the real command; skipped where they are absent."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from symline import Image, analyse
from symline.model.midline import Midline
from tests.test_laws import halve

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


@pytest.mark.parametrize("path", sorted([*DATA.glob("backs/*_01.npz"), *DATA.glob("patients/*.npz")]), ids=lambda path: path.stem)
def test_a_line_that_is_ok_follows_the_image_when_it_is_halved(path):
    with np.load(path) as stored:
        values = stored["curvature"]
    one = analyse(Image(values))
    if one.status != "ok":
        pytest.skip("the line is not claimed to be certain")
    assert np.sqrt((distances_to_half(one.midline, values) ** 2).mean()) < 0.3
    # where the outline stays, all of the line does
    blocks = values[: len(values) // 2 * 2, : values.shape[1] // 2 * 2].reshape(len(values) // 2, 2, -1, 2)
    is_whole = np.isfinite(blocks).all(axis=(1, 3))
    values = np.where(is_whole[:, None, :, None], blocks, np.nan).reshape(2 * len(blocks), -1)
    assert distances_to_half(analyse(Image(values)).midline, values).max() < 0.3


def distances_to_half(line: Midline, values: np.ndarray) -> np.ndarray:
    """How far the line is from that of the image of half the size, in each row that both have, in px of the coarser grid."""
    half = analyse(Image(halve(values))).midline
    rows, cols = (line.points.T + 0.5) / 2 - 0.5
    inside = (rows >= half.rows[0]) & (rows <= half.rows[-1])
    return np.abs(np.interp(rows[inside], half.rows, half.cols) - cols[inside])
