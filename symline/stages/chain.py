"""Which stages may follow one another, and which may come first."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from symline.errors import ConfigError, suggest
from symline.model.mirror import Kind
from symline.stages import STAGES

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
            raise ConfigError(f"stages: {name!r} is unknown; {suggest(name, STAGES)}")
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
