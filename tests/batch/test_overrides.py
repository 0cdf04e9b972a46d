"""symline.toml in folders: the nearest overrides those around it, value by value."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from symline.batch.job import Reading
from symline.batch.overrides import Overrides
from symline.batch.plan import Order
from symline.batch.precedence import Chain
from symline.batch.products import MIDLINE
from symline.config import Config
from symline.errors import ConfigError

Settle = Callable[..., Any]


@pytest.fixture
def overrides(tmp_path: Path) -> Callable[..., Overrides]:
    """Write files, folder -> text, and read them below what an order says."""

    def make(files: Mapping[str, str], options: Mapping[str, Any] | None = None, **order: Any) -> Overrides:
        for folder, text in files.items():
            (tmp_path / folder).mkdir(parents=True, exist_ok=True)
            (tmp_path / folder / "symline.toml").write_text(text)
        return Overrides(tmp_path, Order(products=(MIDLINE,), **order).configure, options or {})

    return make


def folder(name: str) -> PurePosixPath:
    return PurePosixPath(name)


def test_without_files_the_order_holds(overrides):
    found = overrides({}, {"page": 3}, file={"path": {"window": 0.1}}).settle(folder("a/b"))
    assert (found.config, found.reading, found.files) == (Config.from_dict({"path": {"window": 0.1}}), Reading(page=3), ())


def test_the_nearest_file_goes_first_value_by_value(overrides):
    files = {
        ".": 'stages = ["path"]\n[path]\nwindow = 0.11\nflatness = 0.11\nresolution = 40\n[curve]\nhalf_width = 0.31',
        "a": "[path]\nwindow = 0.12\nflatness = 0.12",
        "a/b/c": "[path]\nwindow = 0.13\n[curve]\niterations = 3\n[reading]\npage = 1\n",
        "z": 'stages = ["path", "curve"]',
    }
    found = overrides(files, file={"path": {"window": 0.1, "half_widths": [0.2]}}).settle(folder("a/b/c"))
    path = found.config["path"]
    assert found.files == ("symline.toml", "a/symline.toml", "a/b/c/symline.toml")
    assert (path.window, path.flatness, path.resolution, path.half_widths) == (0.13, 0.12, 40, (0.2,))
    assert (found.config["curve"].half_width, found.config["curve"].iterations) == (0.31, 3)
    assert found.config.stages == ("path",)


def test_each_folder_has_its_own(overrides):
    made = overrides({"a": "[path]\nwindow = 0.12", "a/b": 'stages = ["path"]', "c": ""})
    assert made.settle(folder(".")) == made.base
    assert made.base.files == ()
    assert made.settle(folder("a")).config.stages == Config().stages
    assert made.settle(folder("a/x/y")) == made.settle(folder("a"))
    assert made.settle(folder("a/b/x")).files == ("a/symline.toml", "a/b/symline.toml")
    assert made.settle(folder("c")).config == Config()
    assert made.settle(folder("c")).files == ("c/symline.toml",)


def test_the_command_line_goes_before_files(overrides):
    files = {".": '[path]\nwindow = 0.12\nflatness = 0.12\n[reading]\nspacing = 1.1\nbackground = "none"', "a": '[rigid]\nmetric = "ncc"'}
    made = overrides(
        files,
        {"spacing": (2.0, 2.0)},
        settings=(("path", "window", 0.2),),
        chain=Chain(stages=("moments", "rigid"), metric="mi"),
    )
    found = made.settle(folder("a"))
    assert (found.config["path"].window, found.config["path"].flatness) == (0.2, 0.12)
    assert (found.config.stages, found.config["rigid"].metric) == (("moments", "rigid"), "mi")
    assert found.reading == Reading(spacing=(2.0, 2.0), background="none")


def test_what_belongs_together_may_be_set_in_files_around_one_another(overrides):
    metric = {"file": {"rigid": {"metric": "ssd"}}}
    made = overrides({".": 'stages = ["moments", "rigid"]', "a": '[rigid]\noptimizer = "gauss-newton"'}, **metric)
    assert made.settle(folder("a")).config["rigid"].optimizer == "gauss-newton"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("spacing = 1.3", Reading(spacing=(1.3, 1.3))),
        ("spacing = [1.3, 1]", Reading(spacing=(1.3, 1.0))),
        ('spacing = "1.3,0.9"', Reading(spacing=(1.3, 0.9))),
        ("background = 0", Reading(background=0)),
        ("background = -1.5", Reading(background=-1.5)),
        ('background = "none"', Reading(background="none")),
        ("page = 2\nmax_pixels = 9", Reading(page=2, max_pixels=9)),
    ],
)
def test_a_file_says_how_inputs_are_read(overrides, line, expected):
    assert overrides({".": f"[reading]\n{line}"}).settle(folder(".")).reading == expected


def test_reading_too_is_settled_value_by_value(overrides):
    made = overrides({".": "[reading]\nspacing = 1.1\npage = 1", "a": "[reading]\npage = 2"})
    assert made.settle(folder("a")).reading == Reading(spacing=(1.1, 1.1), page=2)


def test_folders_that_say_the_same_share_what_they_say(overrides):
    text = "[path]\nwindow = 0.12\n[reading]\nspacing = 1.1"
    made = overrides(dict.fromkeys("abc", text) | {"d": ""})
    first, *others = (made.settle(folder(name)) for name in "abc")
    assert first.config is others[0].config is others[1].config
    assert first.reading is others[0].reading is others[1].reading
    assert made.settle(folder("d")).config is made.base.config


def test_each_file_is_read_once(overrides, tmp_path):
    made = overrides({".": "[path]\nwindow = 0.12"})
    before = made.settle(folder("a"))
    (tmp_path / "symline.toml").write_text("broken")
    assert made.settle(folder("b")) == before


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("curve", "'a/symline.toml': this is not TOML"),
        ("[curv]\nhalf_width = 1", "'a/symline.toml': configuration: the table 'curv' is unknown; did you mean curve[?]"),
        (
            "[curve]\nhalf_widht = 1",
            "'a/symline.toml': configuration: the parameter of .curve. 'half_widht' is unknown; did you mean half_width",
        ),
        ("[curve]\nhalf_width = 9", "'a/symline.toml': configuration: curve.half_width: 9 is out of range"),
        ("curve = 3", "'a/symline.toml': configuration: curve is 3; it must be a table"),
        ('stages = "path"', "'a/symline.toml': configuration: stages is 'path'; it must be a list of names"),
        ("reading = 3", r"'a/symline.toml': reading is 3; it must be a table, \[reading\]"),
        ("[reading]\nmask = 'm.png'", r"'a/symline.toml': \[reading\]: the field 'mask' is unknown; known are spacing, background, page"),
        ("spacing = 1.5", r"'a/symline.toml': spacing says how files are read; it belongs into the table \[reading\]"),
        ("[reading]\nspaceing = 1", r"\[reading\]: the field 'spaceing' is unknown; did you mean spacing[?]"),
        ("[reading]\nspacing = 0", r"\[reading\] spacing: 0 is no pixel size; one positive number or two"),
        ("[reading]\nspacing = true", r"\[reading\] spacing: True is no pixel size"),
        ("[reading]\nspacing = [1, 2, 3]", r"\[reading\] spacing: \[1, 2, 3\] is no pixel size"),
        ("[reading]\nbackground = 'grey'", r"\[reading\] background: 'grey' is not known; auto, none or a finite number is needed"),
        ("[reading]\nbackground = true", r"\[reading\] background: 'True' is not known"),
        ("[reading]\npage = -1", r"\[reading\] page: -1 is not known; a whole number of 0 or more is needed"),
        ("[reading]\npage = 1.0", r"\[reading\] page: 1.0 is not known"),
        ("[reading]\nmax_pixels = 0", r"\[reading\] max_pixels: 0 is not known; a whole number of 1 or more is needed"),
        ("[reading]\npage = true", r"\[reading\] page: True is not known"),
    ],
)
def test_a_mistake_is_told_of_the_file_it_is_in(overrides, text, message):
    made = overrides({".": "[path]\nwindow = 0.12", "a": text, "a/b": "[path]\nwindow = 0.13"})
    assert made.settle(folder("c")).files == ("symline.toml",)
    for name in ("a", "a/b", "a/b/c"):
        with pytest.raises(ConfigError, match=message) as caught:
            made.settle(folder(name))
        assert str(caught.value).startswith("'a/symline.toml': ")


def test_a_mistake_of_the_order_is_not_told_of_a_file(overrides):
    with pytest.raises(ConfigError, match=r"^--metric: no stage of the chain path has one"):
        overrides({".": "[path]\nwindow = 0.12"}, chain=Chain(stages=("path",), metric="mi")).settle(folder("."))


@pytest.mark.parametrize("make", [lambda path: path.mkdir(), lambda path: path.symlink_to("gone")])
def test_a_file_that_cannot_be_read_is_told(overrides, tmp_path, make):
    make(tmp_path / "symline.toml")
    with pytest.raises(ConfigError, match=r"'symline.toml': the configuration cannot be read \(.*\); a TOML file is needed"):
        overrides({}).settle(folder("a"))


@pytest.mark.skipif(sys.platform == "win32", reason="needs pipes with names")
def test_a_pipe_that_nobody_may_ever_write_to_is_refused(overrides, tmp_path):
    os.mkfifo(tmp_path / "symline.toml")
    with pytest.raises(ConfigError, match=r"'symline.toml': this is a pipe; a TOML file is needed; copy its content into a file"):
        overrides({}).settle(folder("a"))


def test_names_are_told_on_one_line(overrides):
    made = overrides({"two\nlines": "[curv]", "<b>": ""})
    assert made.settle(folder("<b>")).files == ("<b>/symline.toml",)
    with pytest.raises(ConfigError, match=r"^'two\\nlines/symline.toml': configuration: the table 'curv'"):
        made.settle(folder("two\nlines"))
