"""Which share of the inputs one of several runs works on: each N-th, so that all shares take about as long."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar

from symline.errors import ConfigError

Item = TypeVar("Item")
#: Number of a shard, from 1, and how many there are.
Shard = tuple[int, int]
#: The only shard of a batch: it is run, and writes, like one without shards, and can be merged like any other.
WHOLE: Shard = (1, 1)

_PREFIX = "SLURM_ARRAY_TASK_"
_TRY = "give --shard I/N, or --shard 1/1 to work on all inputs"


def choose_shard(text: str | None, environment: Mapping[str, str]) -> Shard | None:
    """Find the shard that is asked for, on the command line or else by the job array of SLURM that this runs in.

    Returns
    -------
    tuple or None
        None where nobody asks for one.

    Raises
    ------
    ConfigError
        There is no such shard.

    Examples
    --------
    >>> choose_shard("2/3", {}), choose_shard("1/1", {}), choose_shard(None, {})
    ((2, 3), (1, 1), None)
    >>> choose_shard(None, {"SLURM_ARRAY_TASK_ID": "7", "SLURM_ARRAY_TASK_COUNT": "8", "SLURM_ARRAY_TASK_MIN": "0"})
    (8, 8)
    """
    if text is not None:
        return _parse(text)
    return _find_in_array(environment) if environment.get(f"{_PREFIX}ID") else None


def take_share(items: tuple[Item, ...], shard: Shard | None) -> tuple[Item, ...]:
    """The items of a shard, which may be none.

    Examples
    --------
    >>> take_share(("a", "b", "c"), (1, 2)), take_share(("a", "b", "c"), (2, 2))
    (('a', 'c'), ('b',))
    """
    return items if shard is None else items[shard[0] - 1 :: shard[1]]


def _parse(text: str) -> Shard:
    found = re.fullmatch(r"\s*([0-9]{1,9})\s*/\s*([0-9]{1,9})\s*", text)
    shard = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= shard[0] <= shard[1]:
        raise ConfigError(f"--shard: {text!r} is no shard; I/N is needed, with I from 1 to N; try 1/4, 2/4, 3/4 and 4/4")
    return shard


def _find_in_array(environment: Mapping[str, str]) -> Shard:
    """The shard of a task, in an array whose numbers may begin and step as they like."""
    task, count = _read(environment, "ID"), _read(environment, "COUNT")
    first, step = _read(environment, "MIN", "1"), _read(environment, "STEP", "1")
    number, rest = divmod(task - first, step)
    if rest or not 0 <= number < count:
        raise ConfigError(
            f"{_PREFIX}ID: task {task} is none of {count} from {first} in steps of {step}; numbers at equal steps are needed; {_TRY}"
        )
    return number + 1, count


def _read(environment: Mapping[str, str], name: str, default: str = "") -> int:
    text = environment.get(_PREFIX + name) or default
    if not text:
        raise ConfigError(f"{_PREFIX}{name} is not set, and {_PREFIX}ID is; a whole number is needed; {_TRY}")
    if not re.fullmatch(r"[0-9]{1,9}", text) or (name == "STEP" and not int(text)):
        raise ConfigError(f"{_PREFIX}{name} is {text!r}; a whole number is needed; {_TRY}")
    return int(text)
