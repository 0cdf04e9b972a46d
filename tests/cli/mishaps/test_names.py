"""Names of all kinds, from the folder to the summary, the report and back."""

from __future__ import annotations

import csv
import os
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest

from tests.batch.conftest import save
from tests.cli.conftest import finish, start
from tests.cli.mishaps.scene import everything, journal, rows

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems do not have all of these names")

NAMES = (
    "-rf",
    "<script>alert(1)<!--",
    "a b",
    "caf\udce9",  # a byte that is no UTF-8
    "carriage\rreturn",
    "comma, semicolon; 100 % #1?",
    'say "hi"',
    "it's",
    "tab\tand\ttab",
    "two\nlines",
    "Rücken 背中",
    "x" * 200,
    "{{ 7 * 7 }}",
    "~$HOME `id` \\n",
)
PLAIN = ("--outputs", "midline", "--jobs", "2")


class Links(HTMLParser):
    """Where a page leads to, and what it has of elements."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.targets: set[bytes] = set()
        self.scripts = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        self.targets |= {unquote_to_bytes(value) for name, value in attributes if name in ("href", "src") and value}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Each name is that of a file; of the first ones also that of a folder."""
    for seed, name in enumerate(NAMES):
        save(tmp_path / "-in <b>" / name / f"{name}.npy", seed, (32, 32))
    return tmp_path / "-in <b>"


def shown(name: str) -> str:
    """As it is in a table."""
    return f"{name}/{name}.npy".encode("utf-8", "backslashreplace").decode()


def test_names_of_all_kinds_come_through(symline, tree, tmp_path):
    out = tmp_path / "out 'n' <i>"
    done = finish(start("batch", "-o", out, *PLAIN, "--", tree.name, cwd=tmp_path))
    assert done.code == 0, done.err
    assert set(rows(out)) == {shown(name) for name in NAMES}
    for name in NAMES:
        assert {path.name for path in (out / name).iterdir()} == {f"{name}{ending}" for ending in (".json", ".midline.csv", ".overlay.png")}
    links = Links((out / "report.html").read_text(encoding="utf-8"))
    assert links.scripts == Links(_plain_report(symline, tmp_path)).scripts
    pictures = {b"./" + os.fsencode(f"{name}/{name}.overlay.png") for name in NAMES}
    assert pictures <= links.targets
    before = everything(out)
    again = symline("batch", tree, "-o", out, *PLAIN)
    assert again.lines[0] == f"{len(NAMES)} inputs: {len(NAMES)} skipped"
    assert everything(out) == before


def _plain_report(symline, tmp_path: Path) -> str:
    save(tmp_path / "plain" / "a.npy", shape=(32, 32))
    assert symline("batch", tmp_path / "plain", "-o", tmp_path / "plain out", *PLAIN).code == 0
    return (tmp_path / "plain out" / "report.html").read_text(encoding="utf-8")


def test_names_of_all_kinds_survive_shards_and_being_stopped(symline, tree, tmp_path):
    options = (*PLAIN, "--no-pictures")
    for part in ("2/2", "1/2"):
        assert symline("batch", tree, "-o", tmp_path / "parts", *options, "--shard", part).code == 0
    assert symline("merge", tmp_path / "parts").code == 0
    assert symline("batch", tree, "-o", tmp_path / "whole", *options).code == 0
    whole = (tmp_path / "whole" / "summary.csv").read_bytes()
    assert (tmp_path / "parts" / "summary.csv").read_bytes() == whole
    # what a run that was stopped did not reach keeps its line
    (tree / "-rf" / "-rf.npy").write_bytes(b"no array")
    assert symline("batch", tree, "-o", tmp_path / "whole", *options, "--jobs", 1, "--fail-fast", "--overwrite").code == 1
    assert not journal(tmp_path / "whole")["complete"]
    assert [row["path"] for row in rows(tmp_path / "whole").values() if row["status"] == "failed"] == ["-rf/-rf.npy"]
    assert len(rows(tmp_path / "whole")) == len(NAMES)


def test_names_of_all_kinds_in_a_list(symline, tree, tmp_path):
    known = [name for name in NAMES if "\udce9" not in name]
    with (tmp_path / "list.csv").open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, quoting=csv.QUOTE_ALL)
        table.writerows([("path", "id"), *((f"{tree.name}/{name}/{name}.npy", f"{name} <id>") for name in known)])
    done = symline("batch", tmp_path / "list.csv", "-o", tmp_path / "out", *PLAIN, "--no-pictures")
    assert done.code == 0, done.err
    assert {row["id"] for row in rows(tmp_path / "out").values()} == {f"{name} <id>" for name in known}
    assert "<id>" not in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
