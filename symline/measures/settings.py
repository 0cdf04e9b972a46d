"""Parameters of scoring."""

from __future__ import annotations

from dataclasses import dataclass

from symline.errors import ConfigError
from symline.model.midline import Midline
from symline.model.parameters import Parameters, choice, parameter


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreSettings(Parameters):
    """How symmetry is scored."""

    levels: int = parameter(10, 1, 200, "number of equal levels along the midline")
    threshold: float = parameter(
        0.0, 0.0, 1e30, "absolute asymmetry of a patch, in the unit of the input; 0 = twice the median absolute deviation, or more"
    )
    per_pixel: str = choice("residual", ("residual", "raw"), "asymmetry of each pixel after the whole mirror map, or of the curve alone")
    top_row: float = parameter(
        -1.0, -1.0, 1e6, "row where the measures of the line, the levels and the regions begin, in px; -1 = where the line does"
    )
    bottom_row: float = parameter(-1.0, -1.0, 1e6, "row where they end, in px; -1 = where the line does")

    def _check(self) -> None:
        if 0 <= self.bottom_row <= max(self.top_row, 0):
            raise ConfigError(
                f"bottom_row: {self.bottom_row:g} does not lie below the top row, {max(self.top_row, 0):g}; rows count from the top down"
            )

    @property
    def rows(self) -> tuple[float | None, float | None]:
        """Where the measures of the line begin and end, px; None: where the line does."""
        return self.top_row if self.top_row >= 0 else None, self.bottom_row if self.bottom_row >= 0 else None

    def require_inside(self, midline: Midline, name: str) -> None:
        """Refuse a span of rows that is not on the midline.

        Parameters
        ----------
        midline
            That was found.
        name
            Of the image, for the message.

        Raises
        ------
        ConfigError
            One of the rows lies above or below the midline.
        """
        first, last = midline.rows[0], midline.rows[-1]
        for which, row in (("top", self.top_row), ("bottom", self.bottom_row)):
            if row >= 0 and not first <= row <= last:
                raise ConfigError(
                    f"{name}: the {which} row {row:g} is not on the midline, which runs from row {first:g} to {last:g}; "
                    f"a row between is needed; choose another with --{which}"
                )
