"""The one place that catches whatever is raised: nothing that one input does to symline may stop the work on the others."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def catch(call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R | Exception:
    """Call a function, and give what it returns or else what it raises.

    Examples
    --------
    >>> catch(int, "7"), catch(int, "x")
    (7, ValueError("invalid literal for int() with base 10: 'x'"))
    """
    try:
        return call(*args, **kwargs)
    except Exception as error:  # not an interrupt, nor what ends a worker
        return error


def tell_trace(error: Exception) -> str:
    """Where in the program an error was raised, for those who want tracebacks."""
    return "".join(traceback.format_exception(error))
