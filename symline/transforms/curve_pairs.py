"""The two sides of a curve compared, pair by pair: what differs, and how that changes with the curve and with the yaw of the body."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from symline.errors import RegistrationError
from symline.model.image import FloatArray
from symline.transforms.smoothed import Samples, Smoothed
from symline.transforms.straightening import Straightening
from symline.transforms.yaw import displacement_by_yaw

#: With fewer residuals than this there is nothing to refine on.
_FEWEST_PAIRS = 40


@dataclass(frozen=True, slots=True, eq=False)
class CurveState:
    """A curve, and the yaw of the body.

    Parameters
    ----------
    curve
        With its pair directions.
    distances
        At which pairs are compared, in L.
    by_yaw
        Displacement of both partners by a unit of yaw, shape (nodes, distances); 0 as long as the body is not free to turn.
    yaw
        In that unit.
    last
        What solved the equations about the state before, and the step that was taken from it; None at a start.
    """

    curve: Straightening
    distances: FloatArray
    by_yaw: FloatArray
    yaw: float = 0.0
    last: tuple[FloatArray, FloatArray] | None = None

    @classmethod
    def of(cls, curve: Straightening, distances: FloatArray) -> CurveState:
        """A body that does not turn."""
        return cls(curve, distances, np.zeros((len(curve.nodes), len(distances))))

    def sample(self, level: Smoothed) -> tuple[Samples, Samples]:
        """The back at the right and at the left end of each pair."""
        aside = self.yaw * self.by_yaw
        return level.at(self.curve.points(np.hstack([aside + self.distances, aside - self.distances]))).halves()

    def free_to_turn(self, level: Smoothed) -> CurveState:
        """The same with a body that may turn, from the depth that the relief on both sides of the curve tells of."""
        return replace(self, by_yaw=displacement_by_yaw(*self.sample(level), self.distances, self.curve.spacing))

    def moved(self, step: FloatArray, update: FloatArray) -> CurveState:
        """The state after a step, and what solved the equations here: shifts and turns of all nodes and the yaw, shape (2n + 1,)."""
        shift, turn, yaw = np.split(step, [len(self.curve.nodes), -1])
        curve = replace(self.curve, nodes=self.curve.nodes + shift[:, None] * self.curve.across, pair_angle=self.curve.pair_angle + turn)
        return replace(self, curve=curve, yaw=self.yaw + float(yaw[0]), last=(update, step))


@dataclass(frozen=True, slots=True, eq=False)
class CurvePairs:
    """Residuals of all pairs, shape (nodes, distances), and how they change."""

    left: FloatArray
    right: FloatArray
    by_shift: FloatArray
    by_turn: FloatArray
    by_yaw: FloatArray
    covered: FloatArray

    @property
    def residual(self) -> FloatArray:
        """Right minus left."""
        return self.right - self.left

    @classmethod
    def of(cls, level: Smoothed, state: CurveState) -> CurvePairs:
        """Compare the two sides of a curve.

        Raises
        ------
        RegistrationError
            Hardly any pair lies on the back.
        """
        right, left = state.sample(level)
        by_shift = np.einsum("nmk,nk->nm", right.gradient - left.gradient, state.curve.across)
        by_turn = -state.distances * np.einsum("nmk,nk->nm", right.gradient + left.gradient, state.curve.along)
        covered = right.weight * left.weight
        if np.count_nonzero(covered) < _FEWEST_PAIRS:
            raise RegistrationError.for_little_overlap()
        return cls(left.values, right.values, by_shift, by_turn, by_shift * state.by_yaw, covered)

    def normal_equations(self, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Matrix and gradient of the weighted squared residuals, shapes (2n + 1, 2n + 1) and (2n + 1,).

        The unknowns are the shifts of the n nodes, their turns, and the yaw: nodes know nothing of each other, and all feel the yaw.
        """
        changes = np.stack([self.by_shift, self.by_turn, self.by_yaw, self.residual], axis=1)
        # at each node, of each with each
        sums = (weights[:, None] * changes) @ changes.swapaxes(1, 2)
        count = len(weights)
        matrix = np.zeros((2 * count + 1, 2 * count + 1))
        node = np.arange(count)
        for one in (0, 1):
            for other in (0, 1):
                matrix[node + one * count, node + other * count] = sums[:, one, other]
        matrix[-1, :-1] = matrix[:-1, -1] = sums[:, :2, 2].T.ravel()
        matrix[-1, -1] = sums[:, 2, 2].sum()
        return matrix, np.concatenate([*sums[:, :2, 3].T, [sums[:, 2, 3].sum()]])
