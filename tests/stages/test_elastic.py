"""The elastic refinement: partners found, the midline kept, and nothing explained away that has no partner."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter, map_coordinates

from symline.config import Config
from symline.errors import ConfigError
from symline.model.image import Image
from symline.model.refinement import WORSE
from symline.pipeline import analyse, register
from symline.stages.elastic import ElasticRefinement
from symline.transforms.elastic import ElasticMirror
from tests.conftest import synthetic_back
from tests.stages.conftest import on_grid, truth

BACK = synthetic_back((320, 256), noise=0.02)
PAIR = on_grid(BACK)


def stretched(size=5.0):
    """A back whose right half is stretched sideways and down by up to `size` px, and the true partner of points of its left half."""
    rows, cols = np.indices(BACK.values.shape, dtype=float)

    def source(row, col):
        aside = np.maximum(col - 127.5, 0)
        fall = size * np.exp(-0.5 * ((row - 160) / 60) ** 2 - 0.5 * ((aside - 60) / 30) ** 2)
        return row - 0.6 * fall, col - fall

    values = map_coordinates(np.nan_to_num(BACK.values), source(rows, cols), order=1)
    inside = map_coordinates(np.isfinite(BACK.values).astype(float), source(rows, cols), order=1) > 0.99
    return np.where(inside, values, np.nan), source


def test_finds_the_partners_of_a_stretched_side():
    values, source = stretched()
    image = Image(values)
    rows, cols = np.mgrid[60:260:5, 140:220:5].reshape(2, -1)
    errors = {}
    for stages in (("path", "curve"), ("path", "curve", "elastic")):
        partners = register(image, Config(stages=stages)).registration.partners[:, rows, cols]
        row, col = source(rows.astype(float), cols.astype(float))
        errors[stages[-1]] = np.nanmedian(np.hypot(partners[0] - row, partners[1] - (255 - col)))
    assert errors["elastic"] < 0.8 * errors["curve"]


def test_comes_to_rest_where_much_is_asymmetric_and_a_side_is_cut():
    values = stretched(9.0)[0]
    bumps = gaussian_filter(np.random.default_rng(4).normal(size=values.shape), 10)
    found = register(Image((values + 0.7 * np.nanstd(values) * bumps / bumps.std())[:, :-60]))
    assert found.registration.steps[-1].trace.converged
    assert "not_converged" not in found.reasons


def test_keeps_the_midline():
    image = Image(stretched()[0])
    with_elastic, without = register(image), analyse(image, Config(stages=("path", "curve")))
    np.testing.assert_array_equal(with_elastic.midline.points, without.midline.points)
    np.testing.assert_array_equal(with_elastic.midline.sd, without.midline.sd)


def test_is_an_involution_that_does_not_fold():
    found = register(Image(stretched(9.0)[0]))
    assert np.nanquantile(found.registration.inconsistency, 0.99) < 0.1
    rows, cols = found.registration.partners
    by_row, by_col = (np.array([np.gradient(each, axis=axis) for each in (rows, cols)]) for axis in (0, 1))
    determinant = by_row[0] * by_col[1] - by_row[1] * by_col[0]
    assert np.nanmax(determinant) < 0


@pytest.mark.parametrize("size", [18.0, 30.0])
def test_a_one_sided_blob_of_the_size_of_a_scapula_stays_in_the_asymmetry(size):
    rows, cols = np.indices(BACK.values.shape)
    blob = 1.5 * np.nanstd(BACK.values) * np.exp(-0.5 * (((rows - 130) / size) ** 2 + ((cols - 185) / size) ** 2))
    image = Image(BACK.values + blob)
    partners = register(image).registration.partners
    at = (np.hypot(rows - 130, cols - 185) < size) & np.isfinite(partners[0])
    index = np.rint(partners[:, at]).astype(int)
    asymmetry = image.values[at] - image.values[index[0], index[1]]
    assert asymmetry.mean() > 0.85 * blob[at].mean()
    moved = np.hypot(partners[0] - rows, partners[1] - (255 - cols))[at]
    assert np.nanmedian(moved) < 1.5, "the skin is not stretched to explain it"


def test_noise_moves_nothing():
    noisy = on_grid(synthetic_back((320, 256), noise=0.5))
    curve = truth(BACK, noisy)
    found = ElasticRefinement()(noisy, curve).transform
    points = noisy.points[noisy.coverage > 0.9]
    assert np.nanmedian(np.linalg.norm(found.partners(points) - curve.partners(points), axis=1)) < 0.003


def test_starts_from_a_straight_map_as_well():
    from symline.transforms.affine import Affine

    found = ElasticRefinement()(PAIR, Affine.reflection((0.0, 0.0)))
    assert isinstance(found.transform, ElasticMirror)
    assert np.abs(found.transform.straightening.nodes[:, 1]).max() < 0.003


def test_what_would_be_worse_is_not_taken():
    back = synthetic_back(noise=0.2, seed=3)
    pair = on_grid(back)
    curve = truth(back, pair)
    # what fits a back that is smoothed away fits worse where there is something to see
    too_free = ElasticRefinement(lattice=0.1, unevenness_price=1e-9, size_price=1e-9, floor=0.0, region=0.3, smoothing=(0.2, 0.01))
    found = too_free(pair, curve)
    assert found.transform is curve
    assert (found.trace.converged, found.trace.why) == (False, WORSE)


def test_prices_may_be_as_low_as_they_can():
    least = ElasticRefinement(size_price=1e-9, unevenness_price=0.0, yaw_price=0.0)
    partners = least(PAIR, truth(BACK, PAIR)).transform.partners(PAIR.points)
    assert np.isfinite(partners[PAIR.coverage > 0.5]).all(axis=-1).mean() > 0.8
    with pytest.raises(ConfigError, match="size_price"):
        ElasticRefinement(size_price=0.0)
