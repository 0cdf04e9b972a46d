"""Backs with a score made by hand, for the page about asymmetry."""

from __future__ import annotations

import math

import numpy as np

from symline.model.analysis import Analysis, Status
from symline.model.image import Image
from symline.model.midline import Midline
from symline.model.score import Level, Patch, Score
from tests.files.registered import upright


def disc(shape: tuple[int, int], row: float, col: float, radius: float) -> np.ndarray:
    rows, cols = np.ogrid[: shape[0], : shape[1]]
    return np.hypot(rows - row, cols - col) < radius


def spots(image: Image, count: int) -> list[tuple[float, float, float]]:
    """Centres and radii of discs on the left, from top to bottom."""
    rows, cols = image.shape
    return [(rows * (0.2 + 0.6 * (number + 0.5) / count), cols * 0.33, rows * 0.2 / count) for number in range(count)]


def scored(image: Image, patches: int = 2, levels: int = 10, *, midline: Midline | None = None, **measures: float | None) -> Analysis:
    """The analysis of an upright back with round patches on its left, higher and lower by turns, and as asymmetric as they are."""
    line = midline or upright(image)
    asymmetry, labels = np.zeros(image.shape, np.float32), np.zeros(image.shape, np.int32)
    found = []
    for number, (row, col, radius) in enumerate(spots(image, patches), start=1):
        here, peak = disc(image.shape, row, col, radius), 1.5 * (-1) ** number
        asymmetry[here], asymmetry[here[:, ::-1]], labels[here] = peak, -peak, number
        area = float(here.sum())
        area_mm2 = area * math.prod(image.spacing) if image.spacing else None
        found.append(Patch(number=number, row=row, col=col, area_px=area, area_mm2=area_mm2, side="left", peak=peak, level=number))
    asymmetry[~image.inside] = np.nan
    symmetry = np.where(image.inside, 0.9 - np.abs(asymmetry) / 2, np.nan).astype(np.float32)
    score = Score(
        asymmetry=asymmetry,
        symmetry=symmetry,
        labels=labels,
        threshold=0.3,
        levels=tuple(_levels(line, levels)),
        patches=tuple(found),
        apices=(),
        curves=(),
        measures={"symmetry": 0.83, "asymmetric_area_fraction": 0.064, "asymmetry_rms": 0.31, **measures},
    )
    return Analysis(Status.OK, (), line).with_score(score)


def _levels(line: Midline, count: int) -> list[Level]:
    limits = np.linspace(line.rows[0], line.rows[-1], count + 1)
    return [
        Level(
            number=number + 1,
            top_row=float(limits[number]),
            bottom_row=float(limits[number + 1]),
            symmetry=0.9 - 0.5 * number / count,
            asymmetry_rms=0.3,
            signed_asymmetry=0.1,
            left_mean=0.0,
            right_mean=-0.1,
            width=80.0,
            furrow_offset=math.nan,
            sd=0.1,
        )
        for number in range(count)
    ]
