"""`symline compare`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from symline.cli import options
from symline.cli.console import Console

if TYPE_CHECKING:
    from symline.measures.line_agreement import Agreement

#: Digits after the point of what is printed.
_DIGITS = 4


@click.command(
    epilog="""\b
Examples:
  symline compare out/back.midline.csv drawn.csv
  symline compare visit1.midline.csv visit2.midline.csv --spacing 1.3 --format json""",
)
@click.argument("line", metavar="LINE.csv", type=options.PathName(path_type=Path))
@click.argument("truth", metavar="TRUTH.csv", type=options.PathName(path_type=Path))
@click.option(
    "--spacing",
    metavar="MM|ROW,COL",
    type=options.parse_spacing,
    help="Pixel size in mm, one number or row,col. Default: what the tables tell, else unknown (results in px only).",
)
@click.option(
    "--format", "style", type=click.Choice(["csv", "json"]), default="csv", show_default=True, help="One line below a header, or an object."
)
@options.messages
@click.pass_obj
def compare(console: Console, /, line: Path, truth: Path, spacing: tuple[float, float] | None, style: str) -> None:
    """Compare a line with another that is taken for the truth.

    Both are tables with row_px and col_px: results of symline, or lines drawn by hand. Differences are the columns of LINE minus those of
    TRUTH, at the points of TRUTH; in mm where --spacing, or the tables themselves, tell the size of a pixel. overlap: the share of the
    points of TRUTH in whose rows LINE is; band_coverage: the share of them within the 95 % band of LINE.
    """
    from symline.files.line_csv import read_line
    from symline.files.names import display_name
    from symline.measures.line_agreement import common_spacing, compare_lines

    one, other = read_line(line), read_line(truth)
    known = spacing or common_spacing(one, other)
    if known is None and one.spacing and other.spacing:
        console.say(f"{display_name(truth)}: its pixels have another size than those of {display_name(line)}; nothing is given in mm")
    found = compare_lines(one, other, known)
    _require_overlap(found, line, truth)
    names = {"line": display_name(line), "truth": display_name(truth)}
    click.echo((_as_csv if style == "csv" else _as_json)(names, found), nl=False)


def _require_overlap(found: Agreement, line: Path, truth: Path) -> None:
    from symline.errors import InputError
    from symline.files.names import display_name

    if not found.rows:
        raise InputError(
            f"{display_name(truth)}: no point lies in the rows of {display_name(line)}; lines of the same image are needed; "
            "check that the two belong together"
        )


def _numbers(found: Agreement) -> dict[str, float | int | None]:
    from dataclasses import asdict

    # adding 0 turns -0.0 into 0.0
    return {name: round(value, _DIGITS) + 0.0 if isinstance(value, float) else value for name, value in asdict(found).items()}


def _as_json(names: dict[str, str], found: Agreement) -> str:
    import json

    return json.dumps(names | _numbers(found), sort_keys=True, ensure_ascii=False) + "\n"


def _as_csv(names: dict[str, str], found: Agreement) -> str:
    from symline.files.cells import csv_line

    numbers = _numbers(found)
    values = ("" if value is None else str(value) for value in numbers.values())
    return csv_line([*names, *numbers]) + csv_line([*names.values(), *values])
