"""Parameters of scoring."""

from __future__ import annotations

from dataclasses import dataclass

from symline.model.parameters import Parameters, choice, parameter


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreSettings(Parameters):
    """How symmetry is scored."""

    levels: int = parameter(10, 1, 200, "number of equal levels along the midline")
    threshold: float = parameter(
        0.0, 0.0, 1e30, "absolute asymmetry of a patch, in the unit of the input; 0 = twice the median absolute deviation"
    )
    per_pixel: str = choice("residual", ("residual", "raw"), "asymmetry of each pixel after the whole mirror map, or of the curve alone")
    top_row: float = parameter(-1.0, -1.0, 1e6, "row where the measures of the line begin, in px; -1 = where the line does")
    bottom_row: float = parameter(-1.0, -1.0, 1e6, "row where the measures of the line end, in px; -1 = where the line does")
