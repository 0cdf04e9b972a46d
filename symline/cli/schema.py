"""`symline schema`."""

from __future__ import annotations

import click

from symline.cli import options


@click.command(
    epilog="""\b
Example:
  symline schema > symline.schema.json""",
)
@options.messages
def schema() -> None:
    """Print the JSON Schema of S.json."""
    from importlib.resources import files

    click.echo(files("symline").joinpath("schema.json").read_text(encoding="utf-8"), nl=False)
