"""From the options of a command line to one configuration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from symline.batch.precedence import Chain, combine
from symline.config import Config, load_tables
from symline.measures.settings import ScoreSettings


def configure(file: Path | None, settings: Iterable[tuple[str, str, Any]], chain: Chain | None = None) -> Config:
    """Put the configuration together; what comes later overrides what came earlier.

    Parameters
    ----------
    file
        A configuration file, whose values override the defaults.
    settings
        (table, parameter, value), which override all else.
    chain
        The stages; their engines override those in the file.

    Raises
    ------
    ConfigError
        As `symline.batch.precedence.combine` does, or the file cannot be read.
    """
    return combine([] if file is None else [load_tables(file)], chain or Chain(), settings)


def scoring_settings(given: Mapping[str, Any]) -> list[tuple[str, str, Any]]:
    """The options that are settings of the table [score], as far as they were given."""
    names = {each.name for each in fields(ScoreSettings)}
    return [("score", name, value) for name, value in given.items() if name in names and value is not None]


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
