"""What each command makes of an image."""

from __future__ import annotations

from collections.abc import Mapping

from symline.batch.request import Product
from symline.config import Config
from symline.files.midline_csv import midline_csv
from symline.files.overlay import draw_overlay
from symline.model.analysis import Analysis
from symline.model.image import Image
from symline.model.line import Line
from symline.pipeline import analyse


def _make_midline(image: Image, config: Config, _line: Line | None) -> tuple[Analysis, Mapping[str, bytes]]:
    analysis = analyse(image, config)
    table = {} if analysis.midline is None else {".midline.csv": midline_csv(analysis.midline)}
    return analysis, table | {".overlay.png": draw_overlay(image, analysis)}


MIDLINE = Product("midline", (".midline.csv", ".overlay.png"), _make_midline)
