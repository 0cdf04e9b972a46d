"""The configuration: the chain of stages and every parameter in one frozen value, from TOML and back."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

from symline.errors import ConfigError, suggest
from symline.measures.review import ReviewLimits
from symline.measures.settings import ScoreSettings
from symline.model.parameters import Parameters
from symline.stages import STAGES
from symline.stages.chain import check_chain
from symline.stages.stage import Stage

#: Tables beside those of the stages.
OTHER_TABLES: Mapping[str, type[Parameters]] = {"review": ReviewLimits, "score": ScoreSettings}
_TABLES = (*STAGES, *OTHER_TABLES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """How to analyse an image. `config["curve"]` are the parameters of the table `[curve]`.

    Parameters
    ----------
    stages
        Names of the stages that run, in this order. The commands that need only the midline leave out those at the end that keep it.
    altered
        (table, parameters) of every table that is not as by default; in any order.

    Raises
    ------
    ConfigError
        The stages make no sense in this order.
    """

    stages: tuple[str, ...] = ("path", "curve", "elastic")
    altered: tuple[tuple[str, Parameters], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "stages", tuple(self.stages))
        check_chain(self.stages)
        # equal configurations shall compare equal, whatever way they came about
        altered = sorted(((name, table) for name, table in self.altered if table != _kind(name)()), key=lambda each: _TABLES.index(each[0]))
        object.__setattr__(self, "altered", tuple(altered))

    def __getitem__(self, name: str) -> Any:
        """The parameters of a table."""
        return dict(self.altered).get(name) or _kind(name)()

    @property
    def chain(self) -> tuple[Stage, ...]:
        """The stages that run."""
        return tuple(self[name] for name in self.stages)

    @classmethod
    def from_dict(cls, tables: Mapping[str, Any]) -> Self:
        """Make a configuration from `stages` and tables of parameters; what is not given keeps its default.

        Raises
        ------
        ConfigError
            A name is unknown, or a value is of the wrong type or out of range.

        Examples
        --------
        >>> Config.from_dict({"curve": {"half_width": 0.4}})["curve"].half_width
        0.4
        """
        stages = {"stages": _names(tables["stages"])} if "stages" in tables else {}
        altered = tuple((name, _make(name, table)) for name, table in tables.items() if name != "stages")
        return cls(**stages, altered=altered)

    @classmethod
    def from_toml(cls, path: str | Path) -> Self:
        """Read a configuration file.

        Raises
        ------
        ConfigError
            The file cannot be read, is not TOML, or makes no sense.
        """
        return cls.from_dict(load_tables(Path(path)))

    def to_dict(self) -> dict[str, Any]:
        """The chain, and the parameters of its stages, of `curve`, which judges the line of any chain, and of what is not as by default."""
        named = {*self.stages, "curve", *OTHER_TABLES, *dict(self.altered)}
        return {"stages": list(self.stages)} | {name: self[name].to_dict() for name in _TABLES if name in named}

    def to_toml(self) -> str:
        """The configuration as the text of a file that `from_toml` reads."""
        parts = self.to_dict()
        # strings and lists of numbers and strings are written alike in JSON and TOML
        lines = [f"stages = {json.dumps(parts.pop('stages'))}"]
        for name, table in parts.items():
            lines += ["", f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in table.items())]
        return "\n".join(lines) + "\n"


def load_tables(path: Path, name: str = "") -> dict[str, Any]:
    """Read what a configuration file says, whether it makes sense or not.

    Parameters
    ----------
    name
        What the file is called in messages; by default without its folders.

    Raises
    ------
    ConfigError
        The file cannot be read or is not TOML.
    """
    name = name or path.name
    try:
        # some editors put a mark of the byte order in front
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"{name!r}: the configuration cannot be read ({error.strerror}); a TOML file is needed") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:  # the last: brackets in brackets, thousands deep
        raise ConfigError(f"{name!r}: this is not TOML ({error}); lines like [curve] and half_width = 0.4 are needed") from error


def _names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(name, str) for name in value):
        raise ConfigError(f'configuration: stages is {value!r}; it must be a list of names, for example ["path", "curve"]')
    return tuple(value)


def _kind(name: str) -> type[Parameters]:
    return OTHER_TABLES.get(name) or STAGES[name]


def _known(name: str, names: Collection[str], what: str) -> str:
    if name in names:
        return name
    raise ConfigError(f"configuration: the {what} {name!r} is unknown; {suggest(name, names)}")


def _make(name: str, table: Any) -> Parameters:
    kind: Any = _kind(_known(name, ("stages", *_TABLES), "table"))
    if not isinstance(table, Mapping):
        raise ConfigError(f"configuration: {name} is {table!r}; it must be a table of parameters, [{name}]")
    known = [each.name for each in fields(kind)]
    values = {_known(key, known, f"parameter of [{name}]"): value for key, value in table.items()}
    try:
        made: Parameters = kind(**values)
    except ConfigError as error:
        raise ConfigError(f"configuration: {name}.{error}") from None
    return made
