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
    """List the stages, metrics and optimizers, or only those named.

    For each: what it does, its parameters with default, range and meaning, and its source.
    """
    from difflib import get_close_matches

    from symline.cli.catalogue import describe, known

    for name in names:
        if name not in known():
            nearest = get_close_matches(name, known(), n=1, cutoff=0.5)
            hint = f"did you mean {nearest[0]}?" if nearest else f"known are {', '.join(known())}."
            raise click.UsageError(f"the name {name!r} is unknown; {hint}", ctx=click.get_current_context())
    click.echo(describe(names or known()))
