"""The two sides of a back under an elastic mirror map, compared pair by pair: what differs, and how that changes with the velocity."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from symline.errors import RegistrationError
from symline.model.image import FloatArray
from symline.numerics.product_basis import ProductBasis
from symline.transforms.elastic import ElasticMirror
from symline.transforms.smoothed import Samples, Smoothed
from symline.transforms.yaw import displacement_by_yaw

#: Share of the mean diagonal entry added where lattice points too far outside would leave a system open.
_RIDGE = 1e-6
#: Of a body that shows no yaw at all, where yaw has no price either: what is shared out is nothing.
_LEAST_PRICE = 1e-300


@dataclass(frozen=True, slots=True, eq=False)
class ElasticState:
    """The map so far, and what does not change on its way.

    Parameters
    ----------
    mirror
        The map.
    coordinates
        Where it is compared, on its right side: a grid of levels and distances, shape (levels, distances, 2).
    basis
        Of its velocity there.
    prior
        Price of the velocity's coefficients, a matrix.
    trust
        How far what is seen can be trusted.
    """

    mirror: ElasticMirror
    coordinates: FloatArray
    basis: ProductBasis
    prior: FloatArray
    trust: float = 1.0

    def sample(self, level: Smoothed, side: int) -> tuple[Samples, tuple[FloatArray, FloatArray]]:
        """The back at the displaced points of one side, 1 for the right and -1 for the left, and its change with s and t there."""
        curve, velocity = self.mirror.straightening, self.mirror.velocity
        start = velocity.on_grid(self.coordinates[:, 0, 0], side * self.coordinates[0, :, 1])
        displaced = velocity.flow(self.coordinates * (1, side), 1.0, start)
        points, by_s, by_t = curve.place_with_tangents(displaced)
        samples = level.at(points)
        # coordinate by coordinate: sums over an axis of two take many times as long
        down, right = samples.gradient[..., 0], samples.gradient[..., 1]
        return samples, (down * by_s[..., 0] + right * by_s[..., 1], down * by_t[..., 0] + right * by_t[..., 1])

    def free_to_turn(self, level: Smoothed, spacing: float, yaw_price: float) -> ElasticState:
        """The same with another price of what a yaw of the whole body explains.

        Parameters
        ----------
        level
            The back, from which its depth is told.
        spacing
            Of the levels, in units of L.
        yaw_price
            Of the squared yaw, in its own unit.
        """
        distances = self.coordinates[0, :, 1]
        right, left = (self.sample(level, side)[0] for side in (1, -1))
        displacement = displacement_by_yaw(right, left, distances, spacing)
        gram = self.basis.gather_twice(np.ones_like(displacement), 1, 1)
        across = np.linalg.solve(gram + _RIDGE * np.trace(gram) / len(gram) * np.eye(len(gram)), self.basis.gather(displacement, 1))
        yaw = np.concatenate([np.zeros_like(across), across])
        priced = self.prior @ yaw
        price = max(yaw @ priced + yaw_price, _LEAST_PRICE)
        # least price of all ways to share what is displaced between the yaw and the rest
        return replace(self, prior=self.prior - np.outer(priced, priced) / price)

    def moved(self, update: FloatArray) -> ElasticState:
        """The state after an update of the coefficients of the velocity."""
        velocity = replace(self.mirror.velocity, coefficients=self.mirror.velocity.coefficients + update)
        return replace(self, mirror=replace(self.mirror, velocity=velocity))


@dataclass(frozen=True, slots=True, eq=False)
class ElasticPairs:
    """The two sides under an elastic map, compared pair by pair.

    Parameters
    ----------
    level
        The back that is compared.
    state
        The map under which they are compared.
    residual, covered
        Of each pair: its difference, and how much it counts at most; shape (levels, distances).
    by_velocity
        Change of the residual with the s and with the t component of the velocity, same shape.
    """

    level: Smoothed
    state: ElasticState
    residual: FloatArray
    covered: FloatArray
    by_velocity: tuple[FloatArray, FloatArray]

    @classmethod
    def of(cls, level: Smoothed, state: ElasticState) -> ElasticPairs:
        """Read both sides.

        Raises
        ------
        RegistrationError
            No pair lies on the back.
        """
        right, by_right = state.sample(level, 1)
        left, by_left = state.sample(level, -1)
        covered = right.weight * left.weight
        if not covered.any():
            raise RegistrationError.for_little_overlap()
        # the s component is odd in t and the t component even: the left end moves by (-s, +t) when the right one moves by (s, t)
        by_velocity = (by_right[0] + by_left[0], by_right[1] - by_left[1])
        return cls(level, state, right.values - left.values, covered, by_velocity)

    def moved(self, update: FloatArray) -> ElasticPairs:
        """The two sides after an update of the coefficients of the velocity."""
        return ElasticPairs.of(self.level, self.state.moved(update))
