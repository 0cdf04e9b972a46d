"""What each command makes of an image. Writers are imported when they run: the command line must start fast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symline.batch.job import Product
from symline.files.results import TABLE

if TYPE_CHECKING:
    from symline.model.analysis import Analysis
    from symline.model.image import Image
    from symline.pipeline import Study


def _analyse(study: Study) -> Analysis:
    return study.analyse()


def _register(study: Study) -> Analysis:
    return study.register()


def _score(study: Study) -> Analysis:
    return study.score()


def _midline_csv(_image: Image, analysis: Analysis) -> bytes | None:
    from symline.files.midline_csv import midline_csv

    return None if analysis.midline is None else midline_csv(analysis.midline)


def _overlay(image: Image, analysis: Analysis) -> bytes:
    from symline.files.overlay import draw_overlay

    return draw_overlay(image, analysis)


def _mirror_tiff(image: Image, analysis: Analysis) -> bytes | None:
    from symline.files.float_tiff import mirror_tiff

    return None if analysis.registration is None else mirror_tiff(analysis.registration.partners, image.spacing)


def _pairs_csv(image: Image, analysis: Analysis) -> bytes | None:
    from symline.files.pairs_csv import pairs_csv

    if analysis.midline is None or analysis.registration is None:
        return None
    return pairs_csv(image, analysis.midline, analysis.registration)


def _trace_csv(_image: Image, analysis: Analysis) -> bytes | None:
    from symline.files.trace_csv import trace_csv

    return None if analysis.registration is None else trace_csv(analysis.registration)


def _registration(image: Image, analysis: Analysis) -> bytes:
    from symline.files.registration_sheet import draw_registration

    return draw_registration(image, analysis)


def _asymmetry_tiff(image: Image, analysis: Analysis) -> bytes | None:
    from symline.files.float_tiff import float_tiff

    return None if analysis.score is None else float_tiff({"asymmetry": analysis.score.asymmetry}, image.spacing)


def _symmetry_tiff(image: Image, analysis: Analysis) -> bytes | None:
    from symline.files.float_tiff import float_tiff

    return None if analysis.score is None else float_tiff({"symmetry": analysis.score.symmetry}, image.spacing)


def _levels_csv(image: Image, analysis: Analysis) -> bytes | None:
    from symline.files.levels_csv import levels_csv

    return None if analysis.score is None else levels_csv(analysis.score, image.spacing)


def _asymmetry(image: Image, analysis: Analysis) -> bytes:
    from symline.files.asymmetry_sheet import draw_asymmetry

    return draw_asymmetry(image, analysis)


MIDLINE = Product("midline", _analyse, {TABLE: _midline_csv, ".overlay.png": _overlay})
REGISTRATION = Product(
    "registration",
    _register,
    {".mirror.tif": _mirror_tiff, ".pairs.csv": _pairs_csv, ".trace.csv": _trace_csv, ".registration.png": _registration},
)
SCORE = Product(
    "score",
    _score,
    {".asymmetry.tif": _asymmetry_tiff, ".symmetry.tif": _symmetry_tiff, ".levels.csv": _levels_csv, ".asymmetry.png": _asymmetry},
)
#: Name of the command -> what it makes.
PRODUCTS = {"midline": MIDLINE, "register": REGISTRATION, "score": SCORE}
