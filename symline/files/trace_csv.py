"""`S.trace.csv`: the metric of every stage at every iteration, as a table."""

from __future__ import annotations

from symline.files.cells import table
from symline.model.registration import Registration

COLUMNS = ("stage", "level", "iteration", "metric")


def trace_csv(registration: Registration) -> bytes:
    """Write how the stages went as CSV, UTF-8, with a header line.

    Level 0 is the coarsest; iterations of a level count from 1. Lower is better, but only within a level: each has its own smoothing.
    The metric of `curve` may rise a little where regions gain or lose their vote.
    """
    lines = (
        (step.trace.stage, str(level), str(iteration), f"{value:.9g}")
        for step in registration.steps[1:]
        for level, metric in enumerate(step.trace.metric)
        for iteration, value in enumerate(metric, start=1)
    )
    return table(COLUMNS, lines)
