"""Arguments and options that several commands share."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

import symline
from symline.cli.console import QUIET, Console
from symline.errors import ConfigError, suggest
from symline.files.background import parse_background
from symline.files.opening import MAX_PIXELS
from symline.files.pixel_size import read_pixel_size

Command = TypeVar("Command", bound=Callable[..., Any])


class PathName(click.Path):
    """A path, but not the empty one of a variable of the shell that is not set: it would stand for the current folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Refuse it before anybody makes a path of it."""
        if not value:
            self.fail("it is empty; a path is needed; check the variables of the shell.", param, ctx)
        return super().convert(value, param, ctx)


def parse_spacing(text: str) -> tuple[float, float]:
    """Pixel size in mm, as `symline.files.pixel_size` reads it."""
    try:
        return read_pixel_size(text)
    except ConfigError as error:
        raise click.BadParameter(f"{error}.") from error


def _parse_background(text: str) -> str:
    """`auto`, `none` or a finite number, as `symline.files.background` reads it; it stays text, and records tell it as it was given."""
    try:
        parse_background(text)
    except ConfigError as error:
        raise click.BadParameter(f"{str(error).removeprefix('background: ')}.") from error
    return text


def _parse_setting(text: str) -> tuple[str, str, Any]:
    """`stage.field=value`, the value as in TOML; a word needs no quotes."""
    name, given, value = text.partition("=")
    stage, dot, field = name.strip().partition(".")
    if not (given and dot and stage and field):
        raise click.BadParameter(f"{text!r} is no setting; stage.field=value is needed; try curve.half_width=0.4.")
    return stage, field, _parse_value(value.strip(), text)


def _parse_value(value: str, text: str) -> Any:
    try:
        tables = tomllib.loads(f"value = {value}")
    except tomllib.TOMLDecodeError:
        tables = {}
    if list(tables) == ["value"]:
        return tables["value"]
    if re.fullmatch(r"[^\W\d][\w-]*", value):
        return value
    raise click.BadParameter(f"{text!r}: {value!r} is no value; a number, a word or a list is needed; try 0.4, ncc or [0.02,0.01].")


def _parse_names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(","))


def unless_dumping(ctx: click.Context, param: click.Parameter, value: Any) -> Any:
    """Require a value, except where only the configuration is asked for."""
    if not value and not ctx.params.get("dump_config"):
        raise click.MissingParameter(ctx=ctx, param=param)
    return value


def require_known(names: Sequence[str], known: Sequence[str]) -> None:
    """Refuse names that are not known, with the nearest that is."""
    for name in names:
        if name not in known:
            raise click.UsageError(f"the name {name!r} is unknown; {suggest(name, known)}", ctx=click.get_current_context())


_existing_file = PathName(exists=True, dir_okay=False, path_type=Path)

#: The folder of a batch.
results = click.argument("folder", metavar="OUT", type=PathName(exists=True, file_okay=False, path_type=Path))
# whether an image can be read is found out when its turn comes: the others go on
images = click.argument("images", metavar="IMAGE...", nargs=-1, type=PathName(readable=False, path_type=Path), callback=unless_dumping)

_config = click.option(
    "--config", metavar="FILE.toml", type=_existing_file, help="Parameters of the pipeline; those not in it keep their defaults."
)
_set = click.option(
    "--set",
    "settings",
    metavar="STAGE.FIELD=VALUE",
    multiple=True,
    type=_parse_setting,
    help="Set one parameter; overrides all else that sets it. May be given again. 'symline stages' lists the parameters.",
)
# eager: whether an image and a folder are needed depends on it
_dump_config = click.option("--dump-config", is_flag=True, is_eager=True, help="Print the configuration as TOML, and do nothing else.")
_stages = click.option(
    "--stages",
    metavar="A,B,C",
    type=_parse_names,
    help="The stages, each of which starts from the result of the one before; 'symline stages' lists them.",
)
_metric = click.option("--metric", metavar="NAME", help="Metric of every stage of the chain that has one.")
_optimizer = click.option("--optimizer", metavar="NAME", help="Optimizer of every stage of the chain that has one.")
midline = click.option(
    "--midline",
    metavar="S.midline.csv",
    type=_existing_file,
    help="Start from this line, of an earlier result or any table with row_px and col_px, instead of searching; for one image.",
)

_top = click.option(
    "--top",
    "top_row",
    metavar="ROW",
    type=click.FloatRange(min=0),
    help="Row where the measures of the line, the levels and the regions begin. Default: where the line does.",
)
_bottom = click.option(
    "--bottom", "bottom_row", metavar="ROW", type=click.FloatRange(min=0), help="Row where they end. Default: where the line does."
)
_threshold = click.option(
    "--threshold",
    metavar="VALUE",
    type=click.FloatRange(min=0, min_open=True),
    help="Asymmetry from which a region counts as a patch, in the unit of the image. Default: twice the median absolute deviation, "
    "and more than noise makes.",
)
_per_pixel = click.option(
    "--per-pixel",
    metavar="residual|raw",
    type=click.Choice(["residual", "raw"]),
    help="Asymmetry of each pixel: what remains after the whole mirror map, or after the curved midline alone.  [default: residual]",
)
_levels = click.option("--levels", metavar="N", type=click.IntRange(1, 200), help="Number of equal levels.  [default: 10]")

_spacing = click.option(
    "--spacing",
    metavar="MM|ROW,COL",
    type=parse_spacing,
    help="Pixel size in mm, one number or row,col. Default: what the TIFF says, else unknown (results in px only).",
)
_mask = click.option("--mask", metavar="FILE", type=_existing_file, help="Only pixels where this image is nonzero belong to the back.")
_background = click.option(
    "--background",
    metavar="auto|none|VALUE",
    type=_parse_background,
    default="auto",
    show_default=True,
    help="Value outside the back, beside NaN. auto: the constant surround of an image without NaN, if it has one.",
)
_page = click.option("--page", metavar="N", type=click.IntRange(min=0), help="Page of a multi-page TIFF; 0 is the first.")
_max_pixels = click.option(
    "--max-pixels",
    metavar="N",
    type=click.IntRange(min=1),
    default=MAX_PIXELS,
    show_default=True,
    help="Refuse larger images before memory is taken for them.",
)

_output = click.option(
    "-o",
    "--output",
    metavar="DIR",
    type=PathName(path_type=Path),
    callback=unless_dumping,
    help="Folder for the results; created if missing.  [required]",
)
_overwrite = click.option("--overwrite", is_flag=True, help="Replace results that exist; else they are refused before any work starts.")
_overwrite_all = click.option(
    "--overwrite",
    is_flag=True,
    help="Make all results again, and replace edited midlines too; else whole results are skipped, and edited midlines kept.",
)
_strict = click.option("--strict", is_flag=True, help="Exit with 3 if a result needs review.")


def _set_verbosity(ctx: click.Context, _param: click.Parameter, value: int) -> None:
    if value:
        ctx.ensure_object(Console).verbosity = value


_verbose = click.option(
    "-v", "--verbose", count=True, expose_value=False, callback=_set_verbosity, help="Say more; twice (-vv): tracebacks of errors."
)
_quiet = click.option(
    "-q", "--quiet", flag_value=QUIET, type=int, expose_value=False, callback=_set_verbosity, help="Say nothing but what failed."
)

version = click.version_option(symline.__version__, prog_name="symline", message="%(prog)s %(version)s")


def all_of(*decorators: Callable[[Any], Any]) -> Callable[[Command], Command]:
    """Apply decorators so that `--help` lists them in the order given."""

    def decorate(command: Command) -> Command:
        for decorator in reversed(decorators):
            command = decorator(command)
        return command

    return decorate


#: spacing, mask, background, page, max_pixels: the fields of `symline.batch.job.Reading`.
reading = all_of(_spacing, _mask, _background, _page, _max_pixels)
#: output, overwrite, strict
writing = all_of(_output, _overwrite, _strict)
#: The same for results that may be resumed.
resuming = all_of(_output, _overwrite_all, _strict)
#: config, settings, dump_config
configuration = all_of(_config, _set, _dump_config)
#: stages, metric, optimizer
chain = all_of(_stages, _metric, _optimizer)
#: top_row, bottom_row, threshold, per_pixel, levels: what of the table [score] has an option of its own.
scoring = all_of(_top, _bottom, _threshold, _per_pixel, _levels)
#: None is passed on: they set up the console.
messages = all_of(_verbose, _quiet, version)
