"""How well two images fit: masked, with gradients, lower is better."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from types import MappingProxyType

from symline.numerics.metrics.evaluation import Metric
from symline.numerics.metrics.information import MutualInformation, NormalisedInformation
from symline.numerics.metrics.local import LocalCorrelation
from symline.numerics.metrics.pointwise import Correlation, SquaredDifferences

#: Name in configurations -> class, whose docstring and source describe it.
METRICS: Mapping[str, type[Metric]] = MappingProxyType(
    {
        "ssd": SquaredDifferences,
        "ncc": Correlation,
        "lncc": LocalCorrelation,
        "mi": MutualInformation,
        "nmi": NormalisedInformation,
    }
)


def make_metric(name: str, *, window: float, bins: int) -> Metric:
    """Make a metric of `METRICS` by its name.

    Parameters
    ----------
    window
        Of local metrics, in pixels.
    bins
        Of metrics of the joint histogram.
    """
    kind, known = METRICS[name], {"window": window, "bins": bins}
    taken = {each.name for each in fields(kind)}
    return kind(**{key: value for key, value in known.items() if key in taken})
