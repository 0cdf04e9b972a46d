"""Watching processes from outside."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]


def start(code: str, *arguments: str | Path) -> subprocess.Popen[str]:
    """Run a program as a process, in a group of its own."""
    command = [sys.executable, "-W", "error", "-c", textwrap.dedent(code), *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


def wait_until(is_so: Callable[[], bool], seconds: float = 30) -> None:
    """Look again and again, and give up after some seconds."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def children(process: int | None = None) -> list[psutil.Process]:
    """All that descend from a process, which is this one by default."""
    return psutil.Process(process).children(recursive=True)


def are_gone(processes: Iterable[psutil.Process]) -> bool:
    """Whether none of them runs any more; one that nobody has buried yet is as dead as the others."""
    return not any(is_alive(process) for process in processes)


def is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
