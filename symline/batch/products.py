"""What each command makes of an image. Each imports its writers when it runs: the command line must start fast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from symline.batch.job import Product
from symline.model.analysis import Analysis

if TYPE_CHECKING:
    from symline.pipeline import Study


def _make_midline(study: Study) -> tuple[Analysis, Mapping[str, bytes]]:
    from symline.files.midline_csv import midline_csv
    from symline.files.overlay import draw_overlay

    image, analysis = study.image, study.analyse()
    table = {} if analysis.midline is None else {".midline.csv": midline_csv(analysis.midline)}
    return analysis, table | {".overlay.png": draw_overlay(image, analysis)}


def _make_registration(study: Study) -> tuple[Analysis, Mapping[str, bytes]]:
    from symline.files.float_tiff import mirror_tiff
    from symline.files.pairs_csv import pairs_csv
    from symline.files.registration_sheet import draw_registration
    from symline.files.trace_csv import trace_csv

    image, analysis = study.image, study.register()
    found = analysis.registration
    maps = (
        {}
        if found is None
        else {
            ".mirror.tif": mirror_tiff(found.partners, image.spacing),
            ".pairs.csv": pairs_csv(image, analysis),
            ".trace.csv": trace_csv(analysis),
        }
    )
    return analysis, maps | {".registration.png": draw_registration(image, analysis)}


def _make_score(study: Study) -> tuple[Analysis, Mapping[str, bytes]]:
    from symline.files.asymmetry_sheet import draw_asymmetry
    from symline.files.float_tiff import float_tiff
    from symline.files.levels_csv import levels_csv

    image, analysis = study.image, study.score()
    if analysis.midline is not None:
        study.config["score"].require_inside(analysis.midline, image.name)
    found = analysis.score
    maps = (
        {}
        if found is None
        else {
            ".asymmetry.tif": float_tiff({"asymmetry": found.asymmetry}, image.spacing),
            ".symmetry.tif": float_tiff({"symmetry": found.symmetry}, image.spacing),
            ".levels.csv": levels_csv(analysis, image.spacing),
        }
    )
    return analysis, maps | {".asymmetry.png": draw_asymmetry(image, analysis)}


MIDLINE = Product("midline", (".midline.csv", ".overlay.png"), _make_midline)
REGISTRATION = Product("registration", (".mirror.tif", ".pairs.csv", ".trace.csv", ".registration.png"), _make_registration)
SCORE = Product("score", (".asymmetry.tif", ".symmetry.tif", ".levels.csv", ".asymmetry.png"), _make_score)
#: By the name of the command, in the order in which their sections go into a record.
PRODUCTS = {"midline": MIDLINE, "register": REGISTRATION, "score": SCORE}
