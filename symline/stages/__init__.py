"""The stages of the pipeline, one a file: each takes a pair and a mirror map to start from, and returns a better one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from importlib import import_module
from itertools import pairwise

from symline.errors import ConfigError
from symline.model.mirror import Kind
from symline.stages.stage import Stage

#: Name in configurations and results -> module and class, in the order in which they are listed.
_HOMES = {
    "path": "path.PathSearch",
    "curve": "curve.CurveRefinement",
    "elastic": "elastic.ElasticRefinement",
    "moments": "moments.Moments",
    "masked-translation": "masked_translation.MaskedTranslation",
    "keypoints": "keypoints.Keypoints",
    "furrow": "furrow.FurrowSearch",
    "translation": "parametric.Translation",
    "rotation": "parametric.Rotation",
    "rigid": "parametric.Rigid",
    "similarity": "parametric.Similarity",
    "affine": "parametric.AffineStage",
    "bspline": "bspline.FreeForm",
    "blocks": "blocks.BlockMatching",
    "flow": "flow.OpticalFlow",
    "diffeomorphic": "diffeomorphic.Diffeomorphic",
}


class _Stages(Mapping[str, type[Stage]]):
    """The stages by name; each is imported when it is asked for, since few of them run and the command line must start fast."""

    def __getitem__(self, name: str) -> type[Stage]:
        module, kind = _HOMES[name].split(".")
        stage: type[Stage] = getattr(import_module(f"{__name__}.{module}"), kind)
        return stage

    def __iter__(self) -> Iterator[str]:
        return iter(_HOMES)

    def __len__(self) -> int:
        return len(_HOMES)

    def __contains__(self, name: object) -> bool:
        return name in _HOMES


#: Name -> class.
STAGES: Mapping[str, type[Stage]] = _Stages()

#: What a map of each kind is, for people.
IN_WORDS = {Kind.STRAIGHT: "a straight axis", Kind.CURVED: "a curved line", Kind.DENSE: "a dense displacement"}


def check_chain(names: Sequence[str]) -> None:
    """Refuse a chain of stages that makes no sense.

    Raises
    ------
    ConfigError
        A stage is unknown, or would throw away what the one before it found.
    """
    if not names:
        raise ConfigError(f"stages: none is given; at least one is needed, of {', '.join(STAGES)}")
    for name in names:
        if name not in STAGES:
            nearest = get_close_matches(name, STAGES, n=1, cutoff=0.5)
            hint = f"did you mean {nearest[0]}?" if nearest else f"known are {', '.join(STAGES)}"
            raise ConfigError(f"stages: {name!r} is unknown; {hint}")
    for before, after in pairwise(names):
        _check_step(before, after)


def check_start(first: str, *, has_line: bool) -> None:
    """Refuse a first stage that makes no sense with, or without, a line that somebody gives.

    Raises
    ------
    ConfigError
        The line would be thrown away, or there is none where one is needed.
    """
    stage = STAGES[first]
    if not has_line:
        if stage.keeps_midline:
            raise ConfigError(f"stages: {first} keeps the midline it starts from, and there is none; put a stage that finds one first")
    elif stage.is_fresh:
        raise ConfigError(f"stages: {first} searches on its own, so the midline given would be lost; leave out {first}, or the midline")
    elif stage.takes < Kind.CURVED:
        raise ConfigError(
            f"stages: the midline given is {IN_WORDS[Kind.CURVED]}, and {first} starts from {IN_WORDS[stage.takes]} at most, so the rest "
            f"would be lost; leave out {first}, or the midline"
        )


def _check_step(before: str, after: str) -> None:
    given, stage = STAGES[before].holds, STAGES[after]
    if stage.is_fresh:
        raise ConfigError(f"stages: {after} searches on its own, so what {before} finds would be lost; put {after} first, or leave one out")
    if given > stage.takes:
        raise ConfigError(
            f"stages: {before} gives {IN_WORDS[given]}, and {after} starts from {IN_WORDS[stage.takes]} at most, so the rest would be "
            f"lost; put {after} before {before}, or leave one out"
        )
