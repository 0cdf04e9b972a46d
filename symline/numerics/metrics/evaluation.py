"""What every metric is and returns: a value that is lower where two images fit better, and how it changes with one of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from symline.model.image import FloatArray

#: Below this variance an image is constant, and correlates with nothing.
FLAT = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """A metric at one pair of images.

    Parameters
    ----------
    value
        Lower is better.
    gradient
        How the value changes with each pixel of the moved image, shape (rows, cols); 0 where a pixel has no weight.
    curvature
        Diagonal of the Gauss-Newton approximation of the second derivative, shape (rows, cols), never negative;
        None for metrics that are no sum of squares.
    """

    value: float
    gradient: FloatArray
    curvature: FloatArray | None = None


@dataclass(frozen=True, slots=True)
class Metric(ABC):
    """How well two images of one shape fit. Calling it compares them; the fixed image and the weights count as constant."""

    #: Author, year, doi.
    source: ClassVar[str]
    #: Whether its evaluations have a curvature, which Gauss-Newton needs.
    has_curvature: ClassVar[bool] = True

    def prepared(self, fixed: FloatArray, moving: FloatArray, weights: FloatArray) -> Self:  # noqa: ARG002
        """The metric with all that it takes from the whole images settled, so that values of one level can be compared."""
        return self

    def __call__(self, fixed: FloatArray, moved: FloatArray, weights: FloatArray) -> Evaluation:
        """Compare two images.

        Parameters
        ----------
        fixed, moved
            Shape (rows, cols).
        weights
            How much each pixel counts, in [0, 1], same shape; where it is 0 the images may hold anything, NaN included.
        """
        counted = weights > 0
        return self.compare(*(np.where(counted, image, 0).astype(np.float64) for image in (fixed, moved, weights)))

    @abstractmethod
    def compare(self, fixed: FloatArray, moved: FloatArray, weights: FloatArray) -> Evaluation:
        """Compare two images that are 0 wherever the weights are, all float64."""


def weighted_moments(values: FloatArray, weights: FloatArray) -> tuple[FloatArray, float]:
    """Deviations from the weighted mean, shape of `values`, and their weighted variance."""
    total = max(float(weights.sum()), 1e-12)
    deviation = values - float((weights * values).sum()) / total
    return deviation, float((weights * deviation**2).sum()) / total
