"""What jobs do in these tests: nothing much, or harm to the process they run in. Worker processes import this."""

from __future__ import annotations

import ctypes
import itertools
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def act(job: tuple[Callable[..., Any], ...]) -> Any:
    """A job is a function of this module and what to call it with."""
    function, *arguments = job
    return function(*arguments)


def double(number: int, seconds: float = 0) -> int:
    time.sleep(seconds)
    return 2 * number


def be_known() -> None:
    """A worker that dies at once may do so before its pool has read that it took the job, and then nobody can tell how it died."""
    time.sleep(0.2)


def leave(code: int) -> None:
    be_known()
    os._exit(code)


def read_address_zero() -> None:
    be_known()
    ctypes.string_at(0)


def send_myself(number: int) -> None:
    be_known()
    os.kill(os.getpid(), number)
    time.sleep(60)


def hold_the_interpreter() -> None:
    """In C code that hears no signal."""
    sum(itertools.repeat(0))


def take_memory(mb: int) -> int:
    return len(bytes(mb * 2**20))


def take_memory_for_the_result(mb: int) -> object:
    return [bytes(mb * 2**20)]


def pages_taken_again() -> int:
    """Pages that the system had to give for arrays no larger than others that were freed before."""
    import resource

    def taken() -> int:
        arrays = [bytearray(2**20) for _ in range(20)]
        del arrays
        return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

    return -taken() + taken()


def multiply_where_memory_is_short() -> float:
    """The products are large enough for OpenBLAS to want buffers."""
    import numpy as np
    from scipy.linalg.blas import dgemm

    ones = np.ones((300, 300))
    taken = []
    try:
        while True:
            taken.append(bytes(2**20))
    except MemoryError:
        del taken[-4:]
    return float(dgemm(1.0, ones @ ones, ones)[0, 0])


class OddError(Exception):
    def __reduce__(self) -> str:
        raise TypeError("an error that stays at home")


def raise_odd_error() -> None:
    raise OddError("two\nlines")


def raise_system_exit() -> None:
    raise SystemExit(0)


class Trapdoor:
    """Can be pickled, but not unpickled."""

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[int]]:
        return _refuse, (0,)


def _refuse(_number: int) -> None:
    raise ValueError("this cannot be unpickled")


def give(kind: str) -> object:
    return {"function": lambda: 0, "trapdoor": Trapdoor(), "module": signal}[kind]


def log(path: Path, word: str, seconds: float = 0) -> None:
    """Write down when this starts and when it ends."""
    with path.open("a") as stream:
        print("start", word, file=stream)
    time.sleep(seconds)
    with path.open("a") as stream:
        print("end", word, file=stream)


def survive_the_second_time(path: Path, word: str) -> str:
    if not path.exists() or f"start {word}" not in path.read_text():
        log(path, word)
        os._exit(1)
    log(path, word, 0.2)
    return "survived"


def write_for_ever(path: Path) -> None:
    """Write a result to a disk that never answers."""
    from symline.files import write

    write.os.fsync = lambda _descriptor: time.sleep(600)
    write.write_files({path: b"result"})


def threads_of_libraries() -> list[int]:
    import numpy as np
    import threadpoolctl

    np.ones((300, 300)) @ np.ones((300, 300))
    return [library["num_threads"] for library in threadpoolctl.threadpool_info()]


def ignored(numbers: tuple[int, ...]) -> list[bool]:
    return [signal.getsignal(number) is signal.SIG_IGN for number in numbers]


def imported(names: tuple[str, ...]) -> list[str]:
    return [name for name in names if name in sys.modules]


def used_mb() -> float:
    """Resident memory of this process now."""
    import psutil

    return psutil.Process().memory_info().rss / 2**20
