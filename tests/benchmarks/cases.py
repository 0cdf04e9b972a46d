"""The images of the benchmarks, and how far a result is from what is known about them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

import symline
from symline.model.image import Image
from symline.model.midline import Midline
from symline.model.mirror import MirrorMap
from symline.model.pair import Pair

FloatArray = npt.NDArray[np.float64]

PROJECT = Path(__file__).parents[2]
#: Larger sets with known lines, kept beside the project; where they are absent, the samples are used.
DATA = PROJECT.parent / "shared" / "data"
#: Pixel size in mm of the samples that do not store it, as in their README.
SPACING = {"symmetric": 1.337, "thin": 1.314, "scoliosis": 1.432, "local": 1.5, "holes": 1.475}
#: Set -> error of the midline in mm beyond which it is gross.
GROSS = {"backs": 5.0, "samples": 5.0, "upright": 15.0, "bent": 15.0}
#: Degrees by which the known line of a bent patient leans at least.
BENT = 12.0
#: A line, or a map, that covers less of what is known than this counts as lost.
LEAST_COVERED, LEAST_PAIRS = 0.9, 0.8


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """An image and what is known about it.

    Parameters
    ----------
    image
        With its spacing.
    cols
        Column of the known line in px for every row, NaN where there is none, shape (rows,).
    pairs
        Known mirror partners (left row, left col, right row, right col) in px, shape (n, 4), or None.
    """

    image: Image
    cols: FloatArray
    pairs: FloatArray | None = None


def find_sets(*, with_patients: bool) -> list[str]:
    """Names of the sets that are there."""
    rendered = ["backs"] if (DATA / "backs").is_dir() else ["samples"]
    return rendered + (["upright", "bent"] if with_patients and (DATA / "patients").is_dir() else [])


def find_cases(name: str, limit: int = 0) -> list[Path]:
    """Files of a set, at most so many of them, evenly chosen; 0 = all."""
    if name == "samples":
        found = sorted([*(PROJECT / "sample_data").glob("*.npy"), *(PROJECT / "sample_data").glob("*.tif")])
    elif name == "backs":
        found = sorted((DATA / "backs").glob("*.npz"))
    else:
        found = [path for path in sorted((DATA / "patients").glob("*.npz")) if _is_bent(path) == (name == "bent")]
    return found[:: max(1, len(found) // limit)][:limit] if limit else found


def load_case(path: Path) -> Case:
    """Read an image of any set."""
    if path.suffix != ".npz":
        return _load_sample(path)
    with np.load(path) as stored:
        size = float(stored["mm_per_px" if "mm_per_px" in stored else "spacing_mm"])
        pairs = stored["pairs"][:, [1, 0, 3, 2]] if "pairs" in stored else None
        return Case(Image(stored["curvature"], spacing=(size, size), name=path.stem), stored["midline_x"], pairs)


def midline_error(case: Case, line: Midline) -> float:
    """Root mean square distance along the rows to the known line, mm; infinite where the line does not cover it."""
    known = np.flatnonzero(np.isfinite(case.cols))
    covered = known[(known >= line.rows[0] - 0.5) & (known <= line.rows[-1] + 0.5)]
    if len(covered) < LEAST_COVERED * len(known):
        return float("inf")
    error = (np.interp(covered, line.rows, line.cols) - case.cols[covered]) * line.scale[1]
    return float(np.sqrt((error**2).mean()))


def partner_error(case: Case, pair: Pair, mirror: MirrorMap) -> float | None:
    """Median distance to the known partners of the left points, mm; infinite where many have none, None where nothing is known.

    The map is asked at the points themselves, not at the nearest pixels, which alone would cost about 0.5 mm.
    """
    if case.pairs is None:
        return None
    found = pair.to_image(mirror.partners(pair.from_image(case.pairs[:, :2])))
    distance = np.hypot(*((found - case.pairs[:, 2:]) * (case.image.spacing or (1.0, 1.0))).T)
    known = np.isfinite(distance)
    return float(np.median(distance[known])) if known.mean() > LEAST_PAIRS else float("inf")


def _is_bent(path: Path) -> bool:
    with np.load(path) as stored:
        return abs(float(stored["tilt"])) >= BENT


def _load_sample(path: Path) -> Case:
    size = SPACING.get(path.stem)
    image = symline.read(path, spacing=size and (size, size))
    rows, known = np.loadtxt(PROJECT / "sample_data" / "truth" / f"{path.stem}.csv", delimiter=",", skiprows=1).T
    cols = np.full(image.shape[0], np.nan)
    cols[rows.astype(int)] = known
    return Case(image, cols)
