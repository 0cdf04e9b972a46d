"""`symline merge`."""

from __future__ import annotations

from pathlib import Path

import click

from symline.cli import options
from symline.cli.console import Console
from symline.cli.exit_codes import ExitCode


@click.command(
    epilog="""\b
Examples:
  symline batch patients -o out --shard 1/2
  symline batch patients -o out --shard 2/2
  symline merge out""",
)
@options.results
@options.messages
@click.pass_obj
def merge(console: Console, /, folder: Path) -> ExitCode:
    """Put together what the shards of a batch have written into one output folder.

    summary.csv, batch.json and report.html become what one run over all inputs would have written. It ends with 1 where an input
    failed, or a folder could not be read. Of a job array of a single task it is the report alone that is made again.
    """
    from symline.batch.claim import claim
    from symline.batch.merge import merge
    from symline.files.json_file import to_json
    from symline.files.names import JOURNAL, SUMMARY
    from symline.files.report.page import write_report
    from symline.files.summary_csv import summary_csv
    from symline.files.write import write_files

    with claim(folder):
        lines, journal = merge(folder)
        write_files({folder / SUMMARY: summary_csv(lines), folder / JOURNAL: to_json(journal)})
        shards = journal.get("shards", 1)
        console.say(f"{shards} shard{'s' if shards > 1 else ''}, {len(lines)} inputs")
        console.say(f"report: {write_report(folder)}")
    unreadable = journal.get("unreadable", ())
    for place in unreadable:
        console.complain(place)
    return ExitCode.FAILED if journal["failures"] or unreadable else ExitCode.DONE
