"""The part of the midline that is measured, and its division into equal levels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from symline.measures.settings import ScoreSettings
from symline.model.image import FloatArray
from symline.model.midline import Midline
from symline.model.pair import Pair
from symline.transforms.straightening import Straightening


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the midline.

    Parameters
    ----------
    first, last
        Where it begins and ends: s of the straightened coordinates, in units of L.
    """

    first: float
    last: float

    @classmethod
    def of(cls, pair: Pair, curve: Straightening, midline: Midline, settings: ScoreSettings) -> Span:
        """The part between the rows of the settings, or the whole midline; so too where the rows are not on it."""
        ends = midline.rows[[0, -1]]
        given = np.array([settings.top_row, settings.bottom_row])
        rows = np.clip(np.where(given >= 0, given, ends), *ends)
        if rows[1] <= rows[0]:
            rows = ends
        points = np.stack([rows, np.interp(rows, midline.rows, midline.cols)], axis=-1)
        s = curve.locate(pair.from_image(points))[:, 0]
        first, last = np.where(np.isfinite(s), s, (0.0, curve.arc[-1]))
        return cls(float(first), float(last)) if last > first else cls(0.0, float(curve.arc[-1]))

    def number(self, s: FloatArray, count: int) -> npt.NDArray[np.intp]:
        """In which of `count` equal levels, from 0 at the top, each s lies; -1 where in none."""
        share = (np.nan_to_num(s, nan=-np.inf, neginf=-1e6) - self.first) / (self.last - self.first)
        inside = (share >= 0) & (share <= 1)
        return np.where(inside, np.minimum(share * count, count - 1), -1).astype(np.intp)

    def edges(self, count: int) -> FloatArray:
        """Ends of `count` equal levels, s in units of L, shape (count + 1,)."""
        return np.linspace(self.first, self.last, count + 1)
