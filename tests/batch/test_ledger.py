"""The account of a batch, its journal and its log."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from symline.batch.events import Died, Ended, Postponed, Pulse, Started
from symline.batch.job import Deed, Outcome
from symline.batch.journal import Undertaking, compose_journal
from symline.batch.ledger import Ledger
from symline.batch.log import open_log
from symline.batch.plan import Plan
from symline.config import Config
from symline.errors import OutputError
from symline.files.json_file import to_json
from symline.model.analysis import Status

PLAN = Plan(jobs=(), config=Config(), overrides=(), inputs_sha256="", notes=())
ABOUT = Undertaking(source="in", outputs=["midline"], options={"jobs": 2}, plan=PLAN)


def outcome(status=Status.OK, **fields):
    return Outcome(path=Path("a.npy"), status=status, **{"deed": Deed.WRITTEN, "line": "x\n"} | fields)


@pytest.fixture
def ledger(job):
    """Five inputs: good, failed, to be looked at, done already, edited; then one that kills its worker; the last is not reached."""
    ledger = Ledger([job(f"{name}.npy") for name in "abcdefg"])
    told = [outcome(), outcome(Status.FAILED, reasons=("no_relief",), message="flat"), outcome(Status.REVIEW, reasons=("wide_band",))]
    told += [outcome(Status.FAILED, deed=Deed.SKIPPED), outcome(deed=Deed.KEPT, reasons=("edited_midline",))]
    for index in (4, 2, 0, 1, 3):
        ledger.enter(Started(index))
        ledger.enter(Pulse())
        ledger.enter(Ended(index, told[index], index + 0.5))
    ledger.enter(Started(5))
    ledger.enter(Postponed(5, "timeout", "it took too long"))
    ledger.enter(Started(5))
    ledger.enter(Died(5, "timeout", "it took longer than 1 s; give --timeout", 1.0, "where"))
    ledger.enter(Started(6))
    return ledger


def test_each_input_counts_once(ledger):
    assert ledger.counts == {"ok": 1, "review": 1, "failed": 2, "skipped": 1, "edited": 1}
    assert list(ledger.running) == [6]
    assert [job.path.stem for job, _ in ledger.in_order()] == list("abcdef")
    assert not ledger.is_complete


def test_an_input_whose_worker_died_is_a_failure_with_a_line(ledger):
    dead = ledger.outcomes[5]
    assert (dead.status, dead.reasons, dead.deed, dead.trace) == (Status.FAILED, ("timeout",), Deed.NOTHING, "where")
    assert dead.message == "f.npy: it took longer than 1 s; give --timeout"
    assert dead.line.startswith("f,f.npy,f,failed,timeout,f.npy: it took longer than 1 s; give --timeout,")


def test_what_a_worker_wrote_before_it_died_was_not_there_already(ledger):
    ledger.enter(Postponed(6, "crashed", "its worker was killed"))
    ledger.enter(Started(6))
    assert ledger.enter(Ended(6, outcome(deed=Deed.SKIPPED), 0.1)).deed is Deed.WRITTEN
    assert ledger.counts == {"ok": 2, "review": 1, "failed": 2, "skipped": 1, "edited": 1}


def test_the_journal_tells_what_was_run_and_what_failed(ledger):
    journal = json.loads(to_json(compose_journal(ABOUT, ledger)))
    assert journal["counts"] == {"inputs": 7, "ok": 1, "review": 1, "failed": 2, "skipped": 1, "edited": 1}
    assert journal["results"] == {"ok": 2, "review": 1, "failed": 3}
    assert not journal["complete"]
    assert [(each["path"], each["reasons"]) for each in journal["failures"]] == [
        ("b.npy", ["no_relief"]),
        ("d.npy", []),
        ("f.npy", ["timeout"]),
    ]
    assert [each["path"] for each in journal["edited"]] == ["e.npy"]
    assert journal["timings"]["inputs"] == 4
    assert [each["path"] for each in journal["timings"]["slowest"]] == ["c.npy", "b.npy", "f.npy", "a.npy"]
    assert journal["started"] <= journal["ended"]
    assert {"numpy", "scipy", "scikit-image"} <= journal["libraries"].keys()


def test_the_log_has_a_line_for_each_event_and_grows(job, tmp_path):
    path = tmp_path / "log.json"
    events = [Started(0), Pulse(), Postponed(0, "crashed", "signal 9"), Started(0), Ended(0, outcome(), 0.25)]
    for _ in range(2):
        ledger = Ledger([job()])
        with open_log(path, pytest.fail) as log:
            for event in events:
                ledger.enter(event)
                log.tell(event, ledger)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["event"] for line in lines] == 2 * ["started", "postponed", "started", "done"]
    assert {(line["id"], line["path"]) for line in lines} == {("sub/S", "sub/S.npy")}
    assert lines[3] | {"time": ""} == {
        "time": "",
        "event": "done",
        "id": "sub/S",
        "path": "sub/S.npy",
        "status": "ok",
        "deed": "written",
        "reasons": [],
        "message": "",
        "seconds": 0.25,
    }


def test_a_log_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(OutputError, match=r"log .*none/log: it cannot be written"), open_log(tmp_path / "none" / "log", pytest.fail):
        pass


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a disk that is always full")
def test_a_log_whose_disk_is_full_is_told_once():
    said: list[str] = []
    with open_log(Path("/dev/full"), said.append) as log:
        log.say("begin")
        log.say("end")
    assert said == ["log: it cannot be written any further (No space left on device); the work goes on; free some space"]
