"""Pose, posture and shape: backs whose asymmetry comes from one of them alone."""

import numpy as np
import pytest

from symline.measures.decomposition import measure_pose
from symline.model.analysis import Axis
from symline.model.image import Image
from symline.model.pair import Pair
from symline.pipeline import score
from tests.conftest import synthetic_back
from tests.measures.test_scoring import bent, blob, deviation

PARTS = ("pose", "posture", "elastic", "shape")


def decomposed(values, spacing=None):
    measures = score(Image(values, spacing=spacing)).measures
    return [measures[f"{name}_rms"] / deviation(values) for name in PARTS], measures


@pytest.mark.parametrize("seed", range(2))
def test_a_straight_upright_back_has_nothing(seed):
    parts, measures = decomposed(synthetic_back(noise=0.02, seed=seed).values)
    assert max(parts) < 0.02
    assert measures["pose_angle_deg"] == pytest.approx(0, abs=0.1)
    assert measures["pose_offset_px"] == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize("tilt", [12, -20])
def test_a_tilted_symmetric_back_has_pose_alone(tilt):
    (pose, *others), measures = decomposed(synthetic_back((160, 160), tilt=tilt, noise=0.02).values)
    assert pose > 0.5
    assert max(others) < 0.02
    assert measures["pose_angle_deg"] == pytest.approx(tilt, abs=0.2)


def test_a_bent_symmetric_back_has_posture_and_no_shape():
    (_, posture, elastic, shape), measures = decomposed(synthetic_back(midline=bent, noise=0.02).values)
    assert posture > 0.2
    assert max(elastic, shape) < 0.02
    # the axis is no more tilted than the arch, whose ends are level
    assert measures["pose_angle_deg"] == pytest.approx(0, abs=0.1)


def test_a_lump_on_one_side_is_shape():
    values = synthetic_back(noise=0.02).values
    (pose, posture, elastic, shape), _ = decomposed(values + blob(60, 40, 10, deviation(values)))
    assert shape > 0.1
    assert max(pose, posture, elastic) < 0.1 * shape


def test_shape_does_not_depend_on_how_the_body_leans():
    def shape_of(tilt):
        back, turn = synthetic_back((200, 200), tilt=tilt, noise=0.02), np.deg2rad(tilt)
        down, across = np.indices(back.values.shape) - 99.5
        # a lump far out on one side, which a vertical axis would soon leave without a partner
        level, aside = np.cos(turn) * down + np.sin(turn) * across, np.cos(turn) * across - np.sin(turn) * down
        lump = 3 * deviation(back.values) * np.exp(-0.5 * ((level + 20) ** 2 + (aside + 42) ** 2) / 8**2)
        return score(Image(back.values + lump)).measures["shape_rms"]

    upright = shape_of(0)
    assert [shape_of(tilt) for tilt in (15, -35)] == pytest.approx([upright, upright], rel=0.05)


def test_noise_is_no_shape():
    parts, _ = decomposed(synthetic_back((240, 192), noise=0.5).values)
    assert max(parts) < 0.06


def test_the_offset_is_taken_at_mid_height():
    pair = Pair(np.zeros((4, 4)), np.ones((4, 4)), 150.0, (100.0, 50.0), (1.0, 1.0))
    axis = Axis((80.0, 47.0), np.deg2rad(45))
    assert measure_pose(pair, axis, None) == pytest.approx({"pose_angle_deg": 45, "pose_offset_px": 17, "pose_offset_mm": None})
    # 20 rows of 1 mm down the axis moves 20 mm to the right, which are 10 columns
    assert measure_pose(pair, axis, (1.0, 2.0)) == pytest.approx({"pose_angle_deg": 45, "pose_offset_px": 7, "pose_offset_mm": 14})
