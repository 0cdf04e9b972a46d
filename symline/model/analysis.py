"""The whole answer about one image."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

import numpy as np

from symline.model.midline import Midline
from symline.model.refinement import Refinement
from symline.model.registration import Registration
from symline.model.score import Apex, Curve, Patch, Score


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
    registration
        The mirror map of every pixel, where it was asked for.
    score
        How symmetric the back is, where it was asked for.
    """

    status: Status
    reasons: tuple[str, ...]
    midline: Midline | None = None
    axis: Axis | None = None
    measures: Mapping[str, float | None] = field(default_factory=dict)
    message: str = ""
    registration: Registration | None = None
    score: Score | None = None

    def with_registration(self, registration: Registration) -> Analysis:
        """The answer with what the registration found; its measures are added."""
        spacing = self.midline.spacing if self.midline else None
        # where pixels are not square, px are square ones of the same area
        size = math.sqrt(math.prod(spacing)) if spacing else 1.0
        errors: dict[str, float | None] = {}
        for name, share in {"median": 0.5, "p95": 0.95}.items():
            error = registration.inconsistency_quantile(share)
            errors[f"inverse_consistency_{name}_px"] = None if error is None else error / size
            errors[f"inverse_consistency_{name}_mm"] = error if spacing else None
        return replace(self, registration=registration, measures={**self.measures, **errors})

    def with_score(self, score: Score) -> Analysis:
        """The answer with how symmetric the back is; its measures are added."""
        return replace(self, score=score, measures={**self.measures, **score.measures})

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain numbers and strings, for JSON; None for what is not there."""
        return {
            "status": self.status.value,
            "reasons": sorted(self.reasons),
            "message": self.message or None,
            "axis": self.axis and _describe_axis(self.axis),
            "midline": self.midline and _describe_midline(self.midline),
            "registration": self.registration and {"stages": [_describe_step(step) for step in self.registration.steps[1:]]},
            "score": self.score and _describe_score(self.score),
            "measures": {name: _plain(value) for name, value in self.measures.items()},
        }


def _describe_axis(axis: Axis) -> dict[str, float | None]:
    row, col = axis.point
    return {"row_px": _plain(row), "col_px": _plain(col), "angle_deg": _plain(math.degrees(axis.angle))}


def _describe_midline(midline: Midline) -> dict[str, float | None]:
    """Numbers that say at a glance what the line's table holds."""
    symmetry, sd = (values[np.isfinite(values)] for values in (midline.symmetry, midline.sd))
    return {
        "rows": len(midline.rows),
        "first_row_px": int(midline.rows[0]),
        "last_row_px": int(midline.rows[-1]),
        "symmetry_median": _plain(float(np.median(symmetry))) if symmetry.size else None,
        "sd_median_px": _plain(float(np.median(sd))) if sd.size else None,
        "sd_max_px": _plain(float(sd.max())) if sd.size else None,
    }


def _describe_score(score: Score) -> dict[str, Any]:
    """All but the maps and the levels, which have files of their own, and the measures, which stand beside those of the line."""
    tables: dict[str, tuple[Patch | Apex | Curve, ...]] = {"patches": score.patches, "apices": score.apices, "curves": score.curves}
    return {
        "threshold": _plain(score.threshold),
        **{name: [_describe_row(row) for row in rows] for name, rows in tables.items()},
        "missing": dict(score.missing),
    }


def _describe_row(row: Patch | Apex | Curve) -> dict[str, Any]:
    return {_with_unit(name): _plain(value) if isinstance(value, float) else value for name, value in asdict(row).items()}


def _with_unit(name: str) -> str:
    """`row` and `col` carry no unit in the code, where they are always px; in files every length does."""
    return f"{name}_px" if name.endswith(("row", "col")) else name


def _plain(value: float | None) -> float | None:
    """Nine digits, more than any measure has and fewer than rounding errors reach; None for what is not finite."""
    return float(f"{value:.9g}") if value is not None and math.isfinite(value) else None


def _describe_step(step: Refinement) -> dict[str, Any]:
    """How a stage went, in numbers."""
    trace = step.trace
    metric = [value for level in trace.metric for value in level]
    return {
        "stage": trace.stage,
        "converged": trace.converged,
        "why": trace.why or None,
        "iterations": len(metric),
        "metric": _plain(trace.metric[-1][-1]) if metric else None,
    }
