"""A symmetric body that stands turned: the curve and the elastic stage see through it."""

import numpy as np
import pytest

from symline.model.image import Image
from symline.stages.curve import CurveRefinement
from symline.stages.elastic import ElasticRefinement
from symline.stages.prepare import prepare
from symline.transforms.bending import Bending
from symline.transforms.straightening import Straightening

ROWS, COLS, MIDDLE = 320, 256, 127.5


#: Shoulder blades, muscles and more: row, distance from the midline, width and height of a bump on either side, in px.
BUMPS = ((90, 55, 22, 6), (130, 18, 14, 5), (200, 22, 16, 6), (240, 60, 20, 4), (150, 70, 18, 3), (60, 30, 15, 3), (270, 25, 14, 4))


def depth(row, aside):
    """Of a body with a straight long axis and an elliptic cross-section, with bumps and a furrow, in px."""

    def bump(offset, width):
        return np.exp(-0.5 * ((aside - offset) / width) ** 2)

    found = 40 * np.sqrt(np.maximum(1 - (aside / 140) ** 2, 0.01)) - 4 * bump(0, 8)
    for at, offset, width, height in BUMPS:
        found += height * np.exp(-0.5 * ((row - at) / width) ** 2) * (bump(offset, width) + bump(-offset, width))
    return found


def turned(yaw, sign=1.0):
    """The mean curvature of the body, seen after it has turned; and the function that says where its points are seen."""

    def seen(row, aside):
        return MIDDLE + aside + yaw * depth(row, aside)

    row, col = np.indices((ROWS, COLS), dtype=float)
    aside = col - MIDDLE
    for _ in range(30):
        aside = col - MIDDLE - yaw * depth(row, aside)
    step = 0.5
    around = depth(row + step, aside) + depth(row - step, aside) + depth(row, aside + step) + depth(row, aside - step)
    curvature = (around - 4 * depth(row, aside)) / (2 * step**2)
    curvature += np.random.default_rng(0).normal(0, 0.02 * curvature.std(), curvature.shape)
    outside = (np.abs(aside) > 95) | (np.abs(row - 159.5) > 140)
    return np.where(outside, np.nan, sign * curvature), seen


def start(pair):
    rows = np.linspace(25, 295, 40)
    nodes = pair.from_image(np.stack([rows, np.full_like(rows, MIDDLE)], axis=1))
    return Straightening(nodes, Bending(nodes).direction)


def line_errors(curve, pair, seen):
    row, col = pair.to_image(curve.nodes).T
    return np.abs(col - seen(row, 0.0))


@pytest.mark.parametrize("sign", [1, -1], ids=["furrow", "ridge"])
@pytest.mark.parametrize("yaw", [0.1, -0.05])
def test_a_turned_body_does_not_pull_the_curve_aside(yaw, sign):
    values, seen = turned(yaw, sign)
    pair = prepare(Image(values))
    free, stiff = (CurveRefinement(yaw_price=price)(pair, start(pair)).transform for price in (0.1, 1e6))
    assert np.median(line_errors(free, pair, seen)) < 0.1
    assert np.median(line_errors(free, pair, seen)) < 0.65 * np.median(line_errors(stiff, pair, seen))


def test_a_body_that_is_not_turned_stays_so():
    values, seen = turned(0.0)
    pair = prepare(Image(values))
    assert line_errors(CurveRefinement()(pair, start(pair)).transform, pair, seen).max() < 0.05


@pytest.mark.parametrize(("yaw", "share"), [(0.1, 0.8), (-0.05, 1.0)])
def test_partners_on_a_turned_body(yaw, share):
    values, seen = turned(yaw)
    pair = prepare(Image(values))
    curve = CurveRefinement()(pair, start(pair)).transform
    row, aside = (each.ravel() for each in np.meshgrid(np.arange(50, 271, 10.0), np.arange(20, 81, 5.0), indexing="ij"))
    right, left = (pair.from_image(np.stack([row, seen(row, side * aside)], axis=1)) for side in (1, -1))
    errors = []
    for price in (ElasticRefinement().yaw_price, 1e6):
        partners = ElasticRefinement(yaw_price=price)(pair, curve).transform.partners(right)
        errors.append(np.median(np.linalg.norm(pair.to_image(partners) - pair.to_image(left), axis=1)))
    free, stiff = errors
    assert free < 0.15
    assert free < share * stiff


def test_a_single_pair_on_each_level_is_enough():
    values, seen = turned(0.0)
    pair = prepare(Image(values))
    stage = CurveRefinement(half_width=0.05, pair_spacing=0.05)
    assert len(stage.distances) == 1
    assert line_errors(stage(pair, start(pair)).transform, pair, seen).max() < 5
