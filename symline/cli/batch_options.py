"""Arguments and options of `symline batch` alone."""

from __future__ import annotations

import math
from pathlib import Path

import click

from symline.cli.options import PathName, all_of, unless_dumping

#: Seconds for an input where none are given: nobody is there at night to see that one does not end.
LONGEST = 3600

#: MB that no machine has; much more, and the system cannot count them.
_MOST_MEMORY = 2**30


def _parse_seconds(text: str) -> float:
    """A time that ends."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise click.BadParameter(f"{text!r} is no time limit; a positive number of seconds is needed; try {LONGEST}.")
    return seconds


source = click.argument("source", metavar="DIR|MANIFEST.csv", type=PathName(path_type=Path), required=False, callback=unless_dumping)

#: outputs, no_pictures, patterns, excluded
what = all_of(
    click.option(
        "--outputs",
        metavar="A,B",
        default="midline,score",
        show_default=True,
        help="What to make of each image: midline, register, score, or all.",
    ),
    click.option("--no-pictures", is_flag=True, help="Leave out the pictures, which take a good part of the time."),
    click.option(
        "--pattern",
        "patterns",
        metavar="GLOB",
        multiple=True,
        help="Inputs are files like this, as in .gitignore; may be given again.  [default: *.npy, *.tif and *.tiff]",
    ),
    click.option(
        "--exclude",
        "excluded",
        metavar="GLOB",
        multiple=True,
        help="Leave out files and folders like this, as in .gitignore; may be given again.",
    ),
)
#: jobs, timeout, memory_limit, retries, shard, dask, fail_fast, dry_run, log_json
how = all_of(
    click.option(
        "--jobs",
        metavar="N",
        type=click.IntRange(min=1),
        help="Inputs worked on at a time, each in a process of its own.  [default: the number of cores]",
    ),
    click.option(
        "--timeout",
        metavar="SECONDS",
        type=_parse_seconds,
        help=f"Give an input up after so long.  [default: {LONGEST}]",
    ),
    click.option("--memory-limit", metavar="MB", type=click.IntRange(64, _MOST_MEMORY), help="Memory of each process."),
    click.option(
        "--retries",
        metavar="N",
        type=click.IntRange(min=0),
        default=1,
        show_default=True,
        help="How often an input is tried again, alone, that took its process down or exceeded a limit.",
    ),
    click.option(
        "--shard",
        metavar="I/N",
        help="Work on each N-th input only, from the I-th on; 'symline merge' puts the parts together.  "
        "[default: from SLURM_ARRAY_TASK_ID and SLURM_ARRAY_TASK_COUNT, if set]",
    ),
    click.option("--dask", metavar="ADDRESS", help="Let the workers of this Dask cluster do the work."),
    click.option("--fail-fast", is_flag=True, help="Stop after the first input that fails."),
    click.option("--dry-run", is_flag=True, help="Only say what would be done with each input."),
    click.option(
        "--log-json",
        metavar="FILE",
        type=PathName(dir_okay=False, path_type=Path),
        help="Add what happens to this file, one JSON object a line.",
    ),
)
