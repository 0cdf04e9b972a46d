"""Families of straight maps near the identity, by their parameters: what a registration may change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from symline.errors import RegistrationError
from symline.model.image import FloatArray
from symline.model.mirror import MirrorMap
from symline.model.pair import Pair
from symline.transforms.affine import Affine

#: What the parameters after the shift do to a small vector (row, col): turn it, stretch it, or change one entry of the matrix.
_TURN, _STRETCH = np.array([[0.0, -1.0], [1.0, 0.0]]), np.eye(2)
_ENTRIES = np.eye(4).reshape(4, 2, 2)
#: A straight map is fitted to no fewer points.
_FEWEST_POINTS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """Maps about a centre, with one parameter for each freedom; all parameters 0 is the identity.

    Parameters are lengths: about the distance by which a point `radius` away from the centre moves. So they are of one size,
    which is what makes optimizers that only know the slope go straight.

    Parameters
    ----------
    shifts
        Whether the centre may move; its shift (row, col) comes first among the parameters.
    generators
        Directions in which the matrix may leave the identity, shape (n, 2, 2).
    """

    shifts: bool
    generators: FloatArray

    @property
    def size(self) -> int:
        """The number of parameters."""
        return 2 * self.shifts + len(self.generators)

    def map(self, parameters: FloatArray, centre: FloatArray, radius: float) -> Affine:
        """The member of the family with these parameters."""
        shift = parameters[:2] if self.shifts else np.zeros(2)
        return Affine.about(centre, self._matrix(parameters[2 * self.shifts :] / radius), shift)

    def velocities(self, parameters: FloatArray, offsets: FloatArray, radius: float) -> FloatArray:
        """How points move with each parameter, shape (n, size, 2), for offsets from the centre, shape (n, 2)."""
        shifts = [np.broadcast_to(unit, offsets.shape) for unit in np.eye(2)] if self.shifts else []
        matrix = self._matrix(parameters[2 * self.shifts :] / radius)
        changes = self.generators if self._is_linear else self.generators @ matrix
        return np.stack([*shifts, *(offsets @ change.T / radius for change in changes)], axis=1)

    @property
    def _is_linear(self) -> bool:
        return len(self.generators) == len(_ENTRIES)

    def _matrix(self, amounts: FloatArray) -> FloatArray:
        change = np.tensordot(amounts, self.generators, axes=1)
        if self._is_linear:
            return np.asarray(np.eye(2) + change)
        # the exponential of a turn and a stretch, which commute
        stretch, turn = np.exp(change[0, 0]), change[1, 0]
        return np.asarray(stretch * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]))


def nearest_affine(mirror: MirrorMap, pair: Pair) -> Affine:
    """The straight map that fits the partners of a back's pixels best, by least squares; a straight one is its own.

    Raises
    ------
    RegistrationError
        Hardly any pixel has a partner.
    """
    if isinstance(mirror, Affine):
        return mirror
    points = pair.points[pair.coverage > 0]
    partners = mirror.partners(points)
    known = np.isfinite(partners).all(axis=1)
    if np.count_nonzero(known) < _FEWEST_POINTS:
        raise RegistrationError("hardly any pixel has a mirror partner; the map says too little to start from", "little_overlap")
    rows = np.column_stack([points[known], np.ones(np.count_nonzero(known))])
    solved, *_ = np.linalg.lstsq(rows, partners[known], rcond=None)
    return Affine(solved[:2].T, solved[2])


#: Name -> family.
FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        "translation": Family(True, np.zeros((0, 2, 2))),
        "rotation": Family(False, _TURN[None]),
        "rigid": Family(True, _TURN[None]),
        "similarity": Family(True, np.stack([_TURN, _STRETCH])),
        "affine": Family(True, _ENTRIES),
    }
)
