"""`symline measures`."""

from __future__ import annotations

from collections.abc import Iterable

import click

from symline.cli import options
from symline.measures.catalogue import MEASURES, NO_COBB_ANGLE, Measure, known_measures

_PREFACE = (
    "In S.json a measure that cannot be had is null, and the section score says why. Rows count from the top, columns from the left.",
    NO_COBB_ANGLE,
)


@click.command(
    epilog="""\b
Examples:
  symline measures
  symline measures tangent_angle_deg symmetry""",
)
@click.argument("names", metavar="[NAME...]", nargs=-1)
@options.messages
def measures(names: tuple[str, ...]) -> None:
    """List the measures of the results, or only those named.

    For each: its name, unit, definition and source.
    """
    options.require_known(names, known_measures())
    click.echo(_describe(names or known_measures()))


def _describe(names: Iterable[str]) -> str:
    wanted = set(names)
    shown = {title: [each for each in part if each.name in wanted] for title, part in MEASURES.items()}
    name, unit = (max(len(getattr(each, field)) for part in shown.values() for each in part) for field in ("name", "unit"))

    def line(each: Measure) -> str:
        return f"{each.name.ljust(name)}  {each.unit.ljust(unit)}  {each.definition} [{each.source}]"

    lines = [*_PREFACE]
    for title, part in shown.items():
        if part:
            lines += ["", title, "=" * len(title), *map(line, part)]
    return "\n".join(lines)
