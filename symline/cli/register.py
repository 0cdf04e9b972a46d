"""`symline register`."""

from __future__ import annotations

from typing import Any

import click

from symline.cli import options
from symline.cli.console import Console
from symline.cli.exit_codes import ExitCode


@click.command(
    epilog="""\b
Examples:
  symline register back.npy -o out
  symline register scans/*.tif -o out --stages path,curve --set curve.half_width=0.4
  symline register back.npy -o out --stages moments,rigid,affine --metric mi --optimizer lbfgs
  symline register back.npy -o out --midline drawn.csv --stages curve
  symline register --stages path,curve --dump-config > mine.toml""",
)
@options.images
@options.writing
@options.chain
@options.midline
@options.configuration
@options.reading
@options.messages
@click.pass_obj
def register(console: Console, /, **given: Any) -> ExitCode:
    """Register each back with its own mirror image.

    For an image S.npy, five files are written to the output folder: S.mirror.tif (the mirror partner of every pixel),
    S.pairs.csv (a sample of mirror pairs), S.trace.csv (how the stages went), S.registration.png (the picture to look
    at first) and S.json (status, summary, configuration).
    """
    from symline.batch.products import REGISTRATION
    from symline.cli.run import run

    return run(REGISTRATION, given, console)
