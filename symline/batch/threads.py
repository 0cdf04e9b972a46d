"""How many threads numerical libraries use."""

from __future__ import annotations

import os

_VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def limit_threads() -> None:
    """Let numerical libraries that are imported from now on, here and in processes started from here, use one thread each.

    The matrices here are small: more threads than one only wait for each other, and their sums differ in the last digit with the number
    of cores.
    """
    for variable in _VARIABLES:
        os.environ[variable] = "1"
