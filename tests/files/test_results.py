"""The table and the record of a midline."""

import json
import math

import numpy as np
import pytest

from symline.files.json_file import to_json
from symline.files.midline_csv import COLUMNS, midline_csv
from symline.files.results import Made, compose, describe_input, load_record
from symline.model.analysis import Analysis, Axis, Status
from symline.model.image import Image, Source
from symline.model.midline import Midline

FIELDS = {"schema", "symline", "status", "reasons", "message", "input", "config", "axis", "measures", "files"}
FIELDS |= {"midline", "registration", "score", "overrides"}
CONFIG = {"path": {"smoothness": 0.5, "range": (1, 2)}}
ASKED = {"name": "a.npy", "given": {"spacing_mm": None, "background": "auto"}, "page": None, "mask_sha256": None, "midline_sha256": None}
IMAGE = Image(np.eye(9), name="a.npy", spacing=(2, 3), source=Source("0" * 64, "float64"))


def line(spacing=None, **fields):
    rows = np.arange(3, 8)
    columns = {"pair_angle": np.zeros(5), "symmetry": np.full(5, 0.5), "sd": np.full(5, 0.1)} | fields
    return Midline(np.column_stack([rows, 10 + 0.5 * rows]), **columns, spacing=spacing)


def analysis(status=Status.OK, reasons=(), **fields):
    return Analysis(status, reasons, **{"midline": line(), "axis": Axis((5.0, 12.5), math.atan(0.5))} | fields)


def record(section="midline", found=None, previous=None, image=IMAGE, config=CONFIG, files=None):
    made = [Made(section, found or analysis(), files or {})]
    return compose(made, source=describe_input(image, ASKED), config=config, previous=previous)


def cells(midline):
    header, *lines = midline_csv(midline).decode().splitlines()
    assert header == ",".join(COLUMNS)
    return [dict(zip(COLUMNS, text.split(","), strict=True)) for text in lines]


def test_the_columns_are_those_of_the_contract():
    assert ",".join(COLUMNS) == (
        "row_px,col_px,row_mm,col_mm,arc_mm,tangent_deg,curvature_per_mm,pair_angle_deg,symmetry,sd_px,low_px,high_px,furrow_col_px"
    )


def test_a_table_without_spacing_leaves_the_mm_empty():
    first = cells(line())[0]
    assert first["row_px"] == "3"
    assert first["col_px"] == "11.5000"
    assert first["tangent_deg"] == "26.5651"
    assert first["low_px"] == "11.3040"
    for name in ("row_mm", "col_mm", "arc_mm", "curvature_per_mm", "furrow_col_px"):
        assert first[name] == ""


def test_a_table_with_spacing_is_complete():
    last = cells(line((2.0, 3.0)))[-1]
    assert (last["row_mm"], last["col_mm"]) == ("14.0000", "40.5000")
    assert last["arc_mm"] == f"{4 * math.hypot(2, 1.5):.4f}"
    assert last["tangent_deg"] == f"{math.degrees(math.atan(0.75)):.4f}"
    assert last["curvature_per_mm"] == "0.00000000"


def test_what_is_nan_is_empty_and_zero_has_no_sign():
    table = cells(line(symmetry=np.full(5, np.nan), sd=np.full(5, np.inf), pair_angle=np.full(5, -1e-9)))
    assert {row["symmetry"] + row["sd_px"] + row["low_px"] for row in table} == {""}
    assert {row["pair_angle_deg"] for row in table} == {"0.0000"}


def test_a_record_has_every_field_and_no_nan():
    found = analysis(Status.REVIEW, ("wide_band", "low_symmetry"), measures={"symmetry": math.nan, "length_mm": 1 / 3, "gap_mm": None})
    text = to_json(record(found=found)).decode()
    assert text.endswith("}\n")
    made = json.loads(text, parse_constant=pytest.fail)
    assert list(made) == sorted(made)
    assert set(made) == FIELDS
    assert made["status"] == "review"
    assert made["reasons"] == ["low_symmetry", "wide_band"]
    assert made["measures"] == {"symmetry": None, "length_mm": 0.333333333, "gap_mm": None}
    assert made["axis"] == {"row_px": 5, "col_px": 12.5, "angle_deg": pytest.approx(26.565, abs=1e-3)}
    assert made["midline"]["rows"] == 5
    assert made["registration"] is None
    assert made["config"] == {"path": {"smoothness": 0.5, "range": [1, 2]}}
    assert made["input"]["spacing_mm"] == [2, 3]


def test_a_failure_has_a_message_and_no_line():
    made = record(found=Analysis(Status.FAILED, ("little_overlap",), message="too small"))
    assert (made["status"], made["message"], made["axis"]) == ("failed", "too small", None)
    assert made["midline"] == {"status": "failed", "reasons": ["little_overlap"], "message": "too small"}


def saved(tmp_path, made):
    (tmp_path / "a.json").write_bytes(to_json(made))
    return load_record(tmp_path / "a.json")


def test_a_command_keeps_the_sections_of_others(tmp_path):
    doubtful = analysis(Status.REVIEW, ("low_symmetry",), measures={"symmetry": 0.2})
    first = saved(tmp_path, record("score", doubtful, files={"a.levels.csv": b"levels"}))
    both = record("midline", analysis(measures={"length_mm": 5.0}), first, files={"a.midline.csv": b"line"})
    assert both["score"] == first["score"]
    assert both["midline"]["status"] == "ok"
    assert (both["status"], both["reasons"]) == ("review", ["low_symmetry"])
    assert both["measures"] == {"symmetry": 0.2, "length_mm": 5.0}
    assert list(both["files"]) == ["a.levels.csv", "a.midline.csv"]


def test_the_order_of_commands_does_not_matter(tmp_path):
    one = record("midline", previous=saved(tmp_path, record("score", files={"s": b""})), files={"m": b""})
    two = record("score", previous=saved(tmp_path, record("midline", files={"m": b""})), files={"s": b""})
    assert to_json(one) == to_json(two)


@pytest.mark.parametrize(
    "change",
    [
        {"image": Image(np.eye(9), spacing=(2, 3), source=Source("1" * 64, "float64"))},
        {"image": Image(np.eye(9), spacing=(1, 1), source=Source("0" * 64, "float64"))},
        {"config": {"path": {"smoothness": 0.6, "range": (1, 2)}}},
    ],
)
def test_sections_about_something_else_are_dropped(tmp_path, change):
    first = saved(tmp_path, record("score", files={"a.levels.csv": b"levels"}))
    made = record("midline", previous=first, **change)
    assert made["score"] is None
    assert made["files"] == {}


def test_sections_of_another_version_are_dropped(tmp_path):
    first = saved(tmp_path, record("score") | {"symline": "0.0.1"})
    assert record("midline", previous=first)["score"] is None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"schema": 1}', "\udcff"])
def test_a_broken_record_counts_as_none(tmp_path, text):
    (tmp_path / "a.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert load_record(tmp_path / "a.json") is None
    assert load_record(tmp_path / "missing.json") is None


@pytest.mark.parametrize("part", [{"score": 7}, {"score": {"status": "fine", "reasons": []}}, {"files": {"a": "x"}}, {"measures": []}])
def test_a_record_edited_beyond_use_counts_as_none(tmp_path, part):
    assert saved(tmp_path, record() | part) is None
