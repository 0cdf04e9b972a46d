"""What libraries read from the environment of a process: how many threads they use, and which memory they keep."""

from __future__ import annotations

import os

_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
#: Bytes up to which freed memory stays with the process, as glibc names it: of one array, and of all at the end of the heap.
_KEPT = {"MALLOC_MMAP_THRESHOLD_": 16 * 2**20, "MALLOC_TRIM_THRESHOLD_": 64 * 2**20}


def limit_threads() -> None:
    """Let numerical libraries that are imported from now on, here and in processes started from here, use one thread each.

    The matrices here are small: more threads than one only wait for each other, and their sums differ in the last digit with the number
    of cores.
    """
    for variable in _THREADS:
        os.environ[variable] = "1"


def keep_memory() -> None:
    """Let processes started from here keep freed memory for the next array, as far as their C library reads that from the environment.

    Without it, every array is taken from the system anew, page by page: a tenth of the time of an analysis.
    """
    for variable, size in _KEPT.items():
        os.environ.setdefault(variable, str(size))
