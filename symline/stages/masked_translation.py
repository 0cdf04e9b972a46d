"""Where is the straight axis? Every shift at once by masked correlation through the Fourier domain, for a fan of directions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from symline.errors import RegistrationError
from symline.model.mirror import Kind, MirrorMap
from symline.model.pair import Pair
from symline.model.parameters import parameter
from symline.model.refinement import Refinement, Trace
from symline.numerics.masked_correlation import Shift, ShiftRules, ShiftSearch
from symline.stages.fan import fan
from symline.stages.stage import Stage
from symline.transforms.affine import Affine
from symline.transforms.copies import soften, without_rim
from symline.transforms.disagreement import disagreement
from symline.transforms.families import nearest_affine
from symline.transforms.moving import see

#: A metric that grew by less than this did not grow: a tenth of a working pixel of overlap.
_ROUNDING = 1e-3
#: Width of the rim that the refinement leaves out, in widths of its smoothing.
_RIM = 2.0
#: Share of the back that it needs.
_ENOUGH = 0.2
#: Rounds of the refinement on the working grid, how far they look for a better shift, in L, and by how much each narrows the angles.
_ROUNDS, _NEAR, _NARROWING = 4, 0.04, 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskedTranslation(Stage):
    """The shift, and the turn within a fan, at which the back correlates best with its mirror image: global, straight.

    Lengths are fractions of the back's size L, the square root of its area.
    """

    holds: ClassVar[Kind] = Kind.STRAIGHT
    takes: ClassVar[Kind] = Kind.STRAIGHT
    source: ClassVar[str] = "Padfield 2012, doi 10.1109/TIP.2011.2181402"

    largest_angle_deg: float = parameter(20.0, 0.0, 60.0, "largest turn of the axis to either side; 0 = shifts only")
    angle_step_deg: float = parameter(2.0, 0.25, 15.0, "spacing of the turns tried")
    largest_shift: float = parameter(0.6, 0.02, 2.0, "largest shift of the mirror image, in L")
    least_overlap: float = parameter(0.3, 0.05, 1.0, "least share of the back that the mirror image has to overlap")
    overlap_power: float = parameter(2.0, 0.0, 4.0, "power of the overlap that weights the correlation; 0 = no weight")
    flatness: float = parameter(0.03, 0.0, 1.0, "share of the variance added to the denominator, so that flat areas do not correlate")
    resolution: int = parameter(48, 16, 150, "grid pixels per L of the search")
    smoothing: tuple[float, ...] = parameter((0.02, 0.0067), 0.0, 0.1, "Gaussian smoothing of the search and of the refinement, in L")

    def __call__(self, pair: Pair, initial: MirrorMap) -> Refinement:
        """Search for the axis.

        Parameters
        ----------
        pair
            The back on the working grid.
        initial
            The map whose mirror image is shifted and turned.

        Raises
        ------
        RegistrationError
            Nowhere does the mirror image overlap the back enough.
        """
        start = nearest_affine(initial, pair)
        coarse = soften(pair, self.smoothing[0], self.resolution)
        fine = soften(pair, self.smoothing[-1])
        found, of_search = self._search(coarse, start)
        found, of_refinement = self._refine(_without_rim(fine, _RIM * self.smoothing[-1]), found)
        trace = Trace("masked-translation", (of_search, of_refinement))
        if disagreement(fine, found) > disagreement(fine, initial) + _ROUNDING:
            return Refinement(initial, trace.worse())
        return Refinement(found, trace)

    @property
    def turns(self) -> list[float]:
        """Turns of the axis that are tried, radians: from the middle of the fan outwards, so that of those as good the smallest is kept."""
        return sorted(fan(self.largest_angle_deg, self.angle_step_deg).tolist(), key=abs)

    def _search(self, pair: Pair, start: Affine) -> tuple[Affine, tuple[float, ...]]:
        """The best of all shifts and turns, and 1 - value of each turn that was better than those before it."""
        search = ShiftSearch(pair.fixed, pair.coverage, self._rules(self.largest_shift * pair.resolution))
        best, metric = start, [2.0]
        for turn in self.turns:
            turned = start @ _turn(pair, turn)
            match = search(*see(pair, turned))
            if match is not None and 1 - match.value < metric[-1]:
                best = _shifted(turned, pair, match)
                metric.append(1 - match.value)
        if len(metric) == 1:
            raise RegistrationError(
                f"nowhere does the mirror image overlap {self.least_overlap:.0%} of the back; start from an axis that is nearer, "
                "or lower masked-translation.least_overlap",
                "little_overlap",
            )
        return best, tuple(metric[1:])

    def _refine(self, pair: Pair, found: Affine) -> tuple[Affine, tuple[float, ...]]:
        """Shift, and turn by less and less, on the working grid; 1 - value of each round."""
        search = ShiftSearch(pair.fixed, pair.coverage, replace(self._rules(_NEAR * pair.resolution), overlap_power=0.0))
        step = np.deg2rad(self.angle_step_deg) / 2
        metric = []
        for _ in range(_ROUNDS):
            if self.largest_angle_deg > 0:
                found = self._turn_more(pair, search, found, step)
            match = search(*see(pair, found))
            if match is None:
                break
            found = _shifted(found, pair, match)
            metric.append(1 - match.value)
            step /= _NARROWING
        return found, tuple(metric) or (2.0,)

    def _turn_more(self, pair: Pair, search: ShiftSearch, found: Affine, step: float) -> Affine:
        """Turn to where the quadratic through the values of three turns is largest."""
        matches = [search(*see(pair, found @ _turn(pair, turn))) for turn in (-step, 0.0, step)]
        less, same, more = (-1.0 if match is None else match.value for match in matches)
        bend = less - 2 * same + more
        turn = step * float(np.clip((less - more) / (2 * bend), -1, 1)) if bend < 0 else step * float(np.sign(more - less))
        return found @ _turn(pair, turn)

    def _rules(self, largest_shift: float) -> ShiftRules:
        return ShiftRules(
            largest_shift=largest_shift, least_overlap=self.least_overlap, overlap_power=self.overlap_power, flatness=self.flatness
        )


def _without_rim(pair: Pair, width: float) -> Pair:
    """A pair without the rim of the back, where that leaves enough of it: small holes all over have their rims as well."""
    inner = without_rim(pair, width)
    return inner if inner.coverage.sum() > _ENOUGH * pair.coverage.sum() else pair


def _turn(pair: Pair, angle: float) -> Affine:
    """The turn about the centre of the back that turns the axis of a reflection before it by an angle, radians."""
    cos, sin = np.cos(2 * angle), np.sin(2 * angle)
    return Affine.about(pair.centroid, np.array([[cos, sin], [-sin, cos]]), np.zeros(2))


def _shifted(mirror: Affine, pair: Pair, match: Shift) -> Affine:
    return mirror @ Affine(np.eye(2), np.array(match.shift) / pair.resolution)
