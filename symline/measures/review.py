"""Whether a person should look at a result."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symline.measures.levels import Levels
from symline.model.image import FloatArray
from symline.model.parameters import Parameters, parameter
from symline.model.refinement import Refinement


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewLimits(Parameters):
    """Limits beyond which a result is marked `review`."""

    ambiguity: float = parameter(0.7, 0.0, 1.0, "how close the runner-up may come to the best path")
    symmetry: float = parameter(0.3, -1.0, 1.0, "lowest median symmetry of the levels")
    overlap: float = parameter(0.3, 0.0, 1.0, "lowest mean share of pairs that lie on the back")
    band: float = parameter(0.022, 0.0, 1.0, "largest standard deviation of the line that three quarters of the levels may have, in L")


def review(limits: ReviewLimits, refinements: list[Refinement], levels: Levels, sd: FloatArray) -> tuple[str, ...]:
    """The codes of what speaks against a result; none if all is well."""
    ambiguity = max((each.ambiguity for each in refinements if each.ambiguity is not None), default=0.0)
    symmetry = levels.symmetry[np.isfinite(levels.symmetry)]
    found = {
        "ambiguous_axis": ambiguity > limits.ambiguity,
        "little_overlap": levels.overlap.mean() < limits.overlap,
        "low_symmetry": not symmetry.size or np.median(symmetry) < limits.symmetry,
        "not_converged": not all(each.trace.converged for each in refinements),
        "wide_band": np.quantile(sd, 0.75) > limits.band,
    }
    return tuple(code for code, holds in found.items() if holds)
