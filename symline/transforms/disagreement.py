"""How badly a straight map fits: the metric by which stages that search for an axis tell whether they found a better one."""

from __future__ import annotations

import numpy as np

from symline.model.mirror import MirrorMap
from symline.model.pair import Pair
from symline.numerics.masked_correlation import masked_correlation
from symline.transforms.moving import see

#: Power of the overlap by which a correlation counts: enough that small flat overlaps do not win, and no more, since how much of a
#: back that is cut off overlaps says nothing about its axis.
OVERLAP_POWER = 0.5


def disagreement(pair: Pair, mirror: MirrorMap) -> float:
    """How badly a back agrees with itself as seen in a mirror map, lower is better.

    Returns
    -------
    float
        1 less the masked correlation times the root of the share of the back that has its partner on it; in [0, 2].
    """
    moving, coverage = see(pair, mirror)
    weights = pair.coverage * coverage
    overlap = float(weights.sum(dtype=np.float64) / max(pair.coverage.sum(dtype=np.float64), 1e-12))
    return 1 - masked_correlation(pair.fixed, moving, weights) * float(overlap**OVERLAP_POWER)
