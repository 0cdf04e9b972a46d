"""How well a line agrees with another that is taken for the truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symline.model.image import FloatArray
from symline.model.line import Line

#: A line covers the rows of its points and half a pixel beyond.
BEYOND = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Differences along the rows, column of the line minus that of the truth; None where something cannot be had.

    Parameters
    ----------
    rows
        Number of points of the truth that were compared.
    overlap
        Share of the truth's points in whose rows the line is, in [0, 1].
    rms_px, mean_abs_px, max_abs_px
        Root mean square, mean and largest of the absolute differences.
    max_row_px
        Row of the largest.
    bias_px
        Mean difference, positive = the line lies to the right.
    rms_mm, mean_abs_mm, max_abs_mm, bias_mm
        The same times the size of a column.
    band_coverage
        Share of the compared points that lie within the line's 95 % band, of those where it has one, in [0, 1].
    """

    rows: int
    overlap: float
    rms_px: float | None = None
    mean_abs_px: float | None = None
    max_abs_px: float | None = None
    max_row_px: float | None = None
    bias_px: float | None = None
    rms_mm: float | None = None
    mean_abs_mm: float | None = None
    max_abs_mm: float | None = None
    bias_mm: float | None = None
    band_coverage: float | None = None


def common_spacing(line: Line, truth: Line) -> tuple[float, float] | None:
    """The size of a pixel that two lines tell, or the one that knows it; None where they contradict each other or neither knows."""
    if line.spacing is None or truth.spacing is None:
        return line.spacing or truth.spacing
    return line.spacing if np.allclose(line.spacing, truth.spacing, rtol=1e-3) else None


def compare_lines(line: Line, truth: Line, spacing: tuple[float, float] | None = None) -> Agreement:
    """Compare a line with the truth at each of the truth's points; between its own points the line is straight.

    Parameters
    ----------
    line, truth
        The lines, in the same image.
    spacing
        Pixel size (row, col) in mm; default: nothing is given in mm.
    """
    rows, cols = truth.points.T
    first, last = line.points[0, 0], line.points[-1, 0]
    covered = (rows >= first - BEYOND) & (rows <= last + BEYOND)
    overlap = float(covered.mean())
    rows, cols = rows[covered], cols[covered]
    if not rows.size:
        return Agreement(rows=0, overlap=0.0)
    difference = np.interp(rows, *line.points.T) - cols
    farthest = int(np.argmax(np.abs(difference)))
    in_px = {
        "rms": float(np.sqrt(np.mean(difference**2))),
        "mean_abs": float(np.mean(np.abs(difference))),
        "max_abs": float(np.abs(difference[farthest])),
        "bias": float(difference.mean()),
    }
    in_mm = {name: value * spacing[1] for name, value in in_px.items()} if spacing else {}
    return Agreement(
        rows=len(rows),
        overlap=overlap,
        max_row_px=float(rows[farthest]),
        band_coverage=_band_coverage(line, rows, cols),
        **{f"{name}_px": value for name, value in in_px.items()},
        **{f"{name}_mm": value for name, value in in_mm.items()},
    )


def _band_coverage(line: Line, rows: FloatArray, cols: FloatArray) -> float | None:
    if line.band is None:
        return None
    # next to a point without a band there is none
    low, high = (np.interp(rows, line.points[:, 0], edge) for edge in line.band.T)
    known = np.isfinite(low) & np.isfinite(high)
    return float(np.mean((low <= cols)[known] & (cols <= high)[known])) if known.any() else None
