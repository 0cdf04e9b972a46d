"""The pipeline: from an image to the whole answer. No files, no clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, reduce
from itertools import dropwhile
from typing import NamedTuple

import numpy as np

from symline.config import Config
from symline.errors import RegistrationError
from symline.measures.line import measure_length
from symline.measures.partners import find_partners, inverse_consistency
from symline.measures.profile import Profile, measure_profile
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
from symline.transforms.given import from_line, require_line
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
        Where nothing usable can be found its status is `failed`, with a reason and a message.

    Raises
    ------
    ConfigError
        The first stage needs a line to start from.
    """
    return Study(image, config).analyse()


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
    InputError
        The line is many times as long as its ends are apart.
    """
    return Study(image, config, line).register()


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
    ConfigError, InputError
        As `register` does; also where a row from which the line is to be measured is not on it.
    """
    return Study(image, config, line).score()


class Study:
    """One image under one configuration: the three answers, whose common parts are computed once, when the first of them needs them.

    Parameters
    ----------
    image, config, line
        As for `register`; a `line` is what `analyse` starts from, too.
    """

    def __init__(self, image: Image, config: Config | None = None, line: Line | None = None) -> None:
        _require_kind(image, Image, "symline.Image(array)")
        if config is not None:
            _require_kind(config, Config, "symline.Config.from_dict(tables)")
        if line is not None:
            _require_kind(line, Line, "symline.Line(points)")
        self.image = image
        self.config = config or Config()
        if line is not None:
            require_line(line, image.shape, image.name)
        self._line = line

    def analyse(self) -> Analysis:
        """As the function `analyse`."""
        return _or_failed(lambda: self._conclude(self._refinements))

    def register(self) -> Analysis:
        """As the function `register`."""
        return _or_failed(lambda: self._registered)

    def score(self) -> Analysis:
        """As the function `score`."""
        return _or_failed(lambda: self._registered.with_score(self._measure()))

    @cached_property
    def _pair(self) -> Pair:
        return prepare(self.image)

    @cached_property
    def _refinements(self) -> list[Refinement]:
        """The start, and what each stage made of it that has a say in the midline."""
        check_start(self.config.stages[0], has_line=self._line is not None)
        start = None if self._line is None else from_line(self._line, self._pair)
        return refine(self._pair, _of_midline(self.config.chain), start)

    @cached_property
    def _found(self) -> _Found:
        found = self._refinements[-1]
        straightening = straighten(found.transform, self._pair)
        profile = measure_profile(self._pair, straightening)
        # a stage that knows how sure it is did all that it could; of all others' lines the back is asked
        posterior, step = (found.sd, 0.0) if found.sd is not None else self.config["curve"].doubt(self._pair, straightening)
        sd = deviation(posterior, profile, step)
        return _Found(straightening, profile, sd, trace_midline(self.image, self._pair, straightening, profile, sd))

    @cached_property
    def _registered(self) -> Analysis:
        rest = self.config.chain[len(self._refinements) - 1 :]
        refinements = [*self._refinements, *refine(self._pair, rest, self._refinements[-1].transform)[1:]]
        analysis = self._conclude(refinements)
        partners, returns = find_partners(self.image, self._pair, refinements[-1].transform)
        return analysis.with_registration(Registration(self._pair, tuple(refinements), partners, inverse_consistency(self.image, returns)))

    def _conclude(self, refinements: list[Refinement]) -> Analysis:
        """The midline, judged by all stages that ran."""
        straightening, profile, sd, midline = self._found
        reasons = review(self.config["review"], refinements, straightening, profile, sd)
        return Analysis(
            status=Status.REVIEW if reasons else Status.OK,
            reasons=reasons,
            midline=midline,
            axis=straight_axis(midline),
            measures=_measures(midline, self.config["score"]),
        )

    def _measure(self) -> Score:
        analysis = self._registered
        assert analysis.registration is not None
        assert analysis.midline is not None
        assert analysis.axis is not None
        self.config["score"].require_inside(analysis.midline, self.image.name)
        subject = Subject(self.image, analysis.registration, self._found.straightening, analysis.midline, analysis.axis)
        score = score_back(subject, self.config["score"])
        return replace(score, missing={**explain_missing(analysis.measures), **score.missing})


def _require_kind(value: object, kind: type, maker: str) -> None:
    """Say of a bare array or dictionary how to make what is needed of it, before its first missing attribute says so."""
    if not isinstance(value, kind):
        raise TypeError(f"symline.{kind.__name__} is needed, not {type(value).__name__}; {maker} makes one")


class _Found(NamedTuple):
    """A curve, its profile, the standard deviation of its nodes, and the line in the image."""

    straightening: Straightening
    profile: Profile
    sd: FloatArray
    midline: Midline


def _or_failed(answer: Callable[[], Analysis]) -> Analysis:
    """The answer, or that there is none."""
    try:
        return answer()
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


def _measures(midline: Midline, settings: ScoreSettings) -> dict[str, float | None]:
    symmetry = midline.symmetry[np.isfinite(midline.symmetry)]
    return measure_length(midline, *settings.rows) | {"symmetry_levels_mean": float(symmetry.mean()) if symmetry.size else None}
