"""Metrics against independent implementations, finite differences, and what each must not mind."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage
from sklearn.metrics import mutual_info_score

from symline.numerics.metrics import METRICS, make_metric
from symline.numerics.metrics.information import joint_histogram, mutual_information

SHAPE = (23, 31)
WITH_CURVATURE = [name for name, kind in METRICS.items() if kind.has_curvature]


def images(seed=0, shape=SHAPE):
    """Two smooth images that have something to do with each other, and weights with a hole and a soft edge."""
    random = np.random.default_rng(seed)
    fixed, other = (ndimage.gaussian_filter(random.normal(size=shape), 2) for _ in range(2))
    weights = np.clip(1.3 - np.hypot(*(np.indices(shape) / np.array(shape)[:, None, None] * 2 - 1)), 0, 1)
    weights[8:11, 12:17] = 0
    return fixed / fixed.std(), 2 + (0.7 * fixed + 0.6 * other) / fixed.std(), weights


@pytest.fixture(params=METRICS)
def metric(request):
    return make_metric(request.param, window=3.0, bins=16).prepared(*images())


def test_gradients_match_finite_differences(metric):
    fixed, moved, weights = images()
    gradient = metric(fixed, moved, weights).gradient
    counted = weights > 0
    inside = counted & (moved > moved[counted].min()) & (moved < moved[counted].max())
    pixels = np.argwhere(inside)[::17]
    step = 1e-5
    for row, col in pixels:
        nudge = np.zeros(SHAPE)
        nudge[row, col] = step
        numeric = (metric(fixed, moved + nudge, weights).value - metric(fixed, moved - nudge, weights).value) / (2 * step)
        assert gradient[row, col] == pytest.approx(numeric, rel=1e-4, abs=2e-8)
    assert np.abs(gradient[inside]).max() > 1e-4


@pytest.mark.parametrize("name", WITH_CURVATURE)
def test_curvature_is_that_of_a_pixel_or_above(name):
    metric, (fixed, moved, weights) = make_metric(name, window=3.0, bins=16), images()
    evaluation = metric(fixed, fixed, weights)
    assert (evaluation.curvature >= 0).all()
    assert (evaluation.curvature[weights == 0] == 0).all()
    step = 1e-3
    for row, col in np.argwhere(weights > 0)[::41]:
        nudge = np.zeros(SHAPE)
        nudge[row, col] = step
        change = metric(fixed, fixed + nudge, weights).gradient - evaluation.gradient
        assert change[row, col] / step == pytest.approx(evaluation.curvature[row, col], rel=0.25)
    assert metric(fixed, moved, weights).curvature is not None


@pytest.mark.parametrize("garbage", [np.nan, np.inf, 1e30])
def test_what_has_no_weight_changes_nothing(metric, garbage):
    fixed, moved, weights = images()
    clean = metric(fixed, moved, weights)
    fixed[weights == 0], moved[weights == 0] = garbage, -garbage
    found = metric(fixed, moved, weights)
    assert found.value == clean.value
    np.testing.assert_array_equal(found.gradient, clean.gradient)
    assert (found.gradient[weights == 0] == 0).all()


def test_nothing_is_written(metric):
    given = images()
    for array in given:
        array.flags.writeable = False
    assert metric(*given).value == metric(*images()).value


def test_an_image_fits_itself_best(metric):
    fixed, moved, weights = images()
    # bins that the values fall into alike, whichever of the two is the moved one
    same = metric.prepared(fixed, fixed, weights)
    assert same(fixed, fixed, weights).value < same(fixed, moved - 2, weights).value
    assert np.abs(metric(fixed, fixed, weights).gradient).max() < 1


@pytest.mark.parametrize("name", METRICS)
def test_either_image_may_be_the_fixed_one(name):
    metric, (fixed, moved, weights) = make_metric(name, window=3.0, bins=16), images()
    assert metric(fixed, moved, weights).value == pytest.approx(metric(moved, fixed, weights).value, rel=1e-9)


@pytest.mark.parametrize("name", ["ncc", "lncc", "mi", "nmi"])
def test_brightness_and_contrast_are_of_no_importance(name):
    metric, (fixed, moved, weights) = make_metric(name, window=3.0, bins=16), images()
    assert metric(fixed, 3 * moved - 7, weights).value == pytest.approx(metric(fixed, moved, weights).value, abs=1e-9)


@pytest.mark.parametrize("name", ["mi", "nmi"])
def test_information_minds_no_sign(name):
    metric, (fixed, moved, weights) = make_metric(name, window=3.0, bins=16), images()
    assert metric(fixed, -moved, weights).value == pytest.approx(metric(fixed, moved, weights).value, abs=1e-9)


@pytest.mark.parametrize("name", METRICS)
def test_where_nothing_counts_or_nothing_differs_nothing_pulls(name):
    metric, (fixed, _, weights) = make_metric(name, window=3.0, bins=16), images()
    for evaluation in (metric(fixed, fixed, np.zeros(SHAPE)), metric(np.ones(SHAPE), np.ones(SHAPE), weights)):
        assert np.isfinite(evaluation.value)
        assert not evaluation.gradient.any()


def test_squared_differences_are_their_mean():
    fixed, moved, weights = images()
    expected = np.average((fixed - moved) ** 2, weights=weights)
    assert make_metric("ssd", window=1.0, bins=8)(fixed, moved, weights).value == pytest.approx(expected, rel=1e-12)


def test_correlation_is_that_of_numpy():
    fixed, moved, weights = images()
    mask = weights > 0.5
    expected = 1 - np.corrcoef(fixed[mask], moved[mask])[0, 1]
    assert make_metric("ncc", window=1.0, bins=8)(fixed, moved, mask.astype(float)).value == pytest.approx(expected, abs=1e-6)


def test_local_correlation_in_a_wide_window_is_that_of_the_whole():
    fixed, moved, weights = images()
    local = replace(METRICS["lncc"](), window=500.0, flatness=0.0)
    assert local(fixed, moved, weights).value == pytest.approx(METRICS["ncc"]()(fixed, moved, weights).value, abs=1e-3)


def test_local_correlation_minds_no_shading():
    fixed, _, weights = images(shape=(60, 60))
    shaded = fixed * np.linspace(1, 3, 60) + np.linspace(-6, 6, 60)[:, None]
    assert make_metric("lncc", window=4.0, bins=8)(fixed, shaded, weights).value < 0.25
    assert make_metric("ncc", window=4.0, bins=8)(fixed, shaded, weights).value > 0.4


@pytest.mark.parametrize("bins", [8, 20])
def test_plain_mutual_information_is_that_of_scikit_learn(bins):
    fixed, moved, weights = images()
    mask = weights > 0.3
    labels = []
    for image in (fixed[mask], moved[mask]):
        edges = np.linspace(image.min(), image.max(), bins + 1)
        labels.append(np.clip(np.searchsorted(edges, image, side="right") - 1, 0, bins - 1))
    histogram = joint_histogram(fixed, moved, mask.astype(float), bins)
    assert histogram.sum() == np.count_nonzero(mask)
    assert mutual_information(histogram) == pytest.approx(mutual_info_score(*labels), abs=1e-6)


def test_normalised_information_is_made_of_entropies():
    random = np.random.default_rng(1)
    joint = random.uniform(size=(6, 6)) * (random.uniform(size=(6, 6)) > 0.3)
    joint /= joint.sum()

    def entropy(shares):
        return -sum(share * np.log(share) for share in shares.ravel() if share > 0)

    expected = -(entropy(joint.sum(axis=1)) + entropy(joint.sum(axis=0))) / entropy(joint)
    assert METRICS["nmi"]().value(joint) == pytest.approx(expected, rel=1e-12)


def test_fine_bins_bring_the_windowed_information_to_the_plain_one():
    random = np.random.default_rng(2)
    fixed = random.integers(0, 3, (80, 80)).astype(float)
    moved = np.where(random.uniform(size=(80, 80)) < 0.2, random.integers(0, 3, (80, 80)), fixed)
    weights = np.ones((80, 80))
    # three values far apart: the windows of no two of them touch one bin
    windowed = make_metric("mi", window=1.0, bins=19)(fixed, moved, weights).value
    assert windowed == pytest.approx(-mutual_information(joint_histogram(fixed, moved, weights, 3)), abs=1e-9)


def test_every_metric_says_what_it_is():
    for kind in METRICS.values():
        assert kind.__doc__.splitlines()[0].endswith(".")
        assert any(year in kind.source for year in ("19", "20"))
