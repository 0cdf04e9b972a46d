"""Where is the axis? A volume of local symmetry, and the best path through it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from symline.errors import ConfigError, RegistrationError
from symline.model.image import BoolArray, FloatArray
from symline.model.mirror import Kind, MirrorMap
from symline.model.pair import Pair
from symline.model.parameters import parameter
from symline.model.refinement import Refinement, Trace
from symline.numerics.best_path import Path, best_path, best_value
from symline.numerics.sampling import resample
from symline.numerics.smoothing import smooth_masked
from symline.numerics.symmetry_volume import Window, symmetry_volume
from symline.stages.fan import fan
from symline.stages.stage import Stage
from symline.transforms.outline import bridge_gaps, carry_on, fill_notches
from symline.transforms.straightening import Straightening

#: What a path collects on each row must be more than this, root of a correlation; below, nothing is symmetric about anything.
_LEAST_GAIN = 0.02
#: How much a path gains by its length, beside its rows: 0 nothing, which loses slanted axes; 1 all, which finds some where there are none.
_LENGTH = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class PathSearch(Stage):
    """The path from top to bottom that collects the most local symmetry: a global search, curved.

    Lengths are fractions of the back's size L, the square root of its area.
    """

    holds: ClassVar[Kind] = Kind.CURVED
    takes: ClassVar[Kind] = Kind.DENSE
    is_fresh: ClassVar[bool] = True
    source: ClassVar[str] = "masked correlation: Padfield 2012, doi 10.1109/TIP.2011.2181402; dynamic programming: Bellman 1957"

    resolution: int = parameter(48, 24, 120, "grid pixels per L of the search")
    smoothing: float = parameter(0.014, 0.0, 0.1, "Gaussian smoothing before the comparison, in L")
    largest_angle_deg: float = parameter(65.0, 10.0, 80.0, "largest angle of the axis to the vertical")
    angle_step_deg: float = parameter(5.0, 1.0, 15.0, "spacing of the directions tried")
    half_widths: tuple[float, ...] = parameter((0.11, 0.19, 0.32), 0.03, 0.6, "how far to the sides the halves are compared, in L")
    silhouette: float = parameter(0.5, 0.1, 1.0, "how far to the sides the outlines are compared, in L")
    window: float = parameter(0.08, 0.01, 0.5, "Gaussian window along the axis, in L")
    flatness: float = parameter(0.03, 1e-4, 1.0, "share of the variance added to the denominator, so that flat areas score 0")
    turn_price: float = parameter(0.03, 0.0, 1.0, "price of turning by one radian, in L of perfect symmetry")
    slip_price: float = parameter(0.6, 0.0, 20.0, "price of slipping sideways without turning, in L of perfect symmetry for each L")
    softness: float = parameter(
        0.006, 1e-4, 0.1, "places beside the path that collect less by this count 1 / e of it, in L of perfect symmetry"
    )
    clearance: float = parameter(0.12, 0.02, 0.5, "how far from the path places beside it count, and a rival must stay, in L")

    def _check(self) -> None:
        if len(self.angles) < 3:
            raise ConfigError(
                f"angle_step_deg: {self.angle_step_deg:g} is more than the largest angle, {self.largest_angle_deg:g}; "
                "several directions are needed"
            )

    def __call__(self, pair: Pair, initial: MirrorMap) -> Refinement:  # noqa: ARG002
        """Find the axis.

        Parameters
        ----------
        pair
            The back on the working grid.
        initial
            Not used: the search is global.

        Raises
        ------
        RegistrationError
            Nothing in the image is symmetric about anything.
        """
        values, coverage, step = self._reduce(pair)
        angles = self.angles
        whole = bridge_gaps(coverage, self.resolution)
        inside = fill_notches(whole, self.resolution) > 0.5
        # beyond where it was cut, the back was not seen either
        wider, added = carry_on(whole, self._window.silhouette)
        sides = ((0, 0), added)
        volume = symmetry_volume(np.pad(values, sides), np.pad(coverage, sides), wider, np.pad(inside, sides), angles, self._window)
        volume = volume[:, :, added[0] : added[0] + inside.shape[1]]
        # The square root rewards a path that is fairly symmetric all along over one that is perfect in a few places;
        # a slanted path crosses fewer rows for its length, and the cosine makes up for most of that.
        gain = np.sqrt(np.maximum(volume, 0)) / (np.cos(angles, dtype=np.float32) ** _LENGTH)[:, None, None]
        turn_price = self.turn_price * self.resolution
        clearance = self.clearance * self.resolution
        path = best_path(gain, angles, turn_price, self.slip_price, self.softness * self.resolution, clearance)
        if not path.value > _LEAST_GAIN * len(path.cols):
            raise RegistrationError("no line of mirror symmetry was found; the image shows too little of a back", "no_symmetry")
        rival = best_value(_without(gain, path, clearance), angles, turn_price, self.slip_price)
        ambiguity = float(np.clip(rival / path.value, 0, 1))
        trace = Trace("path", ((-path.value / len(path.cols),),))
        return Refinement(self._straightening(path, inside, pair, step), trace, ambiguity=ambiguity)

    @property
    def angles(self) -> FloatArray:
        """Directions of the axis that are tried, to the vertical, radians."""
        return fan(self.largest_angle_deg, self.angle_step_deg)

    @property
    def _window(self) -> Window:
        widths = tuple(sorted({max(1, round(width * self.resolution)) for width in self.half_widths}))
        return Window(widths, round(self.silhouette * self.resolution), self.window * self.resolution, self.flatness)

    def _reduce(self, pair: Pair) -> tuple[FloatArray, FloatArray, float]:
        """The smoothed image on a small grid, its coverage, and the size of its pixels in working pixels."""
        step = pair.resolution / self.resolution
        values, coverage = resample(pair.fixed * pair.coverage, pair.coverage, (step, step))
        return smooth_masked(values, coverage, self.smoothing * self.resolution), coverage, step

    def _straightening(self, path: Path, inside: BoolArray, pair: Pair, step: float) -> Straightening:
        """The path from where it enters the back to where it leaves it, in units of L."""
        rows, cols = inside.shape
        hits = np.flatnonzero(inside[np.arange(rows), np.rint(path.cols).astype(int)])
        if len(hits) < 4:
            raise RegistrationError("the most symmetric line hardly touches the back; the image shows too little of it", "little_overlap")
        part = slice(int(hits[0]), int(hits[-1]) + 1)
        points = np.stack([np.arange(rows) - (rows - 1) / 2, path.cols - (cols - 1) / 2], axis=1)
        return Straightening(points[part] * step / pair.resolution, path.angles[part])


def _without(gain: FloatArray, path: Path, clearance: float) -> FloatArray:
    """The volume without the neighbourhood of a path, so that a real rival can be found."""
    cols = np.arange(gain.shape[2])
    near = np.abs(cols - path.cols[:, None]) * np.cos(path.angles)[:, None] < clearance
    return np.where(near, 0, gain)
