"""What a mirror registration found, beyond the midline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symline.model.image import FloatArray, freeze
from symline.model.pair import Pair
from symline.model.refinement import Refinement


@dataclass(frozen=True, slots=True, eq=False)
class Registration:
    """The mirror map of an image, and how it came about.

    Parameters
    ----------
    pair
        The back on the working grid, on which the stages worked.
    steps
        The map that the first stage started from, then the answer of each stage.
    partners
        (row, col) in px of each pixel's mirror partner; NaN where there is none; shape (2, rows, cols), float32.
    inconsistency
        Distance between each pixel and its partner's partner, in mm, or in px where the spacing is unknown; NaN where there is none;
        shape (rows, cols), float32. 0 for an involution; for other maps an estimate of their error that needs no truth.
    """

    pair: Pair
    steps: tuple[Refinement, ...]
    partners: FloatArray
    inconsistency: FloatArray

    def __post_init__(self) -> None:
        freeze(self, partners=self.partners, inconsistency=self.inconsistency)

    def inconsistency_quantile(self, share: float) -> float | None:
        """Quantile of the inverse-consistency error over the back, or None where no pixel has a partner."""
        known = self.inconsistency[np.isfinite(self.inconsistency)]
        return float(np.quantile(known, share)) if known.size else None
