"""Time and memory of symline: `python tests/benchmarks/performance.py [speed] [images] [start] [memory]` prints a table for each.

Everything runs in one thread. What is compared is interleaved, and medians are printed, so that a busy machine disturbs both sides alike.
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"
# programs start as they do where they were installed: compiled once, not with every start
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from scipy import ndimage

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from symline.config import Config
from symline.measures.profile import measure_profile
from symline.measures.tracing import trace_midline
from symline.measures.uncertainty import deviation
from symline.model.image import Image
from symline.pipeline import analyse, refine, score
from symline.stages.prepare import prepare
from symline.transforms.midpoints import straighten
from tests.benchmarks.cases import find_cases, find_sets, load_case
from tests.conftest import synthetic_back

SHAPE = (420, 340)
PYTHON = sys.executable
#: Bytes that 12 megapixels may take: so many times the float32 image, and as much besides.
IMAGES, BESIDES = 12, 150e6


def main(wanted: Sequence[str]) -> None:
    for section in (speed, images, start, memory):
        if not wanted or section.__name__ in wanted:
            section()
            print()


def speed() -> None:
    """The whole analysis against one bilinear warp of the same image, and where the time goes."""
    values = a_back(SHAPE)
    image = Image(values.astype(np.float32))
    warped = np.indices(SHAPE) + ndimage.gaussian_filter(np.random.default_rng(0).normal(size=(2, *SHAPE)), (0, 20, 20)) * 100
    config = Config()
    pair = prepare(image)
    _, path, curve = refine(pair, (config["path"], config["curve"]))
    line = straighten(curve.transform, pair)
    assert curve.sd is not None
    profile = measure_profile(pair, line)
    sd = deviation(curve.sd, profile)
    calls: dict[str, Callable[[], object]] = {
        "one bilinear warp": lambda: ndimage.map_coordinates(image.values, warped, order=1),
        "analyse": lambda: analyse(image),
        "  prepare": lambda: prepare(image),
        "  path": lambda: config["path"](pair, path.transform),
        "  curve": lambda: config["curve"](pair, path.transform),
        "  profile": lambda: measure_profile(pair, line),
        "  trace": lambda: trace_midline(image, pair, line, profile, sd),
        "score": lambda: score(image),
    }
    taken = interleaved(calls, 25)
    warp = taken["one bilinear warp"]
    print(f"{SHAPE[0]} x {SHAPE[1]} back, in process, one thread")
    print(f"{'':<20}{'ms':>8}{'warps':>8}{'allowed':>9}")
    for name, seconds in taken.items():
        print(f"{name:<20}{seconds * 1e3:>8.1f}{seconds / warp:>8.1f}{'20' if name == 'analyse' else '':>9}")


def images() -> None:
    """The whole analysis of all images of each set, brought to one size: the more a back bends, the longer it takes to find how."""
    print(f"each image at {SHAPE[0]} x {SHAPE[1]}, analyse in bilinear warps of it")
    print(f"{'':<20}{'images':>8}{'median':>8}{'p90':>8}{'worst':>8}{'up to 20':>10}")
    somewhere = np.indices(SHAPE) + 0.3
    for name in find_sets(with_patients=True):
        ratios = []
        for path in find_cases(name):
            image = to_shape(load_case(path).image, SHAPE)
            warp, analysis = partial(ndimage.map_coordinates, image.values, somewhere, order=1), partial(analyse, image)
            taken = interleaved({"warp": warp, "analysis": analysis}, 5)
            ratios.append(taken["analysis"] / taken["warp"])
        found = f"{np.median(ratios):>8.1f}{np.quantile(ratios, 0.9):>8.1f}{max(ratios):>8.1f}{sum(ratio <= 20 for ratio in ratios):>10}"
        print(f"{name:<20}{len(ratios):>8}{found}")


def to_shape(image: Image, shape: tuple[int, int]) -> Image:
    """An image stretched to a shape."""
    zoom = [new / old for new, old in zip(shape, image.shape, strict=True)]
    total, weight = (ndimage.zoom(each.astype(float), zoom, order=1) for each in (image.values, image.inside))
    return Image(np.where(weight > 0.5, total / np.maximum(weight, 0.5), np.nan).astype(np.float32))


def start() -> None:
    """Cold processes against importing numpy and scipy.ndimage; a score may take twice what a midline takes."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "one.npy"
        np.save(source, a_back(SHAPE).astype(np.float32))
        base = [PYTHON, "-c", "import numpy, scipy.ndimage"]
        midline, scoring = ([PYTHON, "-m", "symline", name, str(source), "-o", folder, "--overwrite"] for name in ("midline", "score"))
        commands = {
            "import numpy, scipy.ndimage": base,
            "symline midline one.npy": midline,
            "symline score one.npy": scoring,
            "symline --help": [PYTHON, "-m", "symline", "--help"],
        }
        taken = interleaved({name: partial(run, command) for name, command in commands.items()}, 11)
    reference = taken["import numpy, scipy.ndimage"]
    twice = 2 * taken["symline midline one.npy"] / reference
    allowed = dict(zip(commands, ("", "3", f"{twice:.2f}", "0.5"), strict=True))
    print("Cold processes")
    print(f"{'':<30}{'ms':>8}{'imports':>9}{'allowed':>9}")
    for name, seconds in taken.items():
        print(f"{name:<30}{seconds * 1e3:>8.0f}{seconds / reference:>9.2f}{allowed[name]:>9}")


def memory() -> None:
    """Peak memory and time of `symline midline` on images of 0.75, 3 and 12 megapixels."""
    print("symline midline, as a process")
    print(f"{'megapixels':>10}{'rows':>7}{'cols':>7}{'peak MB':>9}{'allowed':>9}{'s':>7}{'s/Mpx':>13}{'analyse s':>11}{'picture MB':>12}")
    with tempfile.TemporaryDirectory() as folder:
        for rows, cols in ((1000, 750), (2000, 1500), (4000, 3000)):
            values = a_back((rows, cols)).astype(np.float32)
            source = Path(folder) / f"{rows}.npy"
            np.save(source, values)
            began = time.perf_counter()
            peak = peak_memory([PYTHON, "-m", "symline", "midline", str(source), "-o", folder])
            seconds = time.perf_counter() - began
            began = time.perf_counter()
            analyse(Image(values))
            inside = time.perf_counter() - began
            size = rows * cols / 1e6
            allowed = IMAGES * values.nbytes + BESIDES
            picture = (Path(folder) / f"{rows}.overlay.png").stat().st_size
            print(
                f"{size:>10.2f}{rows:>7}{cols:>7}{peak / 1e6:>9.0f}{allowed / 1e6:>9.0f}"
                f"{seconds:>7.2f}{seconds / size:>13.2f}{inside:>11.2f}{picture / 1e6:>12.2f}"
            )


def a_back(shape: tuple[int, int]) -> np.ndarray:
    """A gently bent synthetic back; a large one is enlarged from 500 rows, and gets noise of its own."""
    rows, cols = shape
    factor = max(1, rows // 500)
    small = (rows // factor, cols // factor)
    back = synthetic_back(small, lambda row: (small[1] - 1) / 2 + 0.02 * small[0] * np.sin(5 * row / small[0]), noise=0.02)
    values = np.repeat(np.repeat(back.values.astype(np.float32), factor, axis=0), factor, axis=1)
    return values + np.random.default_rng(0).standard_normal(values.shape, dtype=np.float32) * 0.01


def interleaved(calls: dict[str, Callable[[], object]], times: int) -> dict[str, float]:
    """Median seconds of each call, one after the other in every round."""
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(times):
        for name, call in calls.items():
            began = time.perf_counter()
            call()
            taken[name].append(time.perf_counter() - began)
    return {name: float(np.median(seconds)) for name, seconds in taken.items()}


def run(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def peak_memory(command: Sequence[str]) -> float:
    """Largest resident size of a process, in bytes."""
    # until it runs the command, a child has the size of its parent: so a small process stands in between
    code = (
        "import os, subprocess, sys; p = subprocess.Popen(sys.argv[1:], stderr=subprocess.DEVNULL); print(os.wait4(p.pid, 0)[2].ru_maxrss)"
    )
    done = subprocess.run([PYTHON, "-S", "-c", code, *command], check=True, capture_output=True, text=True)
    unit = 1 if sys.platform == "darwin" else 1024
    return float(done.stdout.split()[-1]) * unit


if __name__ == "__main__":
    main(sys.argv[1:])
