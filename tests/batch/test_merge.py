"""Putting the parts of shards together."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from symline.batch.events import Ended
from symline.batch.job import Deed, Outcome
from symline.batch.journal import Undertaking, compose_journal
from symline.batch.ledger import Ledger
from symline.batch.merge import merge
from symline.batch.own_files import part_names
from symline.batch.plan import Plan
from symline.batch.shard import take_share
from symline.config import Config
from symline.errors import InputError
from symline.files.json_file import to_json
from symline.files.summary_csv import summary_csv, summary_line
from symline.model.analysis import Status

PLAN = Plan(jobs=(), config=Config(), overrides=(), inputs_sha256="", notes=())
ABOUT = Undertaking(source="in", outputs=["midline"], options={}, plan=PLAN)


@pytest.fixture
def jobs(job):
    names = ["a", "b, c", "d\ne", 'f "g"', "h", "i", "j"]
    return tuple(job(f"{index}{name.replace('/', '')}.npy") for index, name in enumerate(names))


def run(jobs, out, shard=None, about=ABOUT):
    """Write what a batch writes, without the work."""
    share = take_share(jobs, shard)
    ledger = Ledger(share)
    for index, each in enumerate(share):
        answer = {"status": Status.FAILED, "reasons": ["no_relief"], "message": "flat"}
        line = summary_line(each.member.about, answer)
        ledger.enter(Ended(index, Outcome(path=each.path, status=Status.FAILED, deed=Deed.WRITTEN, message="flat", line=line), 1.0))
    summary, journal = part_names(shard)
    out.mkdir(exist_ok=True)
    (out / summary).write_bytes(summary_csv(outcome.line for _, outcome in ledger.in_order()))
    (out / journal).write_bytes(to_json(compose_journal(about, ledger)))


@pytest.mark.parametrize("count", [2, 3, 7, 11])
def test_shards_merge_into_what_one_run_writes(jobs, tmp_path, count):
    run(jobs, tmp_path / "whole")
    for number in reversed(range(1, count + 1)):
        run(jobs, tmp_path / "parts", (number, count))
    lines, journal = merge(tmp_path / "parts")
    assert summary_csv(lines) == (tmp_path / "whole" / "summary.csv").read_bytes()
    whole = json.loads((tmp_path / "whole" / "batch.json").read_text())
    assert [journal[key] for key in ("counts", "results", "config")] == [whole[key] for key in ("counts", "results", "config")]
    assert journal["failures"] == whole["failures"]
    assert journal["timings"]["inputs"] == len(jobs)
    assert journal["options"]["shard"] is None


def test_a_batch_that_is_its_only_shard_stays_what_it_is(jobs, tmp_path):
    run(jobs, tmp_path, about=replace(ABOUT, options={"shard": "1/1"}))
    lines, journal = merge(tmp_path)
    assert summary_csv(lines) == (tmp_path / "summary.csv").read_bytes()
    assert to_json(journal) == (tmp_path / "batch.json").read_bytes()
    (tmp_path / "batch.json").write_text(json.dumps(journal | {"complete": False}))
    with pytest.raises(InputError, match=r"batch\.json: this shard was stopped before its end"):
        merge(tmp_path)


def test_a_batch_without_shards_is_none(jobs, tmp_path):
    run(jobs, tmp_path, about=replace(ABOUT, options={"shard": None}))
    with pytest.raises(InputError, match=r"there is no batch\.I-of-N\.json"):
        merge(tmp_path)


def test_a_shard_that_is_missing_or_was_stopped_is_named(jobs, tmp_path):
    with pytest.raises(InputError, match=r"there is no batch\.I-of-N\.json; .*--shard"):
        merge(tmp_path)
    for number in (1, 3):
        run(jobs, tmp_path, (number, 3))
    with pytest.raises(InputError, match=r"batch\.2-of-3\.json: there is no such file, so this shard has not ended"):
        merge(tmp_path)
    run(jobs, tmp_path, (2, 3))
    merge(tmp_path)
    journal = json.loads((tmp_path / "batch.2-of-3.json").read_text())
    (tmp_path / "batch.2-of-3.json").write_text(json.dumps(journal | {"complete": False}))
    with pytest.raises(InputError, match=r"batch\.2-of-3\.json: this shard was stopped before its end"):
        merge(tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", '{"complete": true}', '{"complete": true, "counts": 3}', '{"complete": true, "counts": {}}'])
def test_what_is_no_journal_of_a_shard_is_named(jobs, tmp_path, text):
    for number in (1, 2):
        run(jobs, tmp_path, (number, 2))
    (tmp_path / "batch.2-of-2.json").write_text(text)
    with pytest.raises(InputError, match=r"batch\.2-of-2\.json: it cannot be read as the journal of a shard \(.*\); run that shard again"):
        merge(tmp_path)


def test_parts_of_different_batches_are_refused(jobs, tmp_path):
    run(jobs, tmp_path, (1, 2))
    run(jobs, tmp_path, (2, 2), replace(ABOUT, plan=replace(PLAN, config=Config.from_dict({"stages": ["path"]}))))
    with pytest.raises(InputError, match="the shards differ in config"):
        merge(tmp_path)
    run(jobs, tmp_path, (2, 2), replace(ABOUT, plan=replace(PLAN, inputs_sha256="another")))
    with pytest.raises(InputError, match=r"the shards differ in their inputs, or in how these are read; .* the same inputs and options"):
        merge(tmp_path)
    run(jobs[:-4], tmp_path, (2, 2))
    with pytest.raises(InputError, match="the inputs have changed meanwhile"):
        merge(tmp_path)
    run(jobs, tmp_path, (2, 3))
    with pytest.raises(InputError, match=r"there are shards of 2 and 3; .*remove"):
        merge(tmp_path)


def test_blank_lines_of_a_part_are_passed_over_and_short_ones_are_named(jobs, tmp_path):
    for number in (1, 2):
        run(jobs, tmp_path, (number, 2))
    part = tmp_path / part_names((2, 2))[0]
    whole = part.read_bytes()
    part.write_bytes(whole + b"\n\n")
    assert len(list(merge(tmp_path)[0])) == len(jobs)
    part.write_bytes(whole + b"a,b\n")
    with pytest.raises(InputError, match=r"summary\.2-of-2\.csv: its columns are others"):
        merge(tmp_path)


def test_a_folder_that_is_none_is_refused(tmp_path):
    with pytest.raises(InputError, match="this cannot be read as a folder"):
        merge(tmp_path / "none")


def test_names_of_parts_sort_by_number():
    assert part_names(None) == ("summary.csv", "batch.json")
    assert sorted(part_names((number, 100)) for number in (100, 20, 3)) == [part_names((number, 100)) for number in (3, 20, 100)]
