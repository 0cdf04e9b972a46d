"""What overrides what in a configuration: the defaults, files, the chain and its engines, then single settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from itertools import dropwhile
from typing import Any

from symline.config import Config
from symline.errors import ConfigError
from symline.stages import STAGES
from symline.stages.chain import check_start

Tables = Mapping[str, Any]


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


def combine(files: Iterable[Tables], chain: Chain, settings: Iterable[tuple[str, str, Any]]) -> Config:
    """Put a configuration together; what comes later overrides what came earlier.

    Parameters
    ----------
    files
        What configuration files say, each of which overrides the defaults and the files in front of it.
    chain
        The stages; their engines override those in the files.
    settings
        (table, parameter, value), which override all else.

    Raises
    ------
    ConfigError
        A name or a value makes no sense, or the stages make none in this order; no stage has the metric or optimizer that is asked for,
        or none goes on from the line given.
    """
    tables: dict[str, Any] = {}
    for file in files:
        _merge(tables, file.items())
    tables["stages"] = list(_choose_stages(tables, chain))
    # Merged before anything is judged: a metric may need the optimizer that is set beside it.
    _merge(tables, _engines(tables["stages"], chain))
    _merge(tables, _single(settings))
    config = Config.from_dict(tables)
    check_start(config.stages[0], has_line=chain.has_line)
    return config


def _merge(tables: dict[str, Any], changes: Iterable[tuple[str, Any]]) -> None:
    """Replace values in tables; what should be a table and is none stays, and is refused as such later."""
    for name, values in changes:
        before = tables.get(name, {})
        if not isinstance(values, Mapping):
            tables[name] = values
        elif isinstance(before, Mapping):
            tables[name] = {**before, **values}


def _choose_stages(tables: Tables, chain: Chain) -> tuple[str, ...]:
    given = tables.get("stages") if chain.stages is None else chain.stages
    names = Config.from_dict({} if given is None else {"stages": given}).stages
    if not chain.has_line or chain.stages is not None:
        return names
    rest = tuple(dropwhile(lambda name: not STAGES[name].keeps_midline, names))
    if not rest:
        raise ConfigError(f"--midline: no stage of the chain {','.join(names)} goes on from a given midline; say with --stages which shall")
    return rest


def _engines(names: Iterable[str], chain: Chain) -> Iterable[tuple[str, Tables]]:
    """The metric and the optimizer, for each stage that has one."""
    names = tuple(names)
    for engine, value in (("metric", chain.metric), ("optimizer", chain.optimizer)):
        if value is None:
            continue
        having = [name for name in names if _has(name, engine)]
        if not having:
            others = ", ".join(name for name in STAGES if _has(name, engine)) or "none"
            raise ConfigError(f"--{engine}: no stage of the chain {','.join(names)} has one; those that have one: {others}")
        yield from ((name, {engine: value}) for name in having)


def _single(settings: Iterable[tuple[str, str, Any]]) -> Iterable[tuple[str, Tables]]:
    for table, field, value in settings:
        if table == "stages":
            raise ConfigError(
                "--set: stages are no table of parameters; choose the chain with --stages of register, score or batch, or in a file"
            )
        yield table, {field: value}


def _has(name: str, parameter: str) -> bool:
    return parameter in {each.name for each in fields(STAGES[name])}
