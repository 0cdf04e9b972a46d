"""Lets files come to harm at the moment in which a process opens them. Python imports this by its name when a process starts.

`FATES` names a folder. Its `fates.json` says what files, by name, come to: an action for each time that one is opened, of which the last
is that of all later times too. A folder is made there for each opening, so that others can see how far it is.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path


def live(_path: Path) -> None:
    pass


def kill(_path: Path) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def hang(_path: Path) -> None:
    time.sleep(60)


def dawdle(_path: Path) -> None:
    time.sleep(1)


def vanish(path: Path) -> None:
    path.unlink()


def become_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def become_a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


FOLDER = Path(os.environ["FATES"])
FATES: dict[str, list[str]] = json.loads((FOLDER / "fates.json").read_text(encoding="utf-8"))


def meet(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open" and isinstance(arguments[0], str | Path):
        path = Path(arguments[0])
        if path.name in FATES:
            actions = FATES[path.name]
            globals()[actions[min(_count(path.name), len(actions)) - 1]](path)


def _count(name: str) -> int:
    """Which opening this is, from 1, of all by any process."""
    number = 1
    while True:
        with suppress(FileExistsError):
            (FOLDER / f"{name}.{number}").mkdir()
            return number
        number += 1


sys.addaudithook(meet)
