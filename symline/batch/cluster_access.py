"""Connecting to a Dask cluster, and what is refused there before any work starts."""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from symline.batch.catch import catch
from symline.batch.job import Job
from symline.batch.remote import View, look, require_same
from symline.batch.versions import versions
from symline.errors import ConfigError
from symline.files.names import printable
from symline.files.write import trial_file

if TYPE_CHECKING:
    from distributed import Client

#: Seconds in which the scheduler must answer and a worker be there, and that leaving may take.
_ANSWER, _LEAVE = 15.0, 3.0


@contextmanager
def connect(address: str) -> Iterator[Client]:
    """Be connected to the scheduler at an address while the block runs; at its end the cluster drops what is still to be done.

    Raises
    ------
    ConfigError
        Nobody answers there.
    """
    name = printable(address) or "--dask"
    try:
        from distributed import Client
    except ImportError as error:
        raise ConfigError(
            f"{name}: the package distributed is not installed; clusters need it, here and there; pip install 'symline[dask]'"
        ) from error
    # What it says, to standard error, is told here again in words that fit.
    for logger in ("distributed", "distributed.client"):
        logging.getLogger(logger).setLevel(logging.CRITICAL + 1)
    try:
        asyncio.run(_knock(address))
        client = Client(address, timeout=_ANSWER, set_as_default=False, name="symline")
    except (OSError, ValueError, TypeError) as error:
        raise ConfigError(
            f"{name}: no Dask scheduler answers ({one_line(error)}); the address of one that runs is needed; try tcp://HOST:8786"
        ) from error
    try:
        yield client
    finally:
        with suppress(TimeoutError):  # a scheduler that does not listen takes everything back when it misses us
            client.close(timeout=_LEAVE)


async def _knock(address: str) -> None:
    """See whether anybody answers: a client to whom nobody does, or that is given no address, does not come to its end."""
    from distributed import Security
    from distributed.comm import connect

    visit = await connect(address, timeout=_ANSWER, **Security().get_connection_args("client"))
    await visit.close()


def require_alike(client: Client, address: str, jobs: Sequence[Job]) -> None:
    """Refuse a cluster that would not give the same results: its workers look at versions, an input, and a trial file in an output folder.

    Raises
    ------
    ConfigError
        There are no workers, or one has other versions or other files.
    """
    needed = versions()
    _wait_for_workers(client, address)
    some = [job.absolute().path for job in itertools.islice((job for job in jobs if os.path.exists(job.path)), 1)]  # noqa: PTH110
    with trial_file(jobs[0].absolute().target.parent) as trial:
        views = client.run(look, [trial, *some], [trial.parent], on_error="return")
    for worker, view in views.items():
        if not isinstance(view, OSError):  # one that is gone is no harm
            _judge(f"worker {worker}", view, needed)
    _judge(f"scheduler {printable(address)}", catch(client.run_on_scheduler, look, [], []), {"symline": needed["symline"]})


def _wait_for_workers(client: Client, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=_ANSWER)
    except TimeoutError as error:
        raise ConfigError(
            f"{address}: the scheduler has no workers; one at least is needed; start some with 'dask worker {address}'"
        ) from error


def _judge(where: str, view: View | Exception, needed: Mapping[str, str]) -> None:
    if isinstance(view, Exception):
        raise ConfigError(
            f"{where}: symline cannot be used there ({one_line(view)}); the version that is used here is needed; "
            f"pip install 'symline[dask]=={needed['symline']}'"
        )
    require_same(view.versions, needed, where)
    for path in view.unseen:
        seen = f"it does not see what is in {path.parent}" if path.name.startswith(".") else f"it cannot read {path}"
        raise ConfigError(
            f"{where}: {printable(seen)}; the inputs and the output folder must be at the same paths on all machines; "
            "use folders that all of them share"
        )
    if view.unwritable:
        raise ConfigError(
            f"{where}: it may not write to {printable(str(view.unwritable[0]))}; all workers must; change the permissions of the folder, "
            "or the user that the workers run as"
        )


def one_line(error: Exception) -> str:
    """What an error says, or its kind if it says nothing."""
    return printable(" ".join(str(error).split())) or type(error).__name__
