"""`symline score`."""

from __future__ import annotations

from typing import Any

import click

from symline.cli import options
from symline.cli.console import Console
from symline.cli.exit_codes import ExitCode


@click.command(
    epilog="""\b
Examples:
  symline score back.npy -o out
  symline score scans/*.tif -o out --levels 20 --threshold 0.004
  symline score back.npy -o out --midline drawn.csv
  symline score back.npy -o out --top 40 --bottom 371""",
)
@options.images
@options.writing
@options.scoring
@options.chain
@options.midline
@options.configuration
@options.reading
@options.messages
@click.pass_obj
def score(console: Console, /, **given: Any) -> ExitCode:
    """Tell how symmetric each back is, where it is not, and by how much.

    For an image S.npy, five files are written to the output folder: S.asymmetry.tif (value minus mirrored value of every
    pixel), S.symmetry.tif (local correlation with the mirror image), S.levels.csv (a table, level by level),
    S.asymmetry.png (the picture to look at first) and S.json (status, measures, patches of asymmetry, configuration).
    'symline measures' explains the measures.
    """
    from symline.batch.products import SCORE
    from symline.cli.run import run

    return run(SCORE, given, console)
