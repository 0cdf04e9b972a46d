"""The whole answer about one image."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from symline.model.midline import Midline


class Status(StrEnum):
    """Whether a result can be used."""

    OK = "ok"
    REVIEW = "review"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Axis:
    """The straight axis closest to the midline.

    Parameters
    ----------
    point
        (row, col) in px of its middle.
    angle
        Angle to the vertical, radians, positive when it moves right going down.
    """

    point: tuple[float, float]
    angle: float


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """What was found in one image.

    Parameters
    ----------
    status, reasons
        Whether to use it, and the codes of what speaks against it; empty when `ok`.
    midline, axis
        The line and the straight axis closest to it; None when the status is `failed`.
    measures
        Name (unit in the name) -> number, or None where it cannot be had.
    message
        For people, where the status is `failed`.
    """

    status: Status
    reasons: tuple[str, ...]
    midline: Midline | None = None
    axis: Axis | None = None
    measures: Mapping[str, float | None] = field(default_factory=dict)
    message: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain numbers and strings, for JSON."""
        raise NotImplementedError
