"""`symline register`: its files, messages and exit codes."""

import numpy as np
import pytest

from symline.config import Config
from tests.cli.conftest import describe, finish, load, middles, names, start

FILES = ["a.json", "a.mirror.tif", "a.pairs.csv", "a.registration.png", "a.trace.csv"]
CHAIN = ("--stages", "path,curve")


def test_writes_the_map_the_tables_the_picture_and_the_record(symline, make, back, validate, tmp_path):
    out = tmp_path / "new" / "out"
    result = symline("register", make("a.npy"), "-o", out)
    assert result.code == 0
    assert result.out == ""
    assert result.lines == ["a.npy: ok", f"results of 1 of 1 inputs are in {out}"]
    assert names(out) == FILES
    assert np.median(middles(out / "a.mirror.tif", back)) < 0.5
    assert (out / "a.pairs.csv").read_text().startswith("left_row_px,left_col_px,right_row_px,right_col_px,")
    assert (out / "a.trace.csv").read_text().startswith("stage,level,iteration,metric\n")
    assert (out / "a.registration.png").read_bytes().startswith(b"\x89PNG")
    record = load(out / "a.json")
    validate(record)
    assert [stage["stage"] for stage in record["registration"]["stages"]] == list(Config().stages)
    assert record["config"] == Config().to_dict()
    assert record["files"].keys() == set(FILES) - {"a.json"}
    for name, entry in record["files"].items():
        assert entry == describe("registration", out / name)


def test_the_same_input_gives_the_same_bytes(symline, make, tmp_path):
    symline("register", make("a.npy"), "-o", tmp_path / "one")
    finish(start("register", make("elsewhere/a.npy"), "-o", tmp_path / "two"))
    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.usefixtures("no_picture")
def test_failures_do_not_stop_the_others(symline, make, validate, tmp_path):
    hopeless = np.zeros((3, 3))
    hopeless[1, 1] = 1
    np.save(tmp_path / "b.npy", hopeless)
    out = tmp_path / "out"
    out.mkdir()
    (out / "b.pairs.csv").write_text("of an earlier run")
    result = symline("register", tmp_path / "none.npy", tmp_path / "b.npy", make("a.npy"), "-o", out, "--overwrite", *CHAIN)
    assert result.code == 1
    assert result.lines[0].startswith("none.npy: there is no such file")
    assert result.lines[1].startswith("b.npy: failed: ")
    assert result.lines[2:] == ["a.npy: ok", f"results of 2 of 3 inputs are in {out}"]
    assert names(out) == sorted([*FILES, "b.json", "b.registration.png"])
    record = load(out / "b.json")
    validate(record)
    assert record["registration"].keys() == {"status", "reasons", "message"}
    assert record["status"] == record["registration"]["status"] == "failed"


@pytest.mark.usefixtures("no_picture")
@pytest.mark.parametrize("name", ["sp ace", "quo'te\"s", "Rücken 背", "two\nlines", "<b>bold&amp;", "%s{0}"])
def test_names_of_any_kind_work_and_stay_on_one_line(symline, make, tmp_path, name):
    result = symline("register", make(f"{name}.npy"), "-o", tmp_path / "out", *CHAIN)
    assert result.code == 0
    assert len(result.lines) == 2
    assert names(tmp_path / "out") == sorted(file.replace("a.", f"{name}.", 1) for file in FILES)


@pytest.mark.usefixtures("no_picture")
def test_existing_outputs_are_refused_before_any_work(symline, make, tmp_path):
    path, out = make("a.npy"), tmp_path / "out"
    symline("register", path, "-o", out, *CHAIN)
    before = {name: (out / name).read_bytes() for name in FILES}
    result = symline("register", path, "-o", out)
    assert result.code == 2
    assert "5 outputs exist already (a.mirror.tif, a.pairs.csv, a.trace.csv and 2 more)" in result.err
    assert {name: (out / name).read_bytes() for name in names(out)} == before


@pytest.mark.usefixtures("no_picture")
def test_spacing_reaches_the_files(symline, make, tmp_path):
    symline("register", make("a.npy"), "-o", tmp_path / "out", "--spacing", "2,3", *CHAIN)
    header, first, *_ = (tmp_path / "out" / "a.pairs.csv").read_text().splitlines()
    pair = dict(zip(header.split(","), first.split(","), strict=True))
    assert float(pair["left_col_mm"]) == pytest.approx(3 * float(pair["left_col_px"]), abs=0.01)
    assert load(tmp_path / "out" / "a.json")["measures"]["inverse_consistency_median_mm"] is not None


@pytest.mark.usefixtures("no_picture")
def test_commands_keep_the_sections_of_one_another_in_any_order(symline, make, validate, tmp_path):
    path, records = make("a.npy"), []
    for order in (("midline", "register"), ("register", "midline")):
        out = tmp_path / order[0]
        for command in order:
            assert symline(command, path, "-o", out).code == 0
        records.append((out / "a.json").read_bytes())
    assert records[0] == records[1]
    record = load(out / "a.json")
    validate(record)
    assert record["midline"]["status"] == record["registration"]["status"] == "ok"
    assert {entry["section"] for entry in record["files"].values()} == {"midline", "registration"}
    assert {"symmetry_levels_mean", "inverse_consistency_median_px"} <= record["measures"].keys()


@pytest.mark.usefixtures("no_picture")
def test_the_section_of_another_chain_is_dropped(symline, make, tmp_path):
    path, out = make("a.npy"), tmp_path / "out"
    symline("midline", path, "-o", out)
    symline("register", path, "-o", out, "--stages", "path")
    record = load(out / "a.json")
    assert record["midline"] is None
    assert record["config"]["stages"] == ["path"]
    assert [stage["stage"] for stage in record["registration"]["stages"]] == ["path"]
