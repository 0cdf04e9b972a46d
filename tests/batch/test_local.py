"""A run on this machine, which goes on where another stopped."""

from __future__ import annotations

from contextlib import closing
from threading import Event

import pytest

from symline.batch.events import Ended, Started
from symline.batch.job import Deed
from symline.batch.local import run_locally
from symline.batch.pool import Limits
from symline.batch.products import MIDLINE
from symline.batch.work import look, work


def test_what_is_done_is_told_first_and_the_rest_is_worked_on_under_its_own_index(job):
    jobs = [job(f"{number:02d}.npy", products=(MIDLINE.without_pictures(),)) for number in range(21)]
    open_ones = {0, 3, 17, 20}
    for index, each in enumerate(jobs):
        if index not in open_ones:
            work(each)
    jobs[17].path.unlink()
    jobs[3].path.write_bytes(b"changed")
    jobs[3].record.write_text("{")
    with closing(run_locally(jobs, Limits(jobs=2, timeout=60, retries=0))) as events:
        told = [event for event in events if isinstance(event, Ended | Started)]
    ended = {event.index: event.result for event in told if isinstance(event, Ended)}
    assert sorted(ended) == list(range(21))
    assert {index for index, outcome in ended.items() if outcome.deed is not Deed.SKIPPED} == open_ones
    assert [ended[index].path for index in range(21)] == [each.path for each in jobs]
    assert [ended[index].reasons for index in (3, 17)] == [("unreadable",), ("unreadable",)]
    assert [ended[index].deed for index in (0, 20)] == [Deed.WRITTEN, Deed.WRITTEN]
    assert {event.index for event in told if isinstance(event, Started)} == open_ones
    assert {event.index for event in told[:17]} == set(range(21)) - open_ones


def test_looking_changes_nothing_and_refuses_nothing(job):
    done, missing = job("done.npy", products=(MIDLINE.without_pictures(),)), job("missing.npy")
    line = work(done).line
    missing.path.unlink()
    first, second = look([done, missing])
    assert first is not None
    assert (first.deed, first.line) == (Deed.SKIPPED, line)
    assert second is None


def test_where_all_is_done_no_process_is_started(job, monkeypatch):
    jobs = [job(f"{number:02d}.npy", products=(MIDLINE.without_pictures(),)) for number in range(3)]
    for each in jobs:
        work(each)
    monkeypatch.setattr("symline.batch.pool._make_pool", lambda *_: pytest.fail("a process"))
    with closing(run_locally(jobs, Limits(jobs=2))) as events:
        assert {event.index for event in events} == {0, 1, 2}


def test_what_cannot_be_looked_at_is_worked_on(job, monkeypatch):
    jobs = [job(f"{number:02d}.npy", products=(MIDLINE.without_pictures(),)) for number in range(20)]
    for each in jobs:
        work(each)
    given = []

    def run(_work, rest, _limits):
        given.extend(rest)
        yield from ()

    def look_or_wait(share):
        return look(share) if len(share) < 16 else Event().wait()  # as at a file on a disk that does not answer

    monkeypatch.setattr("symline.batch.local.look", look_or_wait)
    monkeypatch.setattr("symline.batch.local.run_in_pool", run)
    with closing(run_locally(jobs, Limits(jobs=2, timeout=0.5))) as events:
        ended = [event.index for event in events if isinstance(event, Ended)]
    assert ended == [16, 17, 18, 19]
    assert given == jobs[:16]


def test_looking_at_an_input_survives_a_defect(job, monkeypatch):
    done = job("done.npy", products=(MIDLINE.without_pictures(),))
    work(done)
    monkeypatch.setattr("symline.batch.work.find_result", lambda *_: 1 / 0)
    assert look([done]) == [None]
