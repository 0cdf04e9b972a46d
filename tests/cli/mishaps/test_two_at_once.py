"""Two batches in one output folder, as when cron starts one while that of yesterday has not ended."""

from __future__ import annotations

import sys

import pytest

from tests.cli.conftest import finish
from tests.cli.mishaps.scene import QUICK, everything

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="folders cannot be locked there")


def test_the_second_says_so_and_does_nothing(scene, symline):
    process = scene.begin("--jobs", 1, fates={"b.npy": ["hang"]})
    scene.wait_for("b.npy")
    before = everything(scene.out)
    second = symline("batch", scene.source, "-o", scene.out, *QUICK)
    assert second.code == 2
    assert second.err.startswith(f"output folder {scene.out}: another symline batch is at work there")
    assert len(second.lines) == 1
    assert everything(scene.out) == before
    process.kill()
    finish(process)
    assert scene.complete()["skipped"] == 1


def test_shards_may_be_at_work_together(scene, symline):
    process = scene.begin("--jobs", 1, "--shard", "1/2", fates={"a.npy": ["dawdle"]})
    scene.wait_for("a.npy")
    assert symline("batch", scene.source, "-o", scene.out, *QUICK).code == 2
    assert symline("merge", scene.out).code == 2
    assert symline("batch", scene.source, "-o", scene.out, *QUICK, "--shard", "2/2").code == 0
    assert finish(process).code == 0
    assert symline("merge", scene.out).code == 0
    parts = {name: data for name, data in everything(scene.out).items() if "-of-" not in name}
    assert parts == scene.expected


def test_a_shard_that_is_begun_again_and_killed_is_not_merged(scene, symline):
    for shard in ("1/2", "2/2"):
        assert symline("batch", scene.source, "-o", scene.out, *QUICK, "--shard", shard).code == 0
    process = scene.begin("--jobs", 1, "--shard", "1/2", "--overwrite", fates={"a.npy": ["hang"]})
    scene.wait_for("a.npy")
    process.kill()
    finish(process)
    merged = symline("merge", scene.out)
    assert merged.code == 1
    assert "batch.1-of-2.json: there is no such file, so this shard has not ended; run that shard again" in merged.err


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0, 0.3, 1])
def test_where_folders_cannot_be_locked_two_of_a_kind_agree(scene, seconds):
    code = """
import errno, fcntl, os, sys, time
def refuse(*_):
    raise OSError(errno.ENOLCK, "No locks available")
fcntl.flock = refuse
time.sleep({seconds})
"""
    one = scene.begin("--jobs", 2, code=code.format(seconds=0))
    other = scene.begin("--jobs", 2, code=code.format(seconds=seconds))
    assert [finish(one).code, finish(other).code] == [0, 0]
    assert everything(scene.out) == scene.expected
    assert scene.temporary() == []
    assert scene.complete()["skipped"] == 6
