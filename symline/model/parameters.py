"""Parameters of stages: named, with a default, a range and a line of explanation."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from symline.errors import ConfigError, suggest


def parameter(default: Any, low: float, high: float, about: str) -> Any:
    """Declare a parameter; its range is closed, and holds for each item of a tuple."""
    return field(default=default, metadata={"range": (low, high), "about": about})


def choice(default: str, options: tuple[str, ...], about: str) -> Any:
    """Declare a parameter that is one of several words."""
    return field(default=default, metadata={"options": options, "about": about})


@dataclass(frozen=True, slots=True)
class Parameters:
    """Base of all stages and settings: checks each value's type and range once, when it is made.

    Raises
    ------
    ConfigError
        A value is of the wrong type or out of range.
    """

    def __post_init__(self) -> None:
        for each in fields(self):
            if "range" in each.metadata:
                value = _checked(each.name, getattr(self, each.name), each.default, each.metadata["range"])
                object.__setattr__(self, each.name, value)
            if "options" in each.metadata:
                _check_choice(each.name, getattr(self, each.name), each.metadata["options"])
        self._check()

    def _check(self) -> None:
        """Refuse values that make no sense together; nothing to do where each may have any in its range."""

    def to_dict(self) -> dict[str, Any]:
        """The values as plain numbers and lists."""
        values = ((each.name, getattr(self, each.name)) for each in fields(self))
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values}


def _checked(name: str, value: Any, default: Any, limits: tuple[float, float]) -> Any:
    if isinstance(default, tuple):
        if not isinstance(value, list | tuple) or not value:
            raise ConfigError(f"{name}: {value!r} is not a list of numbers; for example {list(default)}")
        return tuple(_checked(name, item, default[0], limits) for item in value)
    kinds = (int,) if isinstance(default, int) else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds):
        raise ConfigError(f"{name}: {value!r} is not a {'whole ' if kinds == (int,) else ''}number; the default is {default}")
    low, high = limits
    if not low <= value <= high:
        raise ConfigError(f"{name}: {value} is out of range; it must lie between {low} and {high}; the default is {default}")
    return type(default)(value)


def _check_choice(name: str, value: Any, options: tuple[str, ...]) -> None:
    if value not in options:
        raise ConfigError(f"{name}: {value!r} is unknown; {suggest(str(value), options)}")
