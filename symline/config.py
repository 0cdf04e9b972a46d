"""The configuration: every parameter of the pipeline in one frozen value, from TOML and back."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Self

from symline.errors import ConfigError
from symline.measures.review import ReviewLimits
from symline.model.parameters import Parameters
from symline.stages.curve import CurveRefinement
from symline.stages.path import PathSearch


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """How to analyse an image.

    Parameters
    ----------
    path, curve
        The stages, in the order in which they run.
    review
        When a person should look at a result.
    """

    path: PathSearch = field(default_factory=PathSearch)
    curve: CurveRefinement = field(default_factory=CurveRefinement)
    review: ReviewLimits = field(default_factory=ReviewLimits)

    @classmethod
    def from_dict(cls, tables: Mapping[str, Any]) -> Self:
        """Make a configuration from tables of parameters; those not given keep their defaults.

        Raises
        ------
        ConfigError
            A name is unknown, or a value is of the wrong type or out of range.

        Examples
        --------
        >>> Config.from_dict({"curve": {"half_width": 0.4}}).curve.half_width
        0.4
        """
        kinds = {each.name: each.default_factory for each in fields(cls)}
        parts: dict[str, Any] = {}
        for name, table in tables.items():
            kind = kinds[_known(name, kinds, "table")]
            if not isinstance(table, Mapping):
                raise ConfigError(f"configuration: {name} is {table!r}; it must be a table of parameters, [{name}]")
            parts[name] = _make(name, kind, table)
        return cls(**parts)

    @classmethod
    def from_toml(cls, path: str | Path) -> Self:
        """Read a configuration file.

        Raises
        ------
        ConfigError
            The file cannot be read, is not TOML, or makes no sense.
        """
        path = Path(path)
        try:
            tables = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise ConfigError(f"{path.name!r}: the configuration cannot be read ({error.strerror}); a TOML file is needed") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path.name!r}: this is not TOML ({error}); lines like [curve] and half_width = 0.4 are needed") from error
        return cls.from_dict(tables)

    def to_dict(self) -> dict[str, dict[str, Any]]:
        """Every parameter, by table."""
        return {each.name: getattr(self, each.name).to_dict() for each in fields(self)}

    def to_toml(self) -> str:
        """The configuration as the text of a file that `from_toml` reads."""
        tables = ([f"[{name}]", *(f"{key} = {value}" for key, value in table.items())] for name, table in self.to_dict().items())
        return "\n\n".join("\n".join(lines) for lines in tables) + "\n"


def _known(name: str, names: Mapping[str, Any], what: str) -> str:
    if name in names:
        return name
    nearest = get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"did you mean {nearest[0]}?" if nearest else f"known are {', '.join(names)}"
    raise ConfigError(f"configuration: the {what} {name!r} is unknown; {hint}")


def _make(name: str, kind: Any, table: Mapping[str, Any]) -> Parameters:
    known = {each.name: each for each in fields(kind)}
    values = {_known(key, known, f"parameter of [{name}]"): value for key, value in table.items()}
    try:
        made: Parameters = kind(**values)
    except ConfigError as error:
        raise ConfigError(f"configuration: {name}.{error}") from None
    return made
