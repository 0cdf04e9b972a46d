"""What the options of a command line say about the configuration; `symline.batch.precedence` puts it together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from symline.batch.precedence import Chain, Tables
from symline.config import load_tables
from symline.errors import ConfigError
from symline.measures.settings import ScoreSettings


def read_config_file(given: Mapping[str, Any]) -> Tables:
    """What the file of `--config` says, if there is one; raises ConfigError where it cannot be read."""
    tables = load_tables(given["config"]) if given["config"] else {}
    if "reading" in tables:
        raise ConfigError(
            f"{given['config'].name!r}: [reading] belongs in the symline.toml of a folder that a batch works on; "
            "give --spacing, --background, --page or --max-pixels here"
        )
    return tables


def choose_chain(given: Mapping[str, Any], *, has_line: bool = False) -> Chain:
    """What `--stages`, `--metric` and `--optimizer` say, of commands that have them."""
    return Chain(**{name: given.get(name) for name in ("stages", "metric", "optimizer")}, has_line=has_line)


def collect_settings(given: Mapping[str, Any]) -> list[tuple[str, str, Any]]:
    """Single parameters, (table, parameter, value): of the table [score] those with options of their own, then those of `--set`."""
    names = {each.name for each in fields(ScoreSettings)}
    return [*(("score", name, value) for name, value in given.items() if name in names and value is not None), *given["settings"]]


def require_one_image(line: Path | None, images: Sequence[Path]) -> None:
    """Refuse a line that is given for several images.

    Raises
    ------
    click.UsageError
        There are several.
    """
    if line is not None and len(images) > 1:
        raise click.UsageError(
            f"--midline: a line belongs to one image, and {len(images)} are given; give them in calls of their own.",
            ctx=click.get_current_context(silent=True),
        )
