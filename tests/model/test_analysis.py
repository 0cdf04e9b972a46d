"""The whole answer as plain numbers."""

import json

import numpy as np

from symline.model.analysis import Analysis, Axis, Status
from symline.model.midline import Midline


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
