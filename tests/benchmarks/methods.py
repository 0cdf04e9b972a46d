"""Compare all chains of stages, and other programs, on the same images: one table a set, in Markdown.

python tests/benchmarks/methods.py [--patients] [--peers] [--engines] [--kinds] [--limit N] [--chains CHAIN ...] [--jobs N] [--keep FILE]

midline   root mean square distance to the known line: median and 90th percentile over the images, and how many are gross (over 5 mm on
          rendered, over 15 mm on real backs); an image that fails counts as infinitely far
failed    images without any result; they are among the gross ones
partners  median distance to known mirror partners, median over the images; the left points are not rounded to pixels
inverse   median distance between a pixel and its partner's partner, median over the images; 0 = an involution by construction
warps     processor's time of the whole registration, maps of every pixel included, in bilinear warps of the same image timed beside it,
          median over the images; one thread
MB        peak memory of a process that has registered one image
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from symline.errors import ConfigError
from symline.numerics.metrics import METRICS
from symline.numerics.optimizers import OPTIMIZERS
from tests.benchmarks.cases import GROSS, find_sets
from tests.benchmarks.peers import PEERS
from tests.benchmarks.run_chain import parse_chain

CHAINS = (
    "path,curve,elastic",
    "path",
    "path,curve",
    "path,curve,diffeomorphic",
    "path,curve,flow",
    "path,curve,bspline",
    "path,curve,blocks",
    "moments",
    "moments,rigid,affine,bspline",
    "masked-translation",
    "masked-translation,rigid",
    "masked-translation,affine",
    "masked-translation,blocks",
    "masked-translation,flow flow.method=ilk",
    "masked-translation,flow flow.method=tvl1",
    "masked-translation,bspline",
    "masked-translation,diffeomorphic",
    "masked-translation,curve,elastic",
    "keypoints keypoints.detector=sift",
    "keypoints keypoints.detector=orb",
    "keypoints keypoints.detector=harris",
    "keypoints,curve",
    "furrow",
)
#: Images a set for the table of metrics and optimizers: on the backs, one of each kind.
FEW = 8
#: Whatever counts threads is told that there is one.
ONE_THREAD = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS", "NUMBA_NUM_THREADS"), "1"
)
HEADER = "| chain | midline mm | 90 % | gross | failed | partners mm | inverse mm | warps | MB |\n|---|" + "---:|" * 8

Rows = list[dict[str, Any]]


def main() -> None:
    """Run what is asked for, and print the tables."""
    options = parse_options()
    sets = options.sets or find_sets(with_patients=options.patients)
    for name in sets:
        compare(name, options.chains or [*CHAINS, *(PEERS if options.peers else ())], options)
    if options.engines:
        options.limit = options.limit or FEW
        compare(sets[0], engines(), options)


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patients", action="store_true", help="also the real backs, where they are present")
    parser.add_argument("--peers", action="store_true", help="also other programs, as far as they are installed")
    parser.add_argument("--engines", action="store_true", help="also `rigid` with each metric and optimizer, on fewer images")
    parser.add_argument("--kinds", action="store_true", help="also midline and partners for each kind of rendered back")
    parser.add_argument("--limit", type=int, default=0, help="images of each set (default: all)")
    parser.add_argument("--sets", nargs="+", choices=list(GROSS), help="instead of all that are present")
    parser.add_argument("--chains", nargs="+", help='instead of all: "stage,stage stage.field=value", or the name of a peer')
    parser.add_argument("--jobs", type=int, default=1, help="chains at a time")
    parser.add_argument("--keep", type=Path, help="file of results: what it holds is not run again, what is new is added")
    return parser.parse_args()


def engines() -> list[str]:
    """`rigid` with each metric and optimizer that go together."""
    return [
        f"rigid rigid.metric={metric} rigid.optimizer={optimizer}"
        for metric in METRICS
        for optimizer in OPTIMIZERS
        if optimizer != "gauss-newton" or METRICS[metric].has_curvature
    ]


def compare(name: str, chains: Sequence[str], options: argparse.Namespace) -> None:
    """Print the table of one set, a line as soon as it is known."""
    for chain in chains:
        if chain not in PEERS:
            check(chain)
    kept: dict[str, Rows] = json.loads(options.keep.read_text()) if options.keep and options.keep.exists() else {}
    keys = {chain: f"{name} {options.limit} {chain}" for chain in chains}
    print(f"\n{name}\n\n{HEADER}", flush=True)
    with ThreadPoolExecutor(options.jobs) as pool:
        results = pool.map(lambda chain: kept.get(keys[chain]) or run(chain, name, options.limit), chains)
        for chain, rows in zip(chains, results, strict=True):
            print(line(chain, rows, GROSS[name]), flush=True)
            kept[keys[chain]] = rows
            if options.keep:
                options.keep.write_text(json.dumps(kept))
    if options.kinds and name == "backs":
        print_kinds({chain: kept[keys[chain]] for chain in chains})


def check(chain: str) -> None:
    """Refuse a chain that makes no sense before anything runs."""
    try:
        parse_chain(chain)
    except ConfigError as error:
        raise SystemExit(f"{chain}: {error}") from error


def run(chain: str, name: str, limit: int) -> Rows:
    """The results of one chain on one set, in a process of its own; none where a peer is not installed."""
    if chain in PEERS and not PEERS[chain].is_installed:
        return []
    command = [sys.executable, str(Path(__file__).parent / "run_chain.py"), chain, name, str(limit)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=os.environ | ONE_THREAD, check=True)
    # a peer may print lines of its own
    return [json.loads(text) for text in done.stdout.splitlines() if text.startswith("{")]


def line(chain: str, rows: Rows, gross: float) -> str:
    """The line of a chain."""
    if not rows:
        return f"| {chain} | not installed |" + " |" * 7
    midline = column(rows, "midline_mm")
    cells = [
        number(np.median(midline)),
        # of the values themselves: between a number and infinity there is nothing to interpolate
        number(np.quantile(midline, 0.9, method="higher")),
        str(int((midline > gross).sum())),
        str(sum(bool(row["failed"]) for row in rows)),
        number(np.median(column(rows, "partner_mm"))) if any(row.get("partner_mm") is not None for row in rows) else "",
        number(np.median(column(rows, "inverse_mm"))),
        f"{np.median([row['warps'] for row in rows if not row['failed']] or [np.nan]):.0f}",
        f"{rows[0]['peak_mb']:.0f}",
    ]
    return f"| {chain} | {' | '.join(cells)} |"


def print_kinds(results: Mapping[str, Rows]) -> None:
    """Print the medians for each kind of back, the first part of a case's name."""
    kinds = sorted({kind_of(row) for rows in results.values() for row in rows})
    print(f"\nMidline / partners in mm, medians\n\n| chain | {' | '.join(kinds)} |\n|---|{'---:|' * len(kinds)}")
    for chain, rows in results.items():
        if rows:
            parts = [[row for row in rows if kind_of(row) == kind] for kind in kinds]
            cells = [" / ".join(number(np.median(column(part, name))) for name in ("midline_mm", "partner_mm")) for part in parts]
            print(f"| {chain} | {' | '.join(cells)} |")


def kind_of(row: Mapping[str, Any]) -> str:
    return str(row["case"]).rsplit("_", 1)[0]


def column(rows: Rows, name: str) -> np.ndarray:
    """One number an image, infinite where there is none."""
    return np.array([np.inf if row.get(name) is None else row[name] for row in rows])


def number(value: float) -> str:
    """Two digits or three, and a dash for what is infinite."""
    return "–" if not np.isfinite(value) else f"{value:.0f}" if value >= 99.5 else f"{value:.2g}" if value >= 10 else f"{value:.2f}"


if __name__ == "__main__":
    main()
