"""The score of a back: maps, parts, patches and measures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from symline.errors import RegistrationError
from symline.measures.asymmetry import in_unit, measure_asymmetry, standardised, subtract_partners
from symline.measures.decomposition import decompose, measure_pose
from symline.measures.furrow_offset import measure_furrow
from symline.measures.line import NO_SPACING, measure_line
from symline.measures.local_symmetry import WINDOW, local_symmetry, spread
from symline.measures.noise import Noise, estimate_noise
from symline.measures.partners import find_partners
from symline.measures.parts import measure_levels_table, measure_part, measure_regions
from symline.measures.patches import Regions, describe_patches, find_regions, label_pixels
from symline.measures.settings import ScoreSettings
from symline.measures.span import Span
from symline.measures.two_sides import TwoSides, on_lattice
from symline.model.analysis import Axis
from symline.model.image import FloatArray, Image
from symline.model.midline import Midline
from symline.model.mirror import MirrorMap
from symline.model.registration import Registration
from symline.model.score import Score
from symline.numerics.masked_correlation import masked_correlation
from symline.transforms.straightening import Straightening

#: Why a measure of a part of the back is missing.
TOO_FEW_PAIRS = "hardly any pair of mirror partners lies there"
#: Fewer pixels with a partner than this cannot be scored.
FEWEST_PIXELS = 40
#: Typical sizes of values whose asymmetry a map of float32 holds with all its digits.
SMALLEST, LARGEST = 1e-30, 1e30
#: What is asymmetric exceeds this many median absolute deviations of the smoothed asymmetry, this many times what noise makes of it,
#: and this many standard deviations of the values: a map that is off by a little makes as much on a back that is symmetric.
DEVIATIONS, NOISES, LEAST = 2.0, 3.0, 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """What is scored: an image, its registration, and the line and the straight axis found.

    Parameters
    ----------
    image, registration
        The image, and its mirror map.
    curve
        The curve with its pair directions, without what stages after it added.
    midline, axis
        The line traced from it, and the straight axis closest to that.
    """

    image: Image
    registration: Registration
    curve: Straightening
    midline: Midline
    axis: Axis


def score_back(subject: Subject, settings: ScoreSettings) -> Score:
    """Score a back.

    Raises
    ------
    RegistrationError
        Hardly any pixel has a mirror partner on the back, or the values are too small or too large for maps of float32.
    """
    image, pair = subject.image, subject.registration.pair
    if not SMALLEST < pair.scale < LARGEST:
        raise RegistrationError(
            f"the values differ by about {pair.scale:.1g}; {SMALLEST:g} to {LARGEST:g} is needed for maps of asymmetry, which are float32; "
            "multiply them by a factor first",
            "unusable",
        )
    mirror, partners = _choose_map(subject, settings)
    values = standardised(image, pair)
    asymmetry = subtract_partners(values, image.inside, partners)
    known = np.isfinite(asymmetry)
    if np.count_nonzero(known) < FEWEST_PIXELS:
        raise RegistrationError("hardly any pixel has a mirror partner on the back; there is nothing to score", "little_overlap")
    span = Span.of(pair, subject.curve, subject.midline, settings)
    sides = TwoSides.of(pair, mirror, subject.curve, span, (values, asymmetry, image.inside))
    noise = estimate_noise(sides, asymmetry)
    threshold = settings.threshold / pair.scale or _threshold(sides, noise)
    regions = find_regions(sides, threshold)
    line, furrow = measure_line(subject.midline, *settings.rows), measure_furrow(subject.midline, *settings.rows)
    symmetry = spread(local_symmetry(pair.fixed, sides.moving, sides.weights, WINDOW * pair.resolution), pair, image.shape)
    measures: dict[str, float | None] = {
        **line.measures,
        **furrow.measures,
        **measure_asymmetry(values, asymmetry, pair.scale),
        "asymmetry_noise": pair.scale * noise.pixels,
        "asymmetry_threshold": pair.scale * threshold,
        **_measure_sides(sides, regions),
        **measure_pose(pair, subject.axis, image.spacing),
        **decompose(sides, subject.axis, _whole_partners(subject, mirror, sides), noise.smoothed),
    }
    measures, missing = _tell_missing(measures, {**line.missing, **furrow.missing})
    return Score(
        asymmetry=in_unit(asymmetry, pair),
        symmetry=np.where(known, symmetry, np.float32(np.nan)),
        labels=label_pixels(pair, regions.masks, known),
        threshold=pair.scale * threshold,
        levels=measure_levels_table(sides, subject.midline, subject.curve, settings.levels),
        patches=describe_patches(sides, regions.masks, image, settings.levels),
        apices=line.apices,
        curves=line.curves,
        measures=measures,
        missing=missing,
    )


def _measure_sides(sides: TwoSides, regions: Regions) -> dict[str, float | None]:
    return {
        "symmetry": masked_correlation(sides.pair.fixed, sides.moving, sides.weights),
        "signed_asymmetry": measure_part(sides, sides.known)["signed_asymmetry"],
        **measure_regions(sides),
        "asymmetric_area_fraction": regions.share,
        "patch_count": float(len(regions.masks)),
    }


def _choose_map(subject: Subject, settings: ScoreSettings) -> tuple[MirrorMap, FloatArray]:
    """The whole mirror map or that of the curve alone, and the partner of every pixel, (row, col) in px."""
    registration = subject.registration
    if settings.per_pixel == "residual":
        return registration.steps[-1].transform, registration.partners
    partners, _ = find_partners(subject.image, registration.pair, subject.curve)
    return subject.curve, partners


def _whole_partners(subject: Subject, mirror: MirrorMap, sides: TwoSides) -> FloatArray:
    """The partner of each working pixel by the whole map, which is what `sides` were told by a mirror map, or more."""
    whole = subject.registration.steps[-1].transform
    return sides.partners if mirror is whole else on_lattice(whole.partners, sides.pair)


def _threshold(sides: TwoSides, noise: Noise) -> float:
    """Beyond which smoothed asymmetry is more than chance, in standardised units."""
    typical = float(np.median(np.abs(sides.smoothed[sides.known]))) if sides.known.any() else 0.0
    return max(DEVIATIONS * typical, NOISES * noise.smoothed, LEAST)


def explain_missing(measures: Mapping[str, float | None]) -> dict[str, str]:
    """Say why a measure of areas or pairs is None, for each that is."""
    return {name: NO_SPACING if name.endswith("_mm") else TOO_FEW_PAIRS for name, value in measures.items() if value is None}


def _tell_missing(measures: dict[str, float | None], known: Mapping[str, str]) -> tuple[dict[str, float | None], dict[str, str]]:
    """Turn what is not finite into None, and say why for every None."""
    plain = {name: value if value is not None and math.isfinite(value) else None for name, value in measures.items()}
    return plain, explain_missing(plain) | dict(known)
