"""The whole answer as plain numbers."""

import json

import numpy as np

from symline.model.analysis import Analysis, Axis, Status
from symline.model.midline import Midline
from symline.model.score import Apex, Curve, Patch, Score


def test_a_failure_holds_its_reason_and_message():
    described = Analysis(Status.FAILED, ("no_relief",), message="flat").to_dict()
    assert described == {
        "status": "failed",
        "reasons": ["no_relief"],
        "message": "flat",
        "axis": None,
        "midline": None,
        "registration": None,
        "score": None,
        "measures": {},
    }


def test_a_result_is_plain_numbers():
    symmetry = np.array([0.5, np.nan, 0.7])
    line = Midline(np.array([[4.0, 1.0], [5.0, 1.0], [6.0, 1.0]]), np.zeros(3), symmetry, np.array([0.1, 0.2, 0.3]))
    found = Analysis(Status.REVIEW, ("wide_band", "low_symmetry"), line, Axis((5.0, 1.0), np.pi / 6), {"a_mm": np.nan, "b": 1 / 3})
    described = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert described["reasons"] == ["low_symmetry", "wide_band"]
    assert described["axis"] == {"row_px": 5, "col_px": 1, "angle_deg": 30}
    assert described["measures"] == {"a_mm": None, "b": 0.333333333}
    assert described["midline"] == {
        "rows": 3,
        "first_row_px": 4,
        "last_row_px": 6,
        "symmetry_median": 0.6,
        "sd_median_px": 0.2,
        "sd_max_px": 0.3,
    }


def test_a_score_is_described_without_its_maps_and_with_units():
    nothing = np.zeros((2, 2))
    score = Score(
        asymmetry=nothing,
        symmetry=nothing,
        labels=nothing.astype(np.int32),
        threshold=1 / 3,
        levels=(),
        patches=(Patch(number=1, row=4.5, col=2.0, area_px=9.0, area_mm2=None, side="left", peak=-1.5, level=None),),
        apices=(Apex(row=3.0, percent=50.0, side="right", amplitude_px=2.0, amplitude_mm=4.0),),
        curves=(Curve(upper_row=1.0, lower_row=5.0, apex_row=3.0, side="right", angle_deg=12.5),),
        measures={"symmetry": 0.9, "furrow_offset_rms_px": None},
        missing={"furrow_offset_rms_px": "no furrow is visible"},
    )
    described = json.loads(json.dumps(Analysis(Status.OK, (), measures={"length_px": 8.0}).with_score(score).to_dict()))
    assert described["measures"] == {"length_px": 8, "symmetry": 0.9, "furrow_offset_rms_px": None}
    assert described["score"] == {
        "threshold": 0.333333333,
        "patches": [{"number": 1, "row_px": 4.5, "col_px": 2, "area_px": 9, "area_mm2": None, "side": "left", "peak": -1.5, "level": None}],
        "apices": [{"row_px": 3, "percent": 50, "side": "right", "amplitude_px": 2, "amplitude_mm": 4}],
        "curves": [{"upper_row_px": 1, "lower_row_px": 5, "apex_row_px": 3, "side": "right", "angle_deg": 12.5}],
        "missing": {"furrow_offset_rms_px": "no furrow is visible"},
    }
