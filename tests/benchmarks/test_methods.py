"""The benchmark of all methods: its errors are right, it hides no failure, and the other programs are asked the right way round."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import ndimage

sys.path.insert(0, str(Path(__file__).parent))

from symline.model.image import Image
from symline.model.midline import Midline
from symline.stages.prepare import prepare
from symline.transforms.affine import Affine
from tests.benchmarks.cases import Case, midline_error, partner_error
from tests.benchmarks.methods import check, line
from tests.benchmarks.peers import PEERS, Views
from tests.benchmarks.run_chain import parse_chain


@pytest.fixture
def case():
    """Random values, 2 mm pixels, the known line in column 19.5, and known partners between pixels."""
    values = np.random.default_rng(0).normal(size=(60, 40))
    left = np.random.default_rng(1).uniform((5, 2), (55, 18), size=(50, 2))
    right = np.stack([left[:, 0], 39 - left[:, 1]], axis=1)
    cols = np.where((np.arange(60) < 5) | (np.arange(60) >= 55), np.nan, 19.5)
    return Case(Image(values, spacing=(2.0, 2.0)), cols, np.hstack([left, right]))


def a_line(first, last, col):
    rows = np.arange(first, last + 1, dtype=float)
    flat = np.zeros(len(rows))
    return Midline(np.stack([rows, np.full(len(rows), col)], axis=1), flat, flat, flat, spacing=(2.0, 2.0))


def test_the_error_of_a_line_is_in_mm(case):
    assert midline_error(case, a_line(0, 59, 21.0)) == pytest.approx(3.0)


def test_a_line_that_is_too_short_is_lost(case):
    assert midline_error(case, a_line(9, 54, 19.5)) == pytest.approx(0.0)
    assert midline_error(case, a_line(12, 54, 19.5)) == float("inf")


def test_the_error_of_partners_is_not_rounded_to_pixels(case):
    pair = prepare(case.image)
    assert partner_error(case, pair, Affine.reflection()) == pytest.approx(0.0, abs=1e-9)
    aside = pair.from_image(np.array([29.5, 20.0]))
    assert partner_error(case, pair, Affine.reflection((0.0, float(aside[1])))) == pytest.approx(2.0)


def test_a_chain_has_overrides():
    config = parse_chain("path,flow flow.method=tvl1 flow.iterations=2")
    assert config.stages == ("path", "flow")
    assert (config["flow"].method, config["flow"].iterations) == ("tvl1", 2)


def test_a_chain_that_makes_no_sense_is_refused():
    with pytest.raises(SystemExit, match="curve,path: stages: path searches on its own"):
        check("curve,path")


def test_failures_count_as_gross_and_are_shown():
    good = {"failed": "", "midline_mm": 1.0, "partner_mm": 2.0, "inverse_mm": 0.5, "warps": 20.0, "peak_mb": 80.0}
    rows = [good, good, good | {"midline_mm": 7.0}, {"failed": "nothing found", "peak_mb": 80.0}]
    assert line("x", rows, 5.0) == "| x | 4.00 | – | 2 | 1 | 2.00 | 0.50 | 20 | 80 |"


def test_a_table_is_printed():
    program = Path(__file__).parent / "methods.py"
    command = [sys.executable, str(program), "--sets", "samples", "--limit", "1", "--chains", "moments"]
    printed = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    name, *cells = [cell.strip() for cell in printed.splitlines()[-1].strip("|").split("|")]
    assert name == "moments"
    assert cells[3] == "0"
    assert float(cells[0]) < 15
    assert float(cells[6]) > 1


@pytest.mark.slow
@pytest.mark.parametrize("name", PEERS)
@pytest.mark.filterwarnings("ignore")
def test_a_peer_finds_a_shift(name):
    peer = PEERS[name]
    if not peer.is_installed:
        pytest.skip(f"{peer.module} is not installed")
    image = ndimage.gaussian_filter(np.random.default_rng(0).normal(size=(160, 120)), 6).astype(np.float32)
    image /= image.std()
    whole = np.ones_like(image)
    # moving(x + shift) = fixed(x)
    found = np.asarray(peer.register(Views(image, ndimage.shift(image, (2, -3), mode="nearest"), whole, whole)))
    assert np.abs(np.median(found[:, 30:-30, 30:-30], axis=(1, 2)) - (2, -3)).max() < 0.5
