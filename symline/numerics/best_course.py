"""The course through an array, from row to row, that collects the most, with a price for going aside; `best_path` has directions too."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from symline.model.image import FloatArray


def best_course(gain: FloatArray, price: float, steps: int) -> npt.NDArray[np.intp]:
    """Find the course from the first row to the last that collects the most.

    Parameters
    ----------
    gain
        What is collected in each place, shape (rows, places).
    price
        Of one place aside from a row to the next; it grows with the square of the places.
    steps
        The most places aside from a row to the next.

    Returns
    -------
    array
        The place in each row, shape (rows,): the global optimum (Bellman 1952).
    """
    rows, places = gain.shape
    shifts = np.arange(-steps, steps + 1)
    prices = price * shifts**2
    came_from = np.zeros((rows, places), dtype=np.intp)
    # before[place, k] is what has been collected at place + shifts[k]
    padded = np.full(places + 2 * steps, -np.inf)
    before = np.lib.stride_tricks.sliding_window_view(padded, 2 * steps + 1)
    collected = padded[steps : steps + places]
    collected[:] = gain[0]
    each = np.arange(places)
    for row in range(1, rows):
        offers = before - prices
        best = offers.argmax(axis=1)
        came_from[row] = each + shifts[best]
        collected[:] = offers[each, best] + gain[row]
    course = np.empty(rows, dtype=np.intp)
    course[-1] = int(collected.argmax())
    for row in range(rows - 1, 0, -1):
        course[row - 1] = came_from[row, course[row]]
    return course
