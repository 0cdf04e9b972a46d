"""Local mirror symmetry for every place and direction."""

import numpy as np
import pytest
from scipy import ndimage

from symline.numerics.symmetry_volume import Window, _gaussian_matrix, symmetry_volume

WINDOW = Window(half_widths=(5, 8, 12), silhouette=16, length=4.0, flatness=0.03)
ANGLES = np.deg2rad(np.arange(-60, 61, 10.0))


def disk(size=65, radius=29):
    row, col = np.indices((size, size)) - size // 2
    return (np.hypot(row, col) < radius).astype(np.float32)


def mirrored(angle, size=65):
    """A random smooth image, mirror symmetric about an axis through the middle."""
    random = np.random.default_rng(3)
    image = ndimage.gaussian_filter(random.normal(size=(3 * size, 3 * size)), 2.5)
    image = (image + image[:, ::-1]) / image.std()
    cos, sin = np.cos(angle), np.sin(angle)
    matrix = np.array([[cos, sin], [-sin, cos]])
    middle, old = np.full(2, size // 2), np.full(2, (3 * size - 1) / 2)
    return ndimage.affine_transform(image, matrix, old - matrix @ middle, (size, size), order=3).astype(np.float32)


def volume_of(image, weights, whole=None):
    whole = weights if whole is None else whole
    return symmetry_volume(image * weights, weights, whole, whole > 0.5, ANGLES, WINDOW)


@pytest.mark.parametrize("degrees", [-50, -20, 0, 30, 60])
def test_an_exact_axis_scores_high_in_its_place_and_direction(degrees):
    image, weights = mirrored(np.deg2rad(degrees)), disk()
    volume = volume_of(image, weights)
    index = int(np.argmin(np.abs(ANGLES - np.deg2rad(degrees))))
    on_axis = volume[index, 32, 32]
    assert on_axis > 0.6
    assert volume.max() <= 1.001
    assert np.unravel_index(volume[:, 32, 32].argmax(), ANGLES.shape)[0] == index
    best = np.array(np.unravel_index(volume[index].argmax(), volume.shape[1:])) - 32
    assert abs(best @ (-np.sin(ANGLES[index]), np.cos(ANGLES[index]))) < 1.01


@pytest.mark.parametrize("level", [0.0, 3.0])
def test_a_flat_image_scores_nothing(level):
    weights = disk()
    volume = volume_of(np.full_like(weights, level), weights)
    assert np.abs(volume[:, 22:43, 22:43]).max() < 0.05


def test_the_sign_of_the_values_is_irrelevant():
    image, weights = mirrored(0.2), disk()
    np.testing.assert_array_equal(volume_of(-image, weights), volume_of(image, weights))


def test_the_mirror_image_has_the_mirrored_volume():
    image, weights = mirrored(0.3), disk()
    volume = volume_of(image, weights)
    turned = volume_of(image[:, ::-1], weights)
    np.testing.assert_allclose(turned[::-1, :, ::-1], volume, atol=1e-4)


def test_outside_the_mask_there_is_nothing():
    image, weights = mirrored(0.0), disk(radius=20)
    volume = volume_of(image, weights)
    assert np.all(volume[:, weights == 0] == 0)


@pytest.mark.parametrize("part", [slice(None), slice(12, 53)])
def test_beyond_the_edges_of_the_image_there_is_nothing(part):
    image, weights = (each[part, 5:44] for each in (mirrored(0.3), np.ones((65, 65), dtype=np.float32)))
    wider = (np.pad(each, ((9, 9), (14, 14))) for each in (image, weights))
    volume = volume_of(image, weights)
    np.testing.assert_allclose(volume_of(*wider)[:, 9:-9, 14:-14], volume, atol=1e-4)


def test_unrelated_halves_score_less_than_symmetric_ones():
    weights = disk()
    random = ndimage.gaussian_filter(np.random.default_rng(8).normal(size=weights.shape), 2.5)
    random = (random / random.std()).astype(np.float32)
    unrelated = volume_of(random, weights)[:, 32, 32].max()
    assert unrelated < 0.4 * volume_of(mirrored(0.0), weights)[6, 32, 32]


@pytest.mark.parametrize("cols", [slice(30, 35), slice(38, 44)], ids=["on the axis", "beside it"])
def test_what_was_not_seen_of_the_whole_is_no_outline(cols):
    image, whole = mirrored(0.0), disk()
    weights = whole.copy()
    weights[:, cols] = 0
    complete, gappy, outlined = (volume_of(image, *masks)[6, 22:43, 32].min() for masks in ((whole,), (weights, whole), (weights,)))
    assert 0.4 * complete < gappy <= complete
    assert gappy > 2 * outlined


def test_no_number_in_the_window_is_too_small_for_processors_to_be_fast_with():
    kernel = _gaussian_matrix(np.arange(-48, 48.5, 1.5), np.arange(-48, 49, 3.0), 3.84)
    assert kernel[kernel > 0].min() > 1e6 * np.finfo(np.float32).tiny
    np.testing.assert_allclose(kernel[:, 16].sum(), 1, rtol=1e-5)
