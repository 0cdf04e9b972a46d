"""The sample backs: readable, with their truths beside them, and as their README says."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np
import pytest
import tifffile

import symline

FOLDER = Path(__file__).parent.parent / "sample_data"
SAMPLES = sorted([*FOLDER.glob("*.npy"), *FOLDER.glob("*.tif")])
README = (FOLDER / "README.md").read_text(encoding="utf-8")
STORED_SPACING = {"muscular.tif": 1.368, "tilted.tif": 1.201}


def read_truth(stem: str) -> np.ndarray:
    with (FOLDER / "truth" / f"{stem}.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    assert lines[0] == ["row_px", "col_px"]
    return np.array(lines[1:], dtype=float)


def test_there_is_one_sample_of_each_case():
    assert sorted(path.stem for path in SAMPLES) == ["holes", "local", "muscular", "scoliosis", "symmetric", "thin", "tilted"]


def test_all_of_it_takes_at_most_4_mb():
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) <= 4_000_000


def test_every_truth_belongs_to_a_sample():
    assert {path.stem for path in (FOLDER / "truth").iterdir()} == {path.stem for path in SAMPLES}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_sample_reads_with_the_spacing_it_stores(path):
    image = symline.read(path)
    spacing = STORED_SPACING.get(path.name)
    assert image.spacing == (None if spacing is None else pytest.approx((spacing, spacing), abs=1e-6))
    assert 0.5 < image.coverage < 0.8


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_truth_runs_down_the_inside_of_the_back(path):
    image = symline.read(path)
    rows, cols = read_truth(path.stem).T
    assert np.all(np.diff(rows) == 1)
    assert rows[0] >= 0
    assert rows[-1] <= image.shape[0] - 1
    is_inside = image.inside[rows.astype(int), np.rint(cols).astype(int)]
    assert is_inside.mean() > (0.9 if path.stem == "holes" else 0.99)
    assert len(rows) > 0.85 * image.shape[0]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_readme_lists_the_sample_with_its_type(path):
    (line,) = [line for line in README.splitlines() if line.startswith(f"| `{path.name}`")]
    dtype = np.load(path).dtype if path.suffix == ".npy" else tifffile.imread(path).dtype
    assert f"{dtype}" in line
    spacing = STORED_SPACING.get(path.name)
    assert re.search(rf"\| {spacing} \|" if spacing else r"give `--spacing (\S+)`", line)


def test_integers_of_the_local_sample_scale_back_to_curvature():
    image = symline.read(FOLDER / "local.tif")
    other = symline.read(FOLDER / "symmetric.npy")
    curvature = (image.values[image.inside] - 32768.0) / 500_000
    assert np.median(curvature) == pytest.approx(np.median(other.values[other.inside]), abs=0.002)
    assert np.abs(curvature).max() < 0.06


@pytest.mark.parametrize("name", ["muscular.tif", "tilted.tif", "local.tif"])
def test_tiff_needs_no_codec_beyond_the_standard_library(name):
    with tifffile.TiffFile(FOLDER / name) as file:
        assert file.pages[0].compression == tifffile.COMPRESSION.ADOBE_DEFLATE
        assert file.pages[0].predictor in (tifffile.PREDICTOR.NONE, tifffile.PREDICTOR.HORIZONTAL)
