"""Keypoints matched with those of the mirror image: each match is a pair of mirror partners, and most of them agree on an axis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import scipy

from symline.errors import RegistrationError
from symline.model.image import BoolArray, FloatArray
from symline.model.mirror import Kind, MirrorMap
from symline.model.pair import Pair
from symline.model.parameters import choice, parameter
from symline.model.refinement import Refinement, Trace
from symline.numerics.mirror_matches import DETECTORS, MatchRules, mirror_matches
from symline.stages.stage import Stage
from symline.transforms.copies import soften
from symline.transforms.fitted import Evidence, fit_straightening

#: Standardised values that become black and white.
_DARKEST, _BRIGHTEST = -4.0, 4.0
#: Offset of a midpoint from the smooth curve that is nobody's fault, in units of L: about a working pixel.
_OFFSET = 0.006


@dataclass(frozen=True, slots=True, kw_only=True)
class Keypoints(Stage):
    """A smooth curve through the midpoints of keypoints that are each other's mirror image, as far as they agree on an axis.

    Lengths are fractions of the back's size L, the square root of its area.
    """

    holds: ClassVar[Kind] = Kind.CURVED
    takes: ClassVar[Kind] = Kind.DENSE
    is_fresh: ClassVar[bool] = True
    source: ClassVar[str] = (
        "Loy & Eklundh 2006, doi 10.1007/11744047_39; SIFT: Lowe 2004, doi 10.1023/B:VISI.0000029664.99615.94; "
        "ORB: Rublee 2011, doi 10.1109/ICCV.2011.6126544; corners: Harris & Stephens 1988; "
        "RANSAC: Fischler & Bolles 1981, doi 10.1145/358669.358692"
    )

    detector: str = choice("sift", DETECTORS, "which keypoints")
    smoothing: float = parameter(0.01, 0.0, 0.1, "Gaussian smoothing of the back, in L")
    rim: float = parameter(0.04, 0.0, 0.3, "keypoints nearer than this to the outline are dropped, in L")
    closest: float = parameter(0.06, 0.0, 1.0, "least distance of partners, in L")
    farthest: float = parameter(1.0, 0.1, 3.0, "largest distance of partners, in L")
    largest_angle_deg: float = parameter(65.0, 5.0, 85.0, "largest angle of the axis to the vertical")
    turn_deg: float = parameter(30.0, 1.0, 180.0, "how far the keypoints' own directions may contradict those of mirror partners")
    stretch: float = parameter(1.5, 1.0, 10.0, "largest ratio of the keypoints' own sizes")
    tolerance: float = parameter(0.08, 0.005, 0.5, "how far partners may lie from where the straight axis puts them, in L")
    fewest: int = parameter(8, 3, 1000, "fewest pairs that have to agree")
    trials: int = parameter(500, 1, 100_000, "axes tried")
    seed: int = parameter(0, 0, 2**31, "of the axes tried")
    stiffness: float = parameter(0.1, 0.01, 1.0, "length over which the line is stiff, in L")

    def __call__(self, pair: Pair, initial: MirrorMap) -> Refinement:  # noqa: ARG002
        """Find pairs, and the curve midway between them.

        Parameters
        ----------
        pair
            The back on the working grid.
        initial
            Not used: the search is global.

        Raises
        ------
        RegistrationError
            Too few keypoints have a mirror partner, or too few of the pairs agree on an axis.
        """
        matches = self._match(pair)
        if len(matches) < self.fewest:
            raise self._too_few(f"only {len(matches)} keypoints have a mirror partner")
        axis, agree = self._axis(matches)
        count = int(np.count_nonzero(agree))
        if count < self.fewest:
            raise self._too_few(f"only {count} of {len(matches)} pairs of keypoints agree on an axis")
        left, right = matches[agree, :2], matches[agree, 2:]
        vectors = right - left
        distance = np.hypot(vectors[:, 0], vectors[:, 1])
        # partners far apart tell the direction better than the place
        angles = np.arctan2(-vectors[:, 0], vectors[:, 1])
        evidence = Evidence((left + right) / 2, np.ones(count), _OFFSET, angles, distance**2)
        found = fit_straightening(pair, evidence, axis.angle, self.stiffness)
        residual = np.minimum(axis.residuals(matches), self.tolerance) / self.tolerance
        return Refinement(found, Trace("keypoints", ((float(np.mean(residual)),),)))

    def _match(self, pair: Pair) -> FloatArray:
        """(row, col) of left and right partners, in units of L, shape (n, 4)."""
        softened = soften(pair, self.smoothing)
        grey = np.clip((softened.fixed.astype(np.float64) - _DARKEST) / (_BRIGHTEST - _DARKEST), 0, 1)
        matches = mirror_matches(grey, _far_inside(pair, self.rim), self.detector, self._rules(pair))
        return pair.from_grid(matches.reshape(-1, 2, 2)).reshape(-1, 4)

    def _rules(self, pair: Pair) -> MatchRules:
        return MatchRules(
            closest=self.closest * pair.resolution,
            farthest=self.farthest * pair.resolution,
            largest_angle=float(np.deg2rad(self.largest_angle_deg)),
            turn=float(np.deg2rad(self.turn_deg)),
            stretch=self.stretch,
        )

    def _axis(self, matches: FloatArray) -> tuple[_Axis, BoolArray]:
        """The straight axis that most pairs agree on, and which they are."""
        # imported here: it takes a while, and finding a midline does not need it
        from skimage import measure

        ransac: Any = measure.ransac  # not annotated
        # one pair makes an axis, so there always is one that agrees
        axis, agree = ransac(matches, _Axis, min_samples=1, residual_threshold=self.tolerance, max_trials=self.trials, rng=self.seed)
        return axis, np.asarray(agree, dtype=bool)

    def _too_few(self, found: str) -> RegistrationError:
        return RegistrationError(
            f"{found}; at least {self.fewest} are needed; use another detector, such as orb, or another stage, such as path", "no_symmetry"
        )


class _Axis:
    """A straight axis that pairs of points agree on, as scikit-image's RANSAC wants its models."""

    def __init__(self) -> None:
        self.point, self.angle = np.zeros(2), 0.0

    @classmethod
    def from_estimate(cls, matches: FloatArray) -> Self:
        """The axis through the mean midpoint, perpendicular to the mean of the vectors that join partners."""
        axis = cls()
        axis.estimate(matches)
        return axis

    def estimate(self, matches: FloatArray) -> bool:
        """The same in place, for older versions of scikit-image."""
        self.point = (matches[:, :2] + matches[:, 2:]).mean(axis=0) / 2
        row, col = (matches[:, 2:] - matches[:, :2]).mean(axis=0)
        self.angle = float(np.arctan2(-row, col))
        return True

    def residuals(self, matches: FloatArray) -> FloatArray:
        """How far each partner lies from the mirror image of the other, halved: how far the midpoint is off."""
        along = np.array([np.cos(self.angle), np.sin(self.angle)])
        left = matches[:, :2] - self.point
        mirrored = 2 * (left @ along)[:, None] * along - left + self.point
        return np.asarray(np.hypot(*(matches[:, 2:] - mirrored).T) / 2)


def _far_inside(pair: Pair, rim: float) -> BoolArray:
    """Whether each pixel lies further inside the outline than the rim is wide."""
    depth = scipy.ndimage.distance_transform_edt(np.pad(pair.coverage > 0.5, 1))[1:-1, 1:-1]
    return np.asarray(depth > rim * pair.resolution)
