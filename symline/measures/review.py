"""Whether a person should look at a result."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from symline.measures.profile import Profile
from symline.model.image import FloatArray
from symline.model.parameters import Parameters, parameter
from symline.model.refinement import Refinement
from symline.transforms.straightening import Straightening


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewLimits(Parameters):
    """Limits beyond which a result is marked `review`."""

    ambiguity: float = parameter(0.7, 0.0, 1.0, "how close the runner-up may come to the best path")
    symmetry: float = parameter(0.3, -1.0, 1.0, "lowest median symmetry of the levels")
    outer_symmetry: float = parameter(0.2, -1.0, 1.0, "lowest median symmetry of the outer parts of the levels")
    overlap: float = parameter(0.3, 0.0, 1.0, "lowest mean share of pairs that lie on the back")
    band: float = parameter(0.022, 0.0, 1.0, "largest standard deviation of the line that three quarters of the levels may have, in L")
    ends: float = parameter(0.033, 0.0, 1.0, "the same, that nine tenths of the levels may have: an end may be anywhere")
    doubt: float = parameter(0.07, 0.0, 10.0, "as ends, of a deviation that counts for more, the more the line bends or its sides differ")


#: Unevenness of the sides, and bend of the line in radians, that each speak as much against a line as it must always stand.
_UNEVEN, _BENT = 0.1, math.radians(10)


def review(
    limits: ReviewLimits, refinements: list[Refinement], straightening: Straightening, profile: Profile, sd: FloatArray
) -> tuple[str, ...]:
    """The codes of what speaks against a result; none if all is well.

    Parameters
    ----------
    straightening, profile, sd
        The line, how symmetric the back is at its nodes, and their standard deviation, in L, NaN where it is unknown.
    """
    ambiguity = max((each.ambiguity for each in refinements if each.ambiguity is not None), default=0.0)
    symmetry, outer = (known[np.isfinite(known)] for known in (profile.symmetry, profile.outer))
    band, of_ends = (float(np.quantile(sd, share)) for share in (0.75, 0.9))
    is_wide = not (band <= limits.band and of_ends <= limits.ends)
    # Relief alone may fit a wrong line well where much of the back is missing, or a hump lies on one side: then the line bends, or leaves
    # more of the back on one side. It may do so at one end alone.
    against = 1 + float(np.quantile(profile.unevenness, 0.75)) / _UNEVEN + (_bend(straightening) / _BENT) ** 2
    found = {
        "ambiguous_axis": ambiguity > limits.ambiguity,
        "little_overlap": profile.overlap.mean() < limits.overlap,
        # a strap or a seam is symmetric about its own middle: then only what lies farther out tells that this is not the back's
        "low_symmetry": not symmetry.size
        or np.median(symmetry) < limits.symmetry
        or bool(outer.size and np.median(outer) < limits.outer_symmetry),
        "not_converged": not all(each.trace.converged for each in refinements),
        "unlikely_line": not is_wide and of_ends * against > limits.doubt,
        "wide_band": is_wide,
    }
    return tuple(code for code, holds in found.items() if holds)


def _bend(straightening: Straightening) -> float:
    """The largest angle between two parts of the line."""
    steps = np.diff(straightening.nodes, axis=0)
    return float(np.ptp(np.arctan2(steps[:, 1], steps[:, 0])))
