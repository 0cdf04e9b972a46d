"""How far the work is: a bar on a terminal; of a batch elsewhere, a line now and then. The only module that knows rich."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, TypeAlias

from symline.cli.console import NORMAL, Console
from symline.files.names import printable

if TYPE_CHECKING:
    from rich.console import Console as Terminal
    from rich.console import RenderableType
    from rich.progress import Progress

    from symline.batch.ledger import Ledger

#: Without a terminal: a line after so many inputs or seconds, whichever comes first.
_EVERY_INPUTS, _EVERY_SECONDS = 100, 30.0
#: Names of inputs at work that are shown at a time; machines with many cores have many.
_SHOWN = 8
#: Seconds over which the rate is taken: the first inputs of a run that goes on where another stopped are quick.
_WINDOW = 60.0

#: What to call after each step of the work.
Show: TypeAlias = Callable[[], None]


@contextmanager
def show_count(total: int, console: Console) -> Iterator[Show]:
    """Show how many of some inputs are done while the block runs: on a terminal, and where there are several."""
    if total < 2 or console.verbosity < NORMAL or not sys.stderr.isatty():
        yield _show_nothing
        return
    from rich.progress import Progress

    terminal = _open_terminal()
    with Progress(console=terminal, transient=True) as bar, _messages_above(terminal, console):
        task = bar.add_task("", total=total)
        yield lambda: bar.advance(task)


def show_progress(ledger: Ledger, console: Console) -> AbstractContextManager[Show]:
    """Show how far a batch is while the block runs."""
    if console.verbosity < NORMAL:
        return nullcontext(_show_nothing)
    return _show_bar(ledger, console) if sys.stderr.isatty() else nullcontext(_make_lines(ledger, console))


def _show_nothing() -> None:
    """What is shown to those who want to hear nothing, or see nothing drawn."""


def _make_lines(ledger: Ledger, console: Console) -> Show:
    """What writes a line now and then."""
    rate = _Rate()
    last = (0, time.monotonic())

    def show() -> None:
        nonlocal last
        done, now = len(ledger.outcomes), time.monotonic()
        rate.take(done, now)
        if done < len(ledger.jobs) and (done - last[0] >= _EVERY_INPUTS or now - last[1] >= _EVERY_SECONDS):
            last = (done, now)
            console.say(f"{done} of {len(ledger.jobs)} done: {count(ledger)}; {rate.in_words(len(ledger.jobs) - done)}")

    return show


@contextmanager
def _show_bar(ledger: Ledger, console: Console) -> Iterator[Show]:
    from rich.console import Group
    from rich.live import Live
    from rich.text import Text

    terminal = _open_terminal()
    bar = _make_bar(terminal)
    task = bar.add_task("", total=len(ledger.jobs), counts="", rate="")
    rate = _Rate()

    def draw() -> RenderableType:
        names = [printable(ledger.jobs[index].shown) for index in list(ledger.running)[:_SHOWN]]
        more = len(ledger.running) - len(names)
        lines = [Text(f"  {name}", style="dim", no_wrap=True, overflow="ellipsis") for name in names]
        return Group(bar, *lines, *([Text(f"  and {more} more", style="dim")] if more > 0 else []))

    def show() -> None:
        done = len(ledger.outcomes)
        rate.take(done, time.monotonic())
        bar.update(task, completed=done, counts=count(ledger), rate=rate.in_words(len(ledger.jobs) - done))

    live = Live(get_renderable=draw, console=terminal, transient=True, refresh_per_second=4)
    live.start()
    try:
        with _messages_above(terminal, console):
            yield show
    finally:
        with suppress(OSError):  # the terminal may be gone
            live.stop()


def _open_terminal() -> Terminal:
    # imported here: it takes as long as the whole of `symline --help`
    from rich.console import Console as Terminal

    return Terminal(stderr=True)


def _messages_above(terminal: Terminal, console: Console) -> AbstractContextManager[None]:
    """Let messages appear above what is being drawn, as they are."""
    return console.through(lambda text: terminal.print(text, markup=False, highlight=False, soft_wrap=True))


def _make_bar(terminal: Terminal) -> Progress:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[counts]}"),
        TextColumn("{task.fields[rate]}", style="dim"),
    )
    return Progress(*columns, console=terminal)


def count(ledger: Ledger) -> str:
    """How many inputs came to what, in words."""
    return ", ".join(f"{number} {kind}" for kind, number in ledger.counts.items() if number) or "none"


class _Rate:
    """How many inputs are done in a second, over the last while."""

    def __init__(self) -> None:
        self._past: deque[tuple[float, int]] = deque([(time.monotonic(), 0)])

    def take(self, done: int, now: float) -> None:
        self._past.append((now, done))
        while len(self._past) > 2 and now - self._past[1][0] > _WINDOW:
            self._past.popleft()

    def in_words(self, left: int) -> str:
        (first, before), (last, after) = self._past[0], self._past[-1]
        if after == before or last <= first:
            return "no rate yet"
        rate = (after - before) / (last - first)
        return f"{rate:.2g} a second, about {_span(left / rate)} left"


def _span(seconds: float) -> str:
    """A time as people say it.

    Examples
    --------
    >>> _span(5.4), _span(130), _span(7199), _span(8000)
    ('5 s', '2 min', '2 h 0 min', '2 h 13 min')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
