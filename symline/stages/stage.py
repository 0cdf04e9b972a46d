"""The contract of a stage."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from symline.model.mirror import Kind, MirrorMap
from symline.model.pair import Pair
from symline.model.parameters import Parameters
from symline.model.refinement import Refinement


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage(Parameters, ABC):
    """A step of the pipeline: takes a pair and a mirror map to start from, and returns a better one.

    A stage is deterministic, writes into nothing it was given, and never returns a map worse than the one it started from
    (else it returns that one, with `converged=False`). Its fields are its configuration.
    """

    #: What its result can hold.
    holds: ClassVar[Kind]
    #: The most that the map it starts from may hold; more would be lost.
    takes: ClassVar[Kind]
    #: Whether it searches on its own and does not use the map it is given.
    is_fresh: ClassVar[bool] = False
    #: Whether its result has the same midline as the map it started from.
    keeps_midline: ClassVar[bool] = False
    #: Author, year, doi.
    source: ClassVar[str]

    @abstractmethod
    def __call__(self, pair: Pair, initial: MirrorMap) -> Refinement:
        """Refine `initial` on a pair.

        Raises
        ------
        RegistrationError
            No usable map exists.
        """
