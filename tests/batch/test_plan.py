"""From a folder or a manifest to jobs, and what is refused before any of them starts."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

from symline.batch.check import check
from symline.batch.job import Job, Reading
from symline.batch.patterns import Patterns
from symline.batch.plan import Order, Plan, plan
from symline.batch.products import MIDLINE, SCORE
from symline.config import Config
from symline.errors import ConfigError

Make = Callable[..., Plan]


@pytest.fixture
def planned(tmp_path: Path) -> Make:
    """Write files, name -> text or None for an empty one, and plan a batch on `in`, or on another source."""

    def make(*names: str, source: str = "in", out: str = "out", log: str = "", texts: dict[str, str] | None = None, **order: Any) -> Plan:
        for name, text in {**dict.fromkeys(names, ""), **(texts or {})}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return plan(tmp_path / source, tmp_path / out, Order(products=(MIDLINE, SCORE), **order), tmp_path / log if log else None)

    return make


def outputs(jobs: tuple[Job, ...]) -> list[str]:
    return [job.member.output for job in jobs if job.member]


def test_jobs_of_a_folder(planned, tmp_path):
    made = planned("in/b.npy", "in/a/S.tif", texts={"in/a/symline.toml": "[path]\nwindow = 0.12\n[reading]\npage = 1"})
    first, second = made.jobs
    assert (first.path, first.target) == (tmp_path / "in/a/S.tif", tmp_path / "out/a/S")
    assert first.member is not None
    assert (first.member.id, first.member.shown, first.member.output) == ("a/S", "a/S.tif", "a/S")
    assert first.member.thumbnail == tmp_path / "out/report/a/S.jpg"
    assert first.member.overrides == made.overrides == ("a/symline.toml",)
    assert first.config == Config.from_dict({"path": {"window": 0.12}})
    assert (first.reading, second.reading) == (Reading(page=1), Reading())
    assert (second.config, made.config) == (Config(), Config())
    assert first.resumes
    assert first.products == (MIDLINE, SCORE)
    assert not (tmp_path / "out").exists()


def test_jobs_of_a_manifest(planned, tmp_path):
    lines = ["path,id,spacing,mask,page,age", "sub/S.tif,l,1.5,m.png,0,7", "sub/S.tif,r,,,1,8", "gone.npy,,,,,"]
    made = planned(
        texts={"in/list.csv": "\n".join(lines), "in/sub/symline.toml": "[reading]\nspacing = 1.2\npage = 7\nmax_pixels = 9"},
        source="in/list.csv",
        reading={"spacing": (1.3, 1.3), "mask": Path("all.png")},
    )
    assert outputs(made.jobs) == ["sub/S.l", "sub/S.r", "gone"]
    assert [job.reading for job in made.jobs] == [
        Reading(spacing=(1.5, 1.5), mask=tmp_path / "in/m.png", page=0, max_pixels=9),
        Reading(spacing=(1.3, 1.3), mask=Path("all.png"), page=1, max_pixels=9),
        Reading(spacing=(1.3, 1.3), mask=Path("all.png")),
    ]
    assert [job.member.shown for job in made.jobs if job.member] == ["sub/S.tif", "sub/S.tif", "gone.npy"]
    assert made.notes == ("list.csv: not used: the columns age",)


def test_overrides_of_a_manifest_begin_at_the_root_of_its_tree(planned):
    texts = {"symline.toml": "broken", "in/a/list.csv": "path\n../b/x.npy\n../c/y.npy\n", "in/symline.toml": "", "in/b/symline.toml": ""}
    made = planned(texts=texts, source="in/a/list.csv")
    assert [job.member.overrides for job in made.jobs if job.member] == [("symline.toml", "b/symline.toml"), ("symline.toml",)]


def test_only_folders_of_inputs_are_asked_for_overrides(planned):
    made = planned("in/a/x.npy", "in/b/y.txt", texts={"in/b/symline.toml": "broken", "in/c/symline.toml": "broken"})
    assert made.overrides == ()


def test_shards_put_together_are_the_whole(planned):
    names = [f"in/p{number}/x.npy" for number in range(7)]
    whole = planned(*names, texts={"in/p1/symline.toml": ""})
    shards = [planned(shard=(number, 3)) for number in (1, 2, 3)]
    together = [job for row in zip_longest(*(shard.jobs for shard in shards)) for job in row if job]
    assert together == list(whole.jobs)
    assert {shard.overrides for shard in shards} == {whole.overrides}
    assert planned(shard=(9, 12)).jobs == ()


def test_shards_know_one_another_by_their_inputs_wherever_these_are(planned, tmp_path):
    texts = {"in/list.csv": "path,mask\na.npy,m.png\nb.npy,\n"}
    one = planned("in/a.npy", "in/b.npy", shard=(1, 2))
    two, listed = planned(shard=(2, 2)), planned(texts=texts, source="in/list.csv")
    assert one.inputs_sha256 == two.inputs_sha256 != listed.inputs_sha256
    (tmp_path / "mount").mkdir()
    (tmp_path / "in").rename(tmp_path / "mount/in")
    assert planned(source="mount/in").inputs_sha256 == one.inputs_sha256
    assert planned(source="mount/in/list.csv").inputs_sha256 == listed.inputs_sha256


@pytest.mark.parametrize(
    "change",
    [
        {"reading": {"spacing": (1.3, 1.3)}},
        {"reading": {"background": "none"}},
        {"settings": [("curve", "half_width", 0.4)]},
        {"texts": {"in/p/symline.toml": "[reading]\npage = 1"}},
        {"texts": {"in/p/c.npy": ""}},
        {"texts": {"other/a.npy": "", "other/p/b.npy": ""}, "source": "other"},
    ],
)
def test_batches_of_other_inputs_or_readings_differ(planned, change):
    assert planned("in/a.npy", "in/p/b.npy").inputs_sha256 != planned(**change).inputs_sha256


def test_manifests_that_say_something_else_differ(planned):
    lines = ["a.npy,,,", "b.npy,,,", "a.npy,x,,", "a.npy,,1.3,", "a.npy,,,m.png"]
    rows = [f"path,id,spacing,mask\n{line}\n" for line in lines]
    assert len({planned(texts={"in/list.csv": text}, source="in/list.csv").inputs_sha256 for text in rows}) == len(rows)


def test_overwriting_does_not_resume(planned):
    assert not planned("in/a.npy", overwrite=True).jobs[0].resumes


def test_jobs_travel_small(planned):
    made = planned("in/a.npy", texts={"in/symline.toml": "[path]\nwindow = 0.12"})
    data = pickle.dumps(made.jobs[0])
    assert pickle.loads(data) == made.jobs[0]
    assert len(data) < 2000


def test_inputs_that_would_write_the_same_files_are_refused(planned):
    with pytest.raises(ConfigError, match=r"in/a/S.npy and .*in/a/S.tif would write the same files, S\.\*; different names are needed"):
        planned("in/a/S.npy", "in/a/S.tif", "in/b/S.npy")


def test_all_shards_refuse_what_one_would(planned):
    with pytest.raises(ConfigError, match="would write the same files"):
        planned("in/a.npy", "in/b.npy", "in/b.tif", shard=(1, 3))


def test_names_that_differ_in_case_only_clash_where_file_systems_do_not_tell_them_apart(planned, monkeypatch):
    jobs = planned("in/S.npy", "in/s.tif").jobs
    assert len(jobs) == 2
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(ConfigError, match="would write the same files"):
        check(jobs, overwrite=True)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("batch.npy", "batch.npy: its results would take the place of .*out/batch.json, which the batch itself writes; .*; rename it"),
        ("batch.01-of-16.npy", "would take the place of .*out/batch.01-of-16.json"),
        ("report.html/a.npy", "report.html/a.npy: its results would take the place of .*out/report.html.*; rename the folder"),
        ("summary.csv/a.npy", "would take the place of .*out/summary.csv"),
    ],
)
def test_results_in_the_place_of_what_the_batch_writes_are_refused(planned, name, message):
    with pytest.raises(ConfigError, match=message):
        planned(f"in/{name}")


def test_names_like_those_of_the_batch_are_fine_where_they_clash_with_nothing(planned):
    names = ["in/summary.npy", "in/report.npy", "in/sub/batch.npy", "in/report/x.npy", "in/batches.npy"]
    assert len(planned(*names).jobs) == len(names)


@pytest.mark.parametrize(
    ("rows", "out", "replaced"),
    [
        ("path\na.npy\na.asymmetry.tif\n", "in", "a.asymmetry.tif"),
        ("path,mask\na.npy,a.overlay.png\n", "in", "a.overlay.png"),
        ("path\na.npy\nlink.tif\n", "out", "link.tif"),
        ("path\na.npy\n../out/report/in/a.jpg\n", "out", "a.jpg"),
        ("path,mask\na.npy,../out/report/a.jpg\n", "out", "a.jpg"),
        ("path,mask\na.npy,report.html\n", "in", "report.html"),
    ],
)
def test_an_output_that_would_replace_an_input_is_refused(planned, tmp_path, rows, out, replaced):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/link.tif").symlink_to(tmp_path / "out/a.asymmetry.tif")
    with pytest.raises(ConfigError, match=f"{replaced} is an input, and an output would replace it; choose another folder"):
        planned(texts={"in/list.csv": rows}, source="in/list.csv", out=out)


def test_an_output_that_would_replace_the_manifest_is_refused(planned):
    with pytest.raises(ConfigError, match=r"S.levels.csv is an input, and an output would replace it"):
        planned(texts={"in/S.levels.csv": "path\nS.npy"}, source="in/S.levels.csv", out="in")


@pytest.mark.parametrize("name", ["summary.csv", "summary.2-of-3.csv", "batch.json"])
def test_a_manifest_in_the_place_of_what_the_batch_writes_is_refused(planned, tmp_path, name):
    with pytest.raises(ConfigError, match=f"in/{name} is an input, and an output would replace it; choose another folder"):
        planned(texts={f"in/{name}": "path\na.npy"}, source=f"in/{name}", out="in")
    (tmp_path / "out").mkdir()
    (tmp_path / "out/summary.csv").symlink_to(tmp_path / f"in/{name}")
    assert planned(source=f"in/{name}").jobs


@pytest.mark.parametrize("log", ["in/list.csv", "in/a.npy", "in/mask.png", "link.json"])
def test_a_log_that_would_be_added_to_an_input_is_refused(planned, tmp_path, log):
    (tmp_path / "link.json").symlink_to("in/list.csv")
    texts = {"in/list.csv": "path,mask\na.npy,mask.png\n"}
    with pytest.raises(ConfigError, match=f"log .*{log}: this is an input, and lines would be added to it; another file is needed"):
        planned(texts=texts, source="in/list.csv", log=log)
    assert planned(texts=texts, source="in/list.csv", log="in/log.json").jobs


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("gone", "gone: there is no such file or folder; a folder of images or a manifest is needed"),
        ("in/a.npy", "a.npy: this is an image; a folder of images or a manifest is needed; give single images to symline midline"),
        ("in/empty", r"in/empty: no input was found; looked for \*.npy, \*.tif, \*.tiff; 0 files were seen"),
    ],
)
def test_what_is_neither_a_folder_of_images_nor_a_manifest_is_refused(planned, tmp_path, source, message):
    (tmp_path / "in/empty").mkdir(parents=True)
    with pytest.raises(ConfigError, match=message):
        planned("in/a.npy", source=source)


@pytest.mark.parametrize("patterns", [Patterns(["*.npy"]), Patterns((), ["*.npy"])])
def test_patterns_do_not_go_with_a_manifest(planned, patterns):
    with pytest.raises(ConfigError, match=r"list.csv: --pattern and --exclude choose among the files of a folder; leave them out with a m"):
        planned(texts={"in/list.csv": "path\na.npy"}, source="in/list.csv", patterns=patterns)


def test_what_was_left_out_is_told(planned, tmp_path):
    (tmp_path / "in/sub").mkdir(parents=True)
    (tmp_path / "in/sub/loop").symlink_to("..")
    (tmp_path / "in/lost").symlink_to("nowhere")
    made = planned("in/a.npy")
    assert made.notes == ("left out: sub/loop: link to a folder that is searched already, or left out itself",)
    assert [line.split(",")[0] for line in made.unreadable] == ["lost: this link leads nowhere"]
