"""`symline stages`."""

from __future__ import annotations

import click

from symline.cli import options


@click.command(
    epilog="""\b
Examples:
  symline stages
  symline stages path curve""",
)
@click.argument("names", metavar="[NAME...]", nargs=-1)
@options.messages
def stages(names: tuple[str, ...]) -> None:
    """List the stages, metrics, optimizers and other tables of a configuration, or only those named.

    For each: what it does, its parameters with default, range and meaning, and its source.
    """
    from symline.cli.catalogue import describe, known

    options.require_known(names, known())
    click.echo(describe(names or known()))
