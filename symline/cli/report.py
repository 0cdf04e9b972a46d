"""`symline report`."""

from __future__ import annotations

from pathlib import Path

import click

from symline.cli import options
from symline.cli.console import Console


@click.command(
    epilog="""\b
Example:
  symline report out""",
)
@options.results
@options.messages
@click.pass_obj
def report(console: Console, /, folder: Path) -> None:
    """Make the page about a batch again, from its outputs alone.

    OUT is a folder that 'symline batch' has written. OUT/report.html is made of OUT/summary.csv and the files that are there; the
    inputs are not needed. Small pictures that are missing, or older than the pictures, are made again too.
    """
    from symline.files.report.page import write_report

    console.say(f"report: {write_report(folder)}")
