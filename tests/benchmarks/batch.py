"""Rate, memory and overhead of `symline batch`: `python tests/benchmarks/batch.py [--inputs 400] [--jobs N]` prints a table.

The inputs are the rendered backs, resampled to 420 x 340 and repeated. Rates are compared with those of one process, measured before and
after each batch, one thread each: machines are shared. `--scale` shows how the memory of the parent process goes with the number of inputs.
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"
# programs start as they do where they were installed: compiled once, not with every start
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

import argparse
import itertools
import multiprocessing
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from scipy import ndimage

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

import symline
from symline.batch.job import Job, Member, Product, Reading
from symline.batch.products import MIDLINE, SCORE
from symline.batch.work import work
from symline.config import Config
from tests.benchmarks.cases import find_cases, find_sets, load_case
from tests.conftest import synthetic_back

SHAPE = (420, 340)
#: What is asked of every batch: rate as a share of cores x that of one process, ms for an input that was done already, MB.
SHARE, SKIP_MS, PARENT_MB = 0.9, 2.0, 200
#: How often a batch that has nothing left to do is timed.
AGAIN = 3
#: Runs the command line and writes the peak memory of this process alone, in kB, where it is asked to.
PROGRAM = """
import atexit, sys
from pathlib import Path
def tell(path=Path(sys.argv.pop(1))):
    lines = Path("/proc/self/status").read_text().splitlines()
    path.write_text(next(line.split()[1] for line in lines if line.startswith("VmHWM")))
atexit.register(tell)
from symline.cli.main import main
main()
"""
OUTPUTS: dict[str, tuple[tuple[str, ...], tuple[Product, ...]]] = {
    "midline, no pictures": (("--outputs", "midline", "--no-pictures"), (MIDLINE.without_pictures(),)),
    "midline": (("--outputs", "midline"), (MIDLINE,)),
    "midline,score, no pictures": (("--no-pictures",), (MIDLINE.without_pictures(), SCORE.without_pictures())),
    "midline,score (default)": ((), (MIDLINE, SCORE)),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=400)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--scale", action="store_true", help="only memory and overhead with 100, 1,000 and 10,000 tiny inputs")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if arguments.scale:
            scale(folder, arguments.jobs)
        else:
            rates(folder, arguments.inputs, arguments.jobs)


def rates(folder: Path, count: int, jobs: int) -> None:
    paths = write_backs(folder / "in", count)
    print(f"{count} backs of {SHAPE[0]} x {SHAPE[1]}, {jobs} processes; start-up, summary and report included")
    print(f"{'outputs':<28}{'s':>7}{'a second':>10}{'x analyse':>11}{'x at once':>11}{'x the same':>12}{'again, ms':>11}{'parent MB':>11}")
    for name, (options, products) in OUTPUTS.items():
        out = folder / "out"
        before = (*single_rates(paths, folder / "single", products), rate_at_once(paths, jobs))
        seconds, parent = run_batch(folder / "in", out, jobs, options)
        after = (*single_rates(paths, folder / "single", products), rate_at_once(paths, jobs))
        again = [run_batch(folder / "in", out, jobs, options) for _ in range(AGAIN)]
        analyse, same, at_once = ((first + last) / 2 for first, last in zip(before, after, strict=True))
        rate = count / seconds
        print(
            f"{name:<28}{seconds:>7.1f}{rate:>10.2f}{rate / analyse / jobs:>11.2f}{rate / at_once:>11.2f}{rate / same / jobs:>12.2f}"
            f"{statistics.median(time for time, _ in again) / count * 1e3:>11.2f}{max(parent, *(memory for _, memory in again)):>11.0f}"
        )
        shutil.rmtree(out)
    print(f"x analyse: rate / ({jobs} x the rate at which one process analyses images that are in memory), {SHARE} asked for")
    print(
        f"x at once: rate / the rate of {jobs} processes that analyse images at the same time and do nothing else: what these cores can do"
    )
    print(f"x the same: rate / ({jobs} x the rate at which one process does the same work: reading, all files, pictures small and large)")
    print(
        f"again: a run in which all was done already, for each input, start-up included, median of {AGAIN}; at most {SKIP_MS} ms asked for"
    )
    print(f"parent: peak memory of the process that hands out the work; at most {PARENT_MB} MB asked for")


def scale(folder: Path, jobs: int) -> None:
    print(f"{'tiny inputs':>12}{'s':>8}{'again, ms':>11}{'parent MB':>11}")
    for count in (100, 1_000, 10_000):
        source, out = folder / f"in{count}", folder / "out"
        write_tiny(source, count)
        options = ("--outputs", "midline", "--no-pictures")
        seconds, parent = run_batch(source, out, jobs, options)
        again, parent_again = run_batch(source, out, jobs, options)
        print(f"{count:>12}{seconds:>8.1f}{again / count * 1e3:>11.2f}{max(parent, parent_again):>11.0f}")
        shutil.rmtree(out)
        shutil.rmtree(source)


def run_batch(source: Path, out: Path, jobs: int, options: tuple[str, ...]) -> tuple[float, float]:
    """Seconds, and peak memory of the parent process in MB."""
    memory = out.with_name("memory")
    command = [sys.executable, "-c", PROGRAM, str(memory), "batch", str(source), "-o", str(out), "--jobs", str(jobs), "-q", *options]
    start = time.perf_counter()
    done = subprocess.run(command, check=False)
    seconds = time.perf_counter() - start
    assert done.returncode == 0, done.returncode
    return seconds, int(memory.read_text()) / 1024


def single_rates(paths: list[Path], out: Path, products: tuple[Product, ...]) -> tuple[float, float]:
    """Images a second in this process: of `analyse`, and of the whole work; medians over the different backs."""
    chosen = paths[:40:2]
    images = [symline.read(path) for path in chosen]
    out.mkdir(exist_ok=True)
    jobs = [make_job(path, out / path.stem, products) for path in chosen]
    work(jobs[0])
    analyse, same = [], []
    for image, job in zip(images, jobs, strict=True):
        analyse.append(clock(partial(symline.analyse, image)))
        same.append(clock(partial(work, job)))
    shutil.rmtree(out)
    return 1 / statistics.mean(analyse), 1 / statistics.mean(same)


def make_job(path: Path, target: Path, products: tuple[Product, ...]) -> Job:
    """The job that a batch makes of an image, the small picture for its report included."""
    member = Member(id=path.stem, shown=path.name, output=target.name, thumbnail=target.with_suffix(".jpg"))
    return Job(path=path, target=target, products=products, config=Config(), reading=Reading(), member=member)


def rate_at_once(paths: list[Path], jobs: int) -> float:
    """Images a second of so many processes together, which only call `analyse`."""
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        return sum(pool.map(analyse_rate, [paths[:40:2]] * jobs, chunksize=1))


def analyse_rate(paths: list[Path]) -> float:
    images = [symline.read(path) for path in paths]
    symline.analyse(images[0])
    return len(images) / sum(clock(partial(symline.analyse, image)) for image in images)


def clock(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def write_backs(folder: Path, count: int) -> list[Path]:
    """Write backs into patients' folders, ten each."""
    sources = [load_case(path) for path in find_cases(find_sets(with_patients=False)[0])]
    arrays = [resample(np.where(case.image.inside, case.image.values, np.nan)) for case in sources]
    paths = []
    for index, array in zip(range(count), itertools.cycle(arrays)):
        path = folder / f"patient_{index // 10:03d}" / f"back_{index:04d}.npy"
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, array)
        paths.append(path)
    return paths


def resample(values: np.ndarray) -> np.ndarray:
    factors = [new / old for new, old in zip(SHAPE, values.shape, strict=True)]
    outside = ndimage.zoom(np.isnan(values).astype(float), factors, order=1) > 0.5
    inside = ndimage.zoom(np.nan_to_num(values), factors, order=1)
    return np.where(outside, np.nan, inside).astype(np.float32)


def write_tiny(folder: Path, count: int) -> None:
    values = synthetic_back((32, 32)).values.astype(np.float32)
    for index in range(count):
        path = folder / f"{index // 100:03d}" / f"{index:05d}.npy"
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, values)


if __name__ == "__main__":
    main()
