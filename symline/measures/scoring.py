"""The score of a back: maps, and what is measured on them."""

from __future__ import annotations

import numpy as np

from symline.errors import RegistrationError
from symline.measures.asymmetry import in_unit, measure_asymmetry, standardised, subtract_partners
from symline.measures.local_symmetry import WINDOW, local_symmetry, spread
from symline.measures.noise import estimate_noise, noise_of_difference
from symline.measures.settings import ScoreSettings
from symline.model.image import FloatArray, Image
from symline.model.mirror import MirrorMap
from symline.model.pair import Pair
from symline.model.score import Score
from symline.numerics.masked_correlation import masked_correlation
from symline.transforms.moving import see

#: Fewer pixels with a partner than this cannot be scored.
FEWEST_PIXELS = 40


def score_maps(image: Image, pair: Pair, mirror: MirrorMap, partners: FloatArray, settings: ScoreSettings) -> Score:
    """Score a back.

    Raises
    ------
    RegistrationError
        Hardly any pixel has a mirror partner on the back.
    """
    values = standardised(image, pair)
    asymmetry = subtract_partners(values, image.inside, partners)
    known = np.isfinite(asymmetry)
    if np.count_nonzero(known) < FEWEST_PIXELS:
        raise RegistrationError("hardly any pixel has a mirror partner on the back; there is nothing to score", "little_overlap")
    noise = pair.scale * estimate_noise(values, image.inside) * noise_of_difference(partners, known)
    moving, covered = see(pair, mirror)
    weights = np.minimum(pair.coverage, covered)
    symmetry = spread(local_symmetry(pair.fixed, moving, weights, WINDOW * pair.resolution), pair, image.shape)
    threshold = settings.threshold or max(2 * pair.scale * float(np.median(np.abs(asymmetry[known]))), 3 * noise)
    measures = {
        "symmetry": masked_correlation(pair.fixed, moving, weights),
        **measure_asymmetry(values, asymmetry, pair.scale),
        "asymmetry_noise": noise,
        "asymmetry_threshold": threshold,
    }
    return Score(
        asymmetry=in_unit(asymmetry, pair),
        symmetry=np.where(known, symmetry, np.float32(np.nan)),
        labels=np.zeros(image.shape, dtype=np.int32),
        threshold=threshold,
        noise=noise,
        levels=(),
        patches=(),
        apices=(),
        curves=(),
        measures=measures,
    )
