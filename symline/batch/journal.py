"""`batch.json`: what was run, with what, and what came of it. Unlike the results it knows the time."""

from __future__ import annotations

import platform
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import symline
from symline.batch.job import Deed, Job, Outcome
from symline.batch.ledger import KINDS, Ledger
from symline.batch.plan import Plan
from symline.batch.versions import library_versions
from symline.model.analysis import Status

SCHEMA = 1
SLOWEST = 5

Journal = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Undertaking:
    """What a batch was asked for.

    Parameters
    ----------
    source
        The folder or the manifest, as given.
    outputs
        What was to be made of each input.
    options
        How it was run.
    plan
        What came of that before any work started.
    started
        When.
    """

    source: str
    outputs: Sequence[str]
    options: Mapping[str, Any]
    plan: Plan
    started: datetime = field(default_factory=lambda: datetime.now(UTC))


def compose_journal(undertaking: Undertaking, ledger: Ledger) -> Journal:
    """Put together what was asked for and what came of it."""
    ended = datetime.now(UTC)
    plan, done = undertaking.plan, ledger.in_order()
    return {
        "schema": SCHEMA,
        "symline": symline.__version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "libraries": library_versions(),
        "source": undertaking.source,
        "outputs": list(undertaking.outputs),
        "options": dict(undertaking.options),
        "config": plan.config.to_dict(),
        "overrides": list(plan.overrides),
        "inputs_sha256": plan.inputs_sha256,
        "notes": [*plan.notes, *plan.unreadable],
        "unreadable": list(plan.unreadable),
        "started": undertaking.started.isoformat(timespec="seconds"),
        "ended": ended.isoformat(timespec="seconds"),
        "seconds": round((ended - undertaking.started).total_seconds(), 3),
        "complete": ledger.is_complete,
        "counts": {"inputs": len(ledger.jobs), **{kind: ledger.counts[kind] for kind in KINDS}},
        "results": {status.value: sum(outcome.status is status for _, outcome in done) for status in Status},
        "timings": _timings(ledger),
        "failures": [_describe(job, outcome) for job, outcome in done if outcome.status is Status.FAILED],
        "edited": [_describe(job, outcome) for job, outcome in done if outcome.deed is Deed.KEPT],
    }


def _describe(job: Job, outcome: Outcome) -> dict[str, Any]:
    member = job.member
    about = {"id": member.id, "path": member.shown} if member else {}
    return about | {"reasons": list(outcome.reasons), "message": outcome.message or None}


def _timings(ledger: Ledger) -> dict[str, Any]:
    """Seconds of the inputs that were worked on now."""
    worked = {index: seconds for index, seconds in ledger.seconds.items() if ledger.outcomes[index].deed not in (Deed.SKIPPED, Deed.KEPT)}
    slowest = sorted(worked, key=lambda index: (-worked[index], index))[:SLOWEST]
    return {
        "inputs": len(worked),
        "total_s": round(sum(worked.values()), 3),
        "median_s": round(statistics.median(worked.values()), 3) if worked else None,
        "slowest": [{"path": ledger.jobs[index].shown, "s": round(worked[index], 3)} for index in slowest],
    }
