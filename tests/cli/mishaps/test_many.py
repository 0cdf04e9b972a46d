"""A batch takes no more for many inputs than for few: memory, open files."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.batch.conftest import save
from tests.cli.conftest import start
from tests.cli.mishaps.scene import QUICK, journal

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs limits for memory, and a system that tells of its use")

#: No process may have more than 48 open files; in the end the parent tells its largest resident memory in kB.
FRUGAL = """
import atexit, resource
from pathlib import Path
resource.setrlimit(resource.RLIMIT_NOFILE, (48, 48))
def tell():
    print(next(line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")))
atexit.register(tell)
"""


def run_many(folder: Path, count: int, seconds: float) -> float:
    """Work on many tiny inputs in processes of at most 100 MB; the largest memory of the parent in MB."""
    data = save(folder / "in" / "0.npy", shape=(32, 32)).read_bytes()
    for number in range(1, count):
        path = folder / "in" / f"{number // 100}" / f"{number}.npy"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    options = ("--stages", "furrow", "--jobs", "2", "--memory-limit", "100")
    process = start("batch", folder / "in", "-o", folder / "out", *QUICK, *options, code=FRUGAL)
    out, err = process.communicate(timeout=seconds)
    assert process.returncode == 0, err
    counts = journal(folder / "out")["counts"]
    assert counts["ok"] + counts["review"] == count
    return int(out) / 1024


def test_two_hundred_inputs_take_no_more_than_a_few(tmp_path):
    assert 20 < run_many(tmp_path, 200, 120) < 100


@pytest.mark.slow
def test_ten_thousand_inputs_do_not_take_much_more(tmp_path):
    parent = run_many(tmp_path, 10_000, 1800)
    print(f"{parent:.0f} MB")
    assert parent < 200
