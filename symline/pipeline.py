"""The pipeline: from an image to the whole answer. No files, no clock."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from itertools import dropwhile
from typing import NamedTuple

import numpy as np

from symline.config import Config
from symline.errors import RegistrationError
from symline.measures.levels import measure_levels
from symline.measures.line import measure_length
from symline.measures.partners import find_partners, inverse_consistency
from symline.measures.review import review
from symline.measures.scoring import Subject, explain_missing, score_back
from symline.measures.settings import ScoreSettings
from symline.measures.tracing import straight_axis, trace_midline
from symline.measures.uncertainty import deviation
from symline.model.analysis import Analysis, Status
from symline.model.image import FloatArray, Image
from symline.model.line import Line
from symline.model.midline import Midline
from symline.model.mirror import MirrorMap
from symline.model.pair import Pair
from symline.model.refinement import Refinement
from symline.model.registration import Registration
from symline.model.score import Score
from symline.stages.chain import check_start
from symline.stages.prepare import prepare
from symline.stages.stage import Stage
from symline.transforms.affine import Affine
from symline.transforms.given import from_line
from symline.transforms.midpoints import straighten
from symline.transforms.straightening import Straightening


def analyse(image: Image, config: Config | None = None) -> Analysis:
    """Find the midline of a back.

    Parameters
    ----------
    image
        The curvature image.
    config
        How; default: the default configuration. Stages at the end of its chain that keep the midline are left out.

    Returns
    -------
    Analysis
        Where nothing usable can be found its status is `failed`, with a reason and a message; this raises nothing.
    """
    config = config or Config()
    try:
        pair = prepare(image)
        refinements = refine(pair, _of_midline(config.chain))
        return _conclude(image, pair, refinements, _straighten(refinements[-1], pair), config)
    except RegistrationError as error:
        return Analysis(Status.FAILED, (error.reason,), message=str(error))


def register(image: Image, config: Config | None = None, line: Line | None = None) -> Analysis:
    """Register a back with its mirror image, by all stages of the chain.

    Parameters
    ----------
    image, config
        As for `analyse`.
    line
        A midline to start from, for chains whose first stage makes use of one; default: the vertical axis through the back's middle.

    Returns
    -------
    Analysis
        With its `registration`, unless it `failed`.

    Raises
    ------
    ConfigError
        The first stage would throw the line away, or needs one where there is none.
    """
    config = config or Config()
    try:
        return _register(image, config, line).analysis
    except RegistrationError as error:
        return Analysis(Status.FAILED, (error.reason,), message=str(error))


def score(image: Image, config: Config | None = None, line: Line | None = None) -> Analysis:
    """Register a back with its mirror image, and measure how symmetric it is, where it is not, and by how much.

    Parameters
    ----------
    image, config, line
        As for `register`.

    Returns
    -------
    Analysis
        With its `registration` and its `score`, unless it `failed`.

    Raises
    ------
    ConfigError
        As `register` does.
    """
    config = config or Config()
    try:
        found = _register(image, config, line)
        return found.analysis.with_score(_score(image, found, config["score"]))
    except RegistrationError as error:
        return Analysis(Status.FAILED, (error.reason,), message=str(error))


def refine(pair: Pair, stages: tuple[Stage, ...], start: MirrorMap | None = None) -> list[Refinement]:
    """Run stages one after the other, each from the map of the one before.

    Returns
    -------
    list
        The map that the first stage started from (default: the vertical axis through the middle), then the answer of each stage.
    """

    def extend(done: list[Refinement], stage: Stage) -> list[Refinement]:
        return [*done, stage(pair, done[-1].transform)]

    return reduce(extend, stages, [Refinement(start or Affine.reflection())])


def _of_midline(chain: tuple[Stage, ...]) -> tuple[Stage, ...]:
    """The chain without the stages at its end that change nothing about the midline."""
    return tuple(reversed([*dropwhile(lambda stage: stage.keeps_midline, reversed(chain))]))


class _Registered(NamedTuple):
    """A whole registration: the answer, and the curve it was traced from."""

    analysis: Analysis
    registration: Registration
    straightening: Straightening


def _register(image: Image, config: Config, line: Line | None) -> _Registered:
    check_start(config.stages[0], has_line=line is not None)
    pair = prepare(image)
    start = None if line is None else from_line(line, pair)
    refinements = refine(pair, config.chain, start)
    curve = _straighten(refinements[len(_of_midline(config.chain))], pair)
    analysis = _conclude(image, pair, refinements, curve, config)
    partners, returns = find_partners(image, pair, refinements[-1].transform)
    registration = Registration(pair, tuple(refinements), partners, inverse_consistency(image, returns))
    return _Registered(analysis.with_registration(registration), registration, curve.straightening)


def _score(image: Image, found: _Registered, settings: ScoreSettings) -> Score:
    midline, axis = found.analysis.midline, found.analysis.axis
    assert midline is not None
    assert axis is not None
    score = score_back(Subject(image, found.registration, found.straightening, midline, axis), settings)
    return replace(score, missing={**explain_missing(found.analysis.measures), **score.missing})


class _Straightened(NamedTuple):
    """A curve, and the standard deviation of its nodes where it is known."""

    straightening: Straightening
    posterior: FloatArray | None


def _conclude(image: Image, pair: Pair, refinements: list[Refinement], curve: _Straightened, config: Config) -> Analysis:
    straightening, posterior = curve
    levels = measure_levels(pair, straightening)
    sd = np.full(len(straightening.nodes), np.nan) if posterior is None else deviation(posterior, levels)
    midline = trace_midline(image, pair, straightening, levels, sd)
    reasons = review(config["review"], refinements, levels, sd)
    return Analysis(
        status=Status.REVIEW if reasons else Status.OK,
        reasons=reasons,
        midline=midline,
        axis=straight_axis(midline),
        measures=_measures(midline, config["score"]),
    )


def _straighten(found: Refinement, pair: Pair) -> _Straightened:
    """A map as a curve with pair directions."""
    if isinstance(found.transform, Straightening):
        return _Straightened(found.transform, found.sd)
    return _Straightened(*straighten(found.transform, pair))


def _measures(midline: Midline, settings: ScoreSettings) -> dict[str, float | None]:
    symmetry = midline.symmetry[np.isfinite(midline.symmetry)]
    return measure_length(midline, *settings.rows) | {"symmetry_levels_mean": float(symmetry.mean()) if symmetry.size else None}
