"""`symline batch`."""

from __future__ import annotations

import os
from collections.abc import Generator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from symline.cli import batch_options, options
from symline.cli.batch_options import LONGEST
from symline.cli.exit_codes import ExitCode
from symline.files.names import JOURNAL

if TYPE_CHECKING:
    from symline.batch.events import Event
    from symline.batch.job import Job, Outcome, Product
    from symline.batch.journal import Undertaking
    from symline.batch.plan import Order, Plan


@click.command(
    epilog="""\b
Examples:
  symline batch patients -o out
  symline batch patients -o out --spacing 1.3 --jobs 4 --timeout 120 --strict
  symline batch list.csv -o out --outputs all
  symline batch patients -o out --pattern 'visit1/' --exclude '*_raw.tif' --dry-run""",
)
@batch_options.source
@options.resuming
@batch_options.what
@batch_options.how
@options.scoring
@options.chain
@options.configuration
@options.reading
@options.messages
@click.pass_context
def batch(context: click.Context, /, source: Path, output: Path, strict: bool, dump_config: bool, **given: Any) -> ExitCode:
    """Work on all images in a folder and the folders below it, or in a list, in parallel.

    The results go into the same folders below the output folder, each as the single commands write them, with
    summary.csv (a line for each image), report.html (to look through them, the worst first) and batch.json (what was
    run). What an earlier run has done is left alone, so that a run that was stopped goes on where it was.
    A file symline.toml in a folder sets parameters for the images in and below it. A list is a CSV file with a column
    path and, as needed, id, spacing, mask and page.
    """
    _refuse_limits_of_clusters(given)
    # before the imports that take this process a while; but where a batch has ended before, there may be nothing left to do
    if not (given["dask"] or given["dry_run"] or dump_config or os.path.exists(output / JOURNAL)):  # noqa: PTH110
        from symline.batch.pool import warm_up

        warm_up()

    from symline.batch.ledger import Ledger
    from symline.batch.plan import plan
    from symline.batch.shard import WHOLE
    from symline.cli.conduct import Manner, conduct, preview

    order = _order(given, _given_reading(context))
    if dump_config:
        click.echo(order.configure().to_toml(), nl=False)
        return ExitCode.DONE
    planned = plan(source, output, order, given["log_json"], given["config"])
    for note in planned.notes:
        context.obj.say(note)
    for place in planned.unreadable:
        context.obj.complain(place)
    if given["dry_run"]:
        return preview(planned.jobs)
    given = _settle(given)
    manner = Manner(
        out=output, shard=None if order.shard == WHOLE else order.shard, fail_fast=given["fail_fast"], strict=strict, log=given["log_json"]
    )
    ledger = Ledger(planned.jobs)
    code = conduct(ledger, _start(planned.jobs, given), _describe(source, planned, order, given), manner, context.obj)
    # inputs may be missing, and nobody shall take that for success
    return code or (ExitCode.FAILED if planned.unreadable else ExitCode.DONE)


def _refuse_limits_of_clusters(given: Mapping[str, Any]) -> None:
    """What cannot be had on machines that somebody else looks after."""
    local = {"jobs": "--jobs", "timeout": "--timeout", "memory_limit": "--memory-limit"}
    names = [option for name, option in local.items() if given[name] is not None]
    if given["dask"] is not None and names:
        raise click.UsageError(
            f"--dask: {' and '.join(names)} cannot be kept on a cluster, which has limits of its own; leave out one or the other.",
            ctx=click.get_current_context(),
        )


def _order(given: Mapping[str, Any], reading: Mapping[str, Any]) -> Order:
    from symline.batch.patterns import Patterns
    from symline.batch.plan import Order
    from symline.batch.shard import choose_shard
    from symline.cli.configure import choose_chain, collect_settings, read_config_file

    products = _choose_products(given["outputs"])
    return Order(
        products=tuple(product.without_pictures() for product in products) if given["no_pictures"] else products,
        file=read_config_file(given),
        chain=choose_chain(given),
        settings=collect_settings(given),
        reading=reading,
        patterns=Patterns(given["patterns"], given["excluded"]),
        shard=choose_shard(given["shard"], os.environ),
        overwrite=given["overwrite"],
    )


def _choose_products(text: str) -> tuple[Product, ...]:
    from symline.batch.products import PRODUCTS

    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in (*PRODUCTS, "all"):
            raise click.UsageError(
                f"--outputs: {name!r} is not known; some of {', '.join(PRODUCTS)}, or all, are needed; try midline,score.",
                ctx=click.get_current_context(),
            )
    return tuple(product for name, product in PRODUCTS.items() if name in names or "all" in names)


def _given_reading(context: click.Context) -> dict[str, Any]:
    """How to read the inputs, as far as the command line says so: a folder's own settings override the defaults only."""
    from symline.batch.job import Reading

    names = [field.name for field in fields(Reading)]
    return {name: context.params[name] for name in names if context.get_parameter_source(name) is not ParameterSource.DEFAULT}


def _settle(given: Mapping[str, Any]) -> dict[str, Any]:
    """The options with what holds where they are silent; a cluster has limits of its own."""
    local = {"jobs": given["jobs"] or count_cores(), "timeout": given["timeout"] or LONGEST}
    return {**given, **({} if given["dask"] else local)}


def _start(jobs: tuple[Job, ...], given: Mapping[str, Any]) -> Generator[Event[Outcome], None, None]:
    if given["dask"] is not None:
        from symline.batch.cluster import run_on_cluster
        from symline.batch.work import work

        return run_on_cluster(work, jobs, given["dask"], given["retries"])
    from symline.batch.local import run_locally
    from symline.batch.pool import Limits

    limits = Limits(jobs=given["jobs"], timeout=given["timeout"], memory_mb=given["memory_limit"], retries=given["retries"])
    return run_locally(jobs, limits)


def count_cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _describe(source: Path, planned: Plan, order: Order, given: Mapping[str, Any]) -> Undertaking:
    from symline.batch.journal import Undertaking

    options = ("jobs", "timeout", "memory_limit", "retries", "dask", "overwrite", "fail_fast", "no_pictures", "patterns", "excluded")
    return Undertaking(
        source=str(source),
        outputs=[product.section for product in order.products],
        options={**{name: given[name] for name in options}, **order.reading, "shard": order.shard and "{}/{}".format(*order.shard)},
        plan=planned,
    )
