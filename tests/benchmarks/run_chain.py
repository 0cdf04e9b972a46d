"""Run one chain of stages, or one peer, on the images of one set, and print a JSON line for each.

python tests/benchmarks/run_chain.py CHAIN SET [LIMIT]

A chain is what `--stages` takes, then overrides as in `--set`: "masked-translation,flow flow.method=tvl1". A process runs one chain
only, so that its peak memory is that of the chain; `methods.py` starts it with one thread.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy import ndimage

sys.path.insert(0, str(Path(__file__).parents[2]))

from symline.config import Config
from symline.errors import RegistrationError
from symline.measures.partners import find_partners, inverse_consistency
from symline.measures.profile import measure_profile
from symline.measures.tracing import trace_midline
from symline.model.image import Image
from symline.model.midline import Midline
from symline.model.mirror import MirrorMap
from symline.model.pair import Pair
from symline.pipeline import register
from symline.stages.prepare import prepare
from symline.transforms.midpoints import straighten
from tests.benchmarks.cases import Case, find_cases, load_case, midline_error, partner_error
from tests.benchmarks.peers import PEERS, Peer

#: Warps timed before each image, of which the median counts.
WARPS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What a method found in an image."""

    pair: Pair
    mirror: MirrorMap
    midline: Midline
    inconsistency: np.ndarray


Method = Callable[[Image], Found]


def main(chain: str, name: str, limit: str = "0") -> None:
    """Print the lines."""
    method = make_method(chain)
    paths = find_cases(name, int(limit))
    # the first run also imports what the chain needs, so it tells the memory but not the time
    measure(method, load_case(paths[0]))
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
    for path in paths:
        print(json.dumps({"case": path.stem, "peak_mb": peak, **measure(method, load_case(path))}), flush=True)


def make_method(chain: str) -> Method:
    """The method that a chain, or the name of a peer, stands for; raises `ConfigError` where it makes no sense."""
    if chain in PEERS:
        return lambda image: run_peer(image, PEERS[chain])
    config = parse_chain(chain)
    return lambda image: run_chain(image, config)


def parse_chain(chain: str) -> Config:
    """The configuration of "stage,stage stage.field=value ..."."""
    stages, *settings = chain.split()
    tables: dict[str, Any] = {"stages": stages.split(",")}
    for setting in settings:
        place, value = setting.split("=", 1)
        stage, name = place.split(".")
        tables.setdefault(stage, {})[name] = _parse(value)
    return Config.from_dict(tables)


def run_chain(image: Image, config: Config) -> Found:
    """The whole registration, as `symline register` does it."""
    analysis = register(image, config)
    if analysis.registration is None or analysis.midline is None:
        raise RegistrationError(analysis.message, analysis.reasons[0])
    registration = analysis.registration
    return Found(registration.pair, registration.steps[-1].transform, analysis.midline, registration.inconsistency)


def run_peer(image: Image, peer: Peer) -> Found:
    """The same around the map of a peer: the same preparation, midpoints, line and maps of every pixel."""
    pair = prepare(image)
    mirror = peer(pair)
    straightening = straighten(mirror, pair)
    profile = measure_profile(pair, straightening)
    midline = trace_midline(image, pair, straightening, profile, np.zeros(len(straightening.nodes)))
    _, returns = find_partners(image, pair, mirror)
    return Found(pair, mirror, midline, inverse_consistency(image, returns))


def measure(method: Method, case: Case) -> dict[str, float | str | None]:
    """Errors in mm, and the processor's time in warps of the same image."""
    warp = warp_seconds(case.image)
    began = time.process_time()
    try:
        found = method(case.image)
    except RegistrationError as error:
        return {"failed": str(error)}
    taken = time.process_time() - began
    known = found.inconsistency[np.isfinite(found.inconsistency)]
    return {
        "failed": "",
        "midline_mm": midline_error(case, found.midline),
        "partner_mm": partner_error(case, found.pair, found.mirror),
        "inverse_mm": float(np.median(known)) if known.size else float("inf"),
        "seconds": taken,
        "warps": taken / warp,
    }


def warp_seconds(image: Image) -> float:
    """Processor's time of one bilinear warp of the image by a smooth displacement."""
    noise = np.random.default_rng(0).normal(size=(2, *image.shape))
    points = np.indices(image.shape) + ndimage.gaussian_filter(noise, (0, 20, 20)) * 100
    taken = []
    for _ in range(WARPS):
        began = time.process_time()
        ndimage.map_coordinates(image.values, points, order=1)
        taken.append(time.process_time() - began)
    return float(np.median(taken))


def _parse(value: str) -> Any:
    try:
        return tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return value


if __name__ == "__main__":
    main(*sys.argv[1:])
