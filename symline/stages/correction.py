"""What the dense stages share: from a displacement in working pixels to a mirror map, and which of two maps fits better."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from symline.errors import RegistrationError
from symline.model.image import FloatArray
from symline.model.mirror import MirrorMap
from symline.model.pair import Pair
from symline.model.refinement import ROUNDING, Refinement, Trace
from symline.numerics.displacements import compose
from symline.transforms.dense import DenseMirror, Displacement
from symline.transforms.moving import see

#: From the moving image, its coverage and the displacement so far to the next step, in working pixels, shape (2, rows, cols).
Step: TypeAlias = Callable[[FloatArray, FloatArray, FloatArray], FloatArray]

#: With fewer working pixels than this that have a partner on the back there is nothing to register.
FEWEST_PIXELS = 100


def correct(pair: Pair, initial: MirrorMap, displacement: FloatArray) -> DenseMirror:
    """A mirror map after a displacement in working pixels, shape (2, rows, cols)."""
    return DenseMirror(initial, Displacement(np.moveaxis(displacement, 0, -1) / pair.resolution, pair.resolution))


def require_overlap(weights: FloatArray) -> None:
    """Refuse a map under which hardly any pixel has a partner.

    Raises
    ------
    RegistrationError
        There are too few of them to register.
    """
    if not weights.sum() >= FEWEST_PIXELS:
        raise RegistrationError.for_little_overlap()


def squared_difference(fixed: FloatArray, moving: FloatArray, weights: FloatArray) -> float:
    """Weighted mean of the squared difference of two images."""
    return float((weights * (fixed - moving) ** 2).sum() / max(float(weights.sum()), 1e-9))


def settle(
    pair: Pair, initial: MirrorMap, displacement: FloatArray, step: Step, limits: tuple[int, float]
) -> tuple[FloatArray, tuple[float, ...], bool]:
    """Take steps, each against the moving image as seen by then, as long as they lower the squared difference.

    Parameters
    ----------
    pair, initial
        What is registered, and the map that the displacement corrects.
    displacement
        Where to start, in working pixels, shape (2, rows, cols).
    step
        From the moving image, its coverage and the displacement so far to the next step.
    limits
        Largest number of steps; and the size of a step, root mean square in working pixels, below which all is at rest.

    Returns
    -------
    displacement, metric, converged
        The best displacement, the squared difference after each step that lowered it, the start's first, and whether it came to rest.
    """
    iterations, rest = limits
    moving, covered, lowest = _compare(pair, initial, displacement)
    metric = [lowest]
    for _ in range(iterations):
        update = step(moving, covered, displacement)
        further = compose(update, displacement)
        moving, covered, value = _compare(pair, initial, further)
        if not value < metric[-1]:
            return displacement, tuple(metric), True
        metric.append(value)
        displacement = further
        if np.sqrt((update**2).sum(axis=0).mean()) < rest:
            return displacement, tuple(metric), True
    return displacement, tuple(metric), False


def keep_better(pair: Pair, initial: MirrorMap, displacement: FloatArray, trace: Trace) -> Refinement:
    """The map corrected, unless its squared difference is larger than that of the initial one, over the pixels that both cover."""
    found = correct(pair, initial, displacement)
    before, after = (see(pair, mirror) for mirror in (initial, found))
    weights = pair.coverage * before[1] * after[1]
    differences = [squared_difference(pair.fixed, values, weights) for values, _ in (before, after)]
    if weights.sum() < FEWEST_PIXELS or differences[1] > differences[0] + ROUNDING:
        return Refinement(initial, trace.worse())
    return Refinement(found, trace)


def _compare(pair: Pair, initial: MirrorMap, displacement: FloatArray) -> tuple[FloatArray, FloatArray, float]:
    """The moving image, its coverage, and how much it differs from the fixed one."""
    moving, covered = see(pair, correct(pair, initial, displacement))
    weights = pair.coverage * covered
    require_overlap(weights)
    return moving, covered, squared_difference(pair.fixed, moving, weights)
