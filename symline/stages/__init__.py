"""The stages of the pipeline: each takes a pair and a map to start from, and returns a better one.

A stage is deterministic, writes into nothing it was given, and never returns a map worse than the one it started from.
It raises `RegistrationError` only where no usable map exists. Its fields are its configuration.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from symline.model.pair import Pair
from symline.model.parameters import Parameters
from symline.model.refinement import Refinement
from symline.model.straightening import Straightening
from symline.stages.curve import CurveRefinement
from symline.stages.path import PathSearch


class Stage(Protocol):
    """The contract of a stage."""

    def __call__(self, pair: Pair, initial: Straightening) -> Refinement:
        """Refine `initial` on a pair."""
        ...


#: Name in configurations and results -> class, in the order of the default pipeline.
STAGES: Mapping[str, type[Parameters]] = MappingProxyType({"path": PathSearch, "curve": CurveRefinement})
