"""The pipeline: from an image to the whole answer. No files, no clock."""

from __future__ import annotations

from functools import reduce

import numpy as np

from symline.config import Config
from symline.errors import RegistrationError
from symline.measures.levels import measure_levels
from symline.measures.review import review
from symline.measures.tracing import straight_axis, trace_midline
from symline.measures.uncertainty import deviation
from symline.model.analysis import Analysis, Status
from symline.model.image import Image
from symline.model.midline import Midline
from symline.model.pair import Pair
from symline.model.refinement import Refinement
from symline.model.straightening import Straightening
from symline.stages import Stage
from symline.stages.prepare import prepare


def analyse(image: Image, config: Config | None = None) -> Analysis:
    """Find the midline of a back.

    Parameters
    ----------
    image
        The curvature image.
    config
        How; default: the default configuration.

    Returns
    -------
    Analysis
        Where nothing usable can be found its status is `failed`, with a reason and a message; this raises nothing.
    """
    config = config or Config()
    try:
        return _analyse(image, config)
    except RegistrationError as error:
        return Analysis(Status.FAILED, (error.reason,), message=str(error))


def register(pair: Pair, stages: tuple[Stage, ...]) -> list[Refinement]:
    """Run stages one after the other, each from the map of the one before; the first starts from the vertical axis."""

    def extend(done: list[Refinement], stage: Stage) -> list[Refinement]:
        return [*done, stage(pair, done[-1].transform)]

    return reduce(extend, stages, [Refinement(_vertical(pair))])[1:]


def _analyse(image: Image, config: Config) -> Analysis:
    pair = prepare(image)
    refinements = register(pair, (config.path, config.curve))
    found = refinements[-1]
    levels = measure_levels(pair, found.transform)
    sd = np.full(len(found.transform.nodes), np.nan) if found.sd is None else deviation(found.sd, levels)
    midline = trace_midline(image, pair, found.transform, levels, sd)
    reasons = review(config.review, refinements, levels, sd)
    return Analysis(
        status=Status.REVIEW if reasons else Status.OK,
        reasons=reasons,
        midline=midline,
        axis=straight_axis(midline),
        measures=_measures(midline),
    )


def _vertical(pair: Pair) -> Straightening:
    """The vertical axis through the middle of the grid."""
    half = pair.middle[0] / pair.resolution
    return Straightening(np.array([[-half, 0.0], [half, 0.0]]), np.zeros(2))


def _measures(midline: Midline) -> dict[str, float | None]:
    symmetry = midline.symmetry[np.isfinite(midline.symmetry)]
    length = float(midline.arc[-1])
    return {
        "length_mm": length if midline.spacing else None,
        "length_px": float(np.hypot(*np.diff(midline.points, axis=0).T).sum()),
        "symmetry": float(symmetry.mean()) if symmetry.size else None,
    }
