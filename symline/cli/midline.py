"""`symline midline`."""

from __future__ import annotations

from typing import Any

import click

from symline.cli import options
from symline.cli.console import Console
from symline.cli.exit_codes import ExitCode


@click.command(
    epilog="""\b
Examples:
  symline midline back.npy -o out
  symline midline --spacing 1.3 scans/*.tif -o out --overwrite""",
)
@options.images
@options.writing
@options.reading
@options.configuration
@options.messages
@click.pass_obj
def midline(console: Console, /, **given: Any) -> ExitCode:
    """Find the line of mirror symmetry of each back.

    For an image S.npy, three files are written to the output folder: S.midline.csv (the line, row by row),
    S.overlay.png (the picture to look at first) and S.json (status, summary, configuration).
    """
    from symline.batch.products import MIDLINE
    from symline.cli.run import run

    return run(MIDLINE, given, console)
