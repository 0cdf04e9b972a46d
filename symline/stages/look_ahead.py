"""How far to go along what solves the equations about a curve, whose votes lag behind it: steps that go the same way are lengthened."""

from __future__ import annotations

import numpy as np

from symline.model.image import FloatArray

#: By how much steps are longer than what solves the equations, which falls short again and again.
_LONGER = 1.3
#: How many times as long they are at most.
_AHEAD = 4.0
#: Cosine of the angle between what solves the equations here and what did so a step before, from which on steps go the same way.
_SAME_WAY = 0.9


def look_ahead(update: FloatArray, last: tuple[FloatArray, FloatArray] | None, count: int, longest: float) -> FloatArray:
    """The step to take.

    Parameters
    ----------
    update
        What solves the equations, shape (n,).
    last
        What solved those before, and the step that was taken then; None at a start.
    count
        So many of the unknowns, the first ones, tell how far steps go, and how fast they shrink.
    longest
        The longest step of those.
    """
    step = _LONGER * update if last is None else _follow(update, *last, count)
    return step * min(1.0, min(_AHEAD * _length(update, count), longest) / max(_length(step, count), 1e-12))


def _follow(update: FloatArray, last_update: FloatArray, last_step: FloatArray, count: int) -> FloatArray:
    """The step to where steps that go on shrinking alike would end: mixing of depth one (Anderson 1965, doi 10.1145/321296.321305).

    Where they go the same way and do not shrink, the curve leaves a place where it cannot stay, and goes as far as it may.
    """
    shift, last_shift = update[:count], last_update[:count]
    change = update - last_update
    shrinking, squared = -float(change[:count] @ shift), float(change[:count] @ change[:count])
    if shrinking > 0:
        return _LONGER * update + shrinking / squared * (last_step + _LONGER * change)
    goes_on = bool(shift @ last_shift > _SAME_WAY * np.linalg.norm(shift) * np.linalg.norm(last_shift))
    return (_AHEAD if goes_on else _LONGER) * update


def _length(step: FloatArray, count: int) -> float:
    return float(np.abs(step[:count]).max())
