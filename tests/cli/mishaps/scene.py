"""Batches that come to harm: files with a fate, the processes of a batch, and what must be there in the end."""

from __future__ import annotations

import csv
import json
import os
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.batch.processes import is_alive, wait_until
from tests.cli.conftest import Result, finish, start

NAMES = ("a.npy", "b.npy", "p1/c.npy", "p1/d.npy", "p2/e.npy", "p2/f.npy")
QUICK = ("--outputs", "midline", "--no-pictures")
_FATE = Path(__file__).parent / "fate"


@dataclass(frozen=True)
class Scene:
    """Inputs, the output folder of batches about them, and what an undisturbed batch writes there.

    Every process of a batch started here knows the folder `fates`, by which it is found whoever its parent has become.
    """

    source: Path
    out: Path
    fates: Path
    expected: dict[str, bytes]
    symline: Callable[..., Result]

    def begin(self, *options: str | Path, fates: dict[str, Sequence[str]] | None = None, code: str = "") -> subprocess.Popen[str]:
        """Start a batch, in a process group of its own. Files named in `fates` come to harm in one of the ways of `fate`."""
        for mark in self.fates.iterdir():
            mark.rmdir() if mark.is_dir() else mark.unlink()
        (self.fates / "fates.json").write_text(json.dumps(fates or {}))
        environment = {"FATES": str(self.fates), "PYTHONPATH": os.pathsep.join([str(_FATE), os.environ.get("PYTHONPATH", "")])}
        return start("batch", self.source, "-o", self.out, *QUICK, *options, code=code, environment=environment, leads=True)

    def run(self, *options: str | Path, fates: dict[str, Sequence[str]] | None = None, code: str = "") -> Result:
        """Run a batch to its end, and make sure that nobody is left."""
        done = finish(self.begin(*options, fates=fates, code=code))
        assert "Traceback" not in done.err
        wait_until(lambda: not self.processes(), 10)
        return done

    def wait_for(self, name: str, opening: int = 1) -> None:
        """Wait until a file with a fate is opened for this time."""
        wait_until((self.fates / f"{name}.{opening}").exists)

    def processes(self) -> list[psutil.Process]:
        """All of the batches that run."""
        return [process for process in psutil.process_iter() if _has(process, "FATES", str(self.fates)) and is_alive(process)]

    def temporary(self) -> list[Path]:
        """Hidden files in the output folder."""
        return [path for path in self.out.rglob(".*") if path.is_file()]

    def complete(self, *options: str | Path) -> dict[str, int]:
        """Let another batch do the rest, and make sure that all is as if nothing had happened; how many inputs came to what in it."""
        done = self.symline("batch", self.source, "-o", self.out, *QUICK, "--jobs", 2, *options)
        assert done.code == 0, done.err
        assert everything(self.out) == self.expected
        found = journal(self.out)
        assert found["complete"]
        counts: dict[str, int] = found["counts"]
        assert counts["inputs"] == counts["ok"] + counts["review"] + counts["skipped"]
        return counts


def _has(process: psutil.Process, name: str, value: str) -> bool:
    try:
        return process.environ().get(name) == value
    except psutil.Error:
        return False


def everything(folder: Path) -> dict[str, bytes]:
    """All that does not know the time, by relative path."""
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {name: data for name, data in found.items() if name not in ("batch.json", "report.html")}


def rows(out: Path) -> dict[str, dict[str, str]]:
    """The lines of the summary by path."""
    with (out / "summary.csv").open(encoding="utf-8", newline="") as stream:
        return {row["path"]: row for row in csv.DictReader(stream)}


def journal(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "batch.json").read_text(encoding="utf-8"))
    return found


def require_consistency(scene: Scene) -> int:
    """What is there is whole, and summary and journal, if there, tell of nothing else; how many inputs are done."""
    found = everything(scene.out)
    assert all(found[name] == scene.expected[name] for name in found if name != "summary.csv")
    done = {f"{name.removesuffix('.json')}.npy" for name in found if name.endswith(".json")}
    if "summary.csv" in found:
        told = [path for path, row in rows(scene.out).items() if row["status"] != "failed"]
        assert set(told) <= done
        assert journal(scene.out)["complete"] == (len(told) == len(NAMES))
        assert journal(scene.out)["counts"]["ok"] + journal(scene.out)["counts"]["review"] == len(told)
    return len(done)


def require_failure(scene: Scene, path: str, reason: str, message: str) -> None:
    """One input has failed for this reason, and nothing is there of it; all others are done."""
    name = path.removesuffix(".npy")
    assert {row["path"]: row["reasons"] for row in rows(scene.out).values() if row["status"] == "failed"} == {path: reason}
    assert message in rows(scene.out)[path]["message"]
    assert results(everything(scene.out)) == {key: data for key, data in results(scene.expected).items() if key.partition(".")[0] != name}
    assert [(each["path"], each["reasons"]) for each in journal(scene.out)["failures"]] == [(path, [reason])]


def results(files: dict[str, bytes]) -> dict[str, bytes]:
    """Without the summary."""
    return {name: data for name, data in files.items() if name != "summary.csv"}
