"""From the options of a command line to one configuration: the defaults, a file, the chain and its engines, then single settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import dropwhile
from pathlib import Path
from typing import Any

import click

from symline.config import Config, load_tables
from symline.stages import STAGES
from symline.stages.chain import check_start


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """What the command line says about the stages.

    Parameters
    ----------
    stages
        Their names, or None: those of the configuration.
    metric, optimizer
        For every stage that has one, or None: those of the configuration.
    has_line
        Whether a line is given, so that stages that search for one are left out.
    """

    stages: tuple[str, ...] | None = None
    metric: str | None = None
    optimizer: str | None = None
    has_line: bool = False


def configure(file: Path | None, settings: Iterable[tuple[str, str, Any]], chain: Chain | None = None) -> Config:
    """Put the configuration together; what comes later goes before what came earlier.

    Parameters
    ----------
    file
        A configuration file, whose values go before the defaults.
    settings
        (table, parameter, value), which go before all else.
    chain
        The stages; their engines go before those in the file.

    Raises
    ------
    ConfigError
        A name or a value makes no sense, or the stages make none in this order.
    click.UsageError
        No stage has the metric or optimizer that is asked for, or none goes on from the line given.
    """
    chain = chain or Chain()
    tables = {} if file is None else load_tables(file)
    tables["stages"] = list(_choose_stages(tables, chain))
    # Merged before anything is judged: a metric may need the optimizer that is set beside it.
    for table, values in (*_engines(tables["stages"], chain), *_single(settings)):
        tables[table] = _merge(tables.get(table, {}), values)
    config = Config.from_dict(tables)
    check_start(config.stages[0], has_line=chain.has_line)
    return config


def require_one_image(line: Path | None, images: Sequence[Path]) -> None:
    """Refuse a line that is given for several images.

    Raises
    ------
    click.UsageError
        There are several.
    """
    if line is not None and len(images) > 1:
        raise _usage_error(f"--midline: a line belongs to one image, and {len(images)} are given; give them in calls of their own.")


def _choose_stages(tables: Mapping[str, Any], chain: Chain) -> tuple[str, ...]:
    given = {"stages": chain.stages} if chain.stages is not None else {key: tables[key] for key in ("stages",) if key in tables}
    names = Config.from_dict(given).stages
    if not chain.has_line or chain.stages is not None:
        return names
    rest = tuple(dropwhile(lambda name: not STAGES[name].keeps_midline, names))
    if not rest:
        raise _usage_error(
            f"--midline: no stage of the chain {','.join(names)} goes on from a given midline; say with --stages which shall."
        )
    return rest


def _engines(names: Iterable[str], chain: Chain) -> Iterable[tuple[str, dict[str, Any]]]:
    """The metric and the optimizer, for each stage that has one."""
    names = tuple(names)
    for engine, value in (("metric", chain.metric), ("optimizer", chain.optimizer)):
        if value is None:
            continue
        having = [name for name in names if _has(name, engine)]
        if not having:
            others = ", ".join(name for name in STAGES if _has(name, engine)) or "none"
            raise _usage_error(f"--{engine}: no stage of the chain {','.join(names)} has one; those that have one: {others}.")
        yield from ((name, {engine: value}) for name in having)


def _single(settings: Iterable[tuple[str, str, Any]]) -> Iterable[tuple[str, dict[str, Any]]]:
    for table, field, value in settings:
        if table == "stages":
            raise _usage_error(
                "--set: stages are no table of parameters; choose the chain with --stages of register or score, or in a file."
            )
        yield table, {field: value}


def _has(name: str, parameter: str) -> bool:
    return parameter in {each.name for each in fields(STAGES[name])}


def _merge(table: Any, values: Mapping[str, Any]) -> Any:
    """The table with values replaced; what is no table stays, and is refused as such later."""
    return {**table, **values} if isinstance(table, Mapping) else table


def _usage_error(message: str) -> click.UsageError:
    return click.UsageError(message, ctx=click.get_current_context(silent=True))
