"""Finding inputs in a folder: what is one, in which order, and that links lead nowhere twice."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symline.batch import discover as module
from symline.batch.discover import discover
from symline.batch.entry import Inputs
from symline.batch.patterns import Patterns
from symline.errors import ConfigError

Tree = Callable[..., Path]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """Make empty files of these names in a folder, which is where the search begins."""

    def make(*names: str, root: str = "in") -> Path:
        for name in names:
            path = tmp_path / root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        return tmp_path / root

    return make


def search(folder: Path, *wanted: str, exclude: tuple[str, ...] = (), out: Path | None = None) -> Inputs:
    return discover(folder, out or folder.parent / "out", Patterns(wanted, exclude))


def shown(inputs: Inputs) -> list[str]:
    return [entry.shown for entry in inputs.entries]


def link(path: Path, target: Path | str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)


def test_images_at_any_depth_are_found_whatever_the_case_of_their_endings(tree):
    folder = tree("a.npy", "sub/B.TIF", "sub/deep/c.Tiff", "d.png", "e.txt", "f.npz", "npy")
    found = search(folder)
    assert shown(found) == ["a.npy", "sub/B.TIF", "sub/deep/c.Tiff"]
    assert found.notes == found.unreadable == ()
    last = found.entries[-1]
    assert (last.id, str(last.target), last.path) == ("sub/deep/c", "sub/deep/c", folder / "sub/deep/c.Tiff")
    assert (last.spacing, last.mask, last.page) == (None, None, None)


def test_what_a_pattern_names_but_is_no_image_is_left_out_and_told(tree):
    found = search(tree("a.npy", "visit/b.npy", "visit/notes.txt", "visit/symline.toml"), "visit/*")
    assert shown(found) == ["visit/b.npy"]
    assert found.notes == ("left out: visit/notes.txt, visit/symline.toml: no image, which ends in .npy, .tif, .tiff, .png, .jpg or .jpeg",)


def test_the_order_is_that_of_the_parts_of_the_paths(tree):
    folder = tree("b.npy", "a/z.npy", "a b/a.npy", "a.npy", "a/B.npy", "a-b/c.npy", "Z.npy")
    assert shown(search(folder)) == ["Z.npy", "a/B.npy", "a/z.npy", "a b/a.npy", "a-b/c.npy", "a.npy", "b.npy"]


@given(st.lists(st.text("ab.- é", min_size=1, max_size=3).filter(lambda part: part[0] != "."), min_size=2, max_size=6), st.randoms())
def test_the_order_does_not_depend_on_that_of_the_file_system(tmp_path_factory, parts: list[str], shuffle: random.Random):
    folder = tmp_path_factory.mktemp("order")
    for top in parts:
        (folder / f"{top}_").mkdir(exist_ok=True)
        for name in parts:
            (folder / f"{top}_" / f"{name}.npy").touch()
    link(folder / "one", folder.parent / "order_elsewhere")
    (folder.parent / "order_elsewhere").mkdir(exist_ok=True)

    class Shuffled:
        """What the system lists, in another order."""

        def __init__(self, path: Path) -> None:
            with os.scandir(path) as listing:
                self.entries = list(listing)
            shuffle.shuffle(self.entries)

        def __enter__(self) -> list[os.DirEntry[str]]:
            return self.entries

        def __exit__(self, *_: object) -> None:
            pass

    plain = search(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "os", Patched(Shuffled))
        assert search(folder) == plain


class Patched:
    """The module `os` with a `scandir` of its own."""

    def __init__(self, scandir: type) -> None:
        self.scandir = scandir

    def __getattr__(self, name: str) -> object:
        return getattr(os, name)


def test_what_is_hidden_is_no_input(tree):
    assert shown(search(tree("a.npy", ".b.npy", ".cache/c.npy", "sub/.git/d.npy"))) == ["a.npy"]


ODD = ["two words.npy", 'it\'s "odd".npy', "line\nbreak.npy", "-o.npy", "<b>bold<b>.npy", "Rücken.npy", "#1?.npy", "a..npy", "*.npy"]


@pytest.mark.parametrize("name", [*ODD, os.fsdecode(b"\xff.npy")])
def test_odd_names_are_found_as_they_are(tree, name):
    folder = tree(name, f"sub {name}/x.npy")
    found = search(folder)
    assert sorted(shown(found)) == sorted([name, f"sub {name}/x.npy"])
    assert all(entry.path.is_file() for entry in found.entries)
    assert {entry.id for entry in found.entries} == {name.removesuffix(".npy"), f"sub {name}/x"}
    assert sorted(shown(search(folder, "*.npy"))) == sorted(shown(found))


@pytest.mark.parametrize("out", ["in/results", "in/sub/../results", "in/sub/alias", "alias"])
def test_the_output_folder_is_not_searched_however_it_is_given(tree, tmp_path, out):
    folder = tree("a.npy", "results/b.tif", "results/deep/c.npy", "sub/d.npy")
    link(tmp_path / "in/sub/alias", tmp_path / "in/results")
    link(tmp_path / "alias", tmp_path / "in/results")
    assert shown(search(folder, out=tmp_path / out)) == ["a.npy", "sub/d.npy"]


@pytest.mark.parametrize("out", ["in", "in/sub/..", "alias"])
def test_the_output_folder_may_not_be_the_folder_itself(tree, tmp_path, out):
    folder = tree("a.npy", "sub/b.npy")
    link(tmp_path / "alias", folder)
    with pytest.raises(ConfigError, match=r"in: the output folder is the folder of the inputs, .*; choose another with --output"):
        search(folder, out=tmp_path / out)


def test_an_output_folder_around_the_inputs_hides_none(tree, tmp_path):
    assert shown(search(tree("sub/a.npy"), out=tmp_path)) == ["sub/a.npy"]


def test_the_output_folder_of_another_batch_is_left_out_and_named(tree):
    folder = tree("a.npy", "deep/b.npy", "earlier/x.npy", "earlier/sub/y.npy", "other/z.npy")
    (folder / "deep/batch.json").write_text("[" * 100_000)
    (folder / "earlier/batch.json").write_text(json.dumps({"schema": 1, "symline": "1.0"}))
    (folder / "other/batch.json").write_text(json.dumps({"symline": "1.0"})[:-3])
    found = search(folder)
    assert shown(found) == ["a.npy", "deep/b.npy", "other/z.npy"]
    assert found.notes == ("left out: earlier: output folder of another batch",)


def test_results_beside_the_inputs_are_no_inputs(tree):
    beside = ["a.json", "a.asymmetry.tif", "a.symmetry.tif", "a.mirror.tif"]
    found = search(tree("a.npy", *beside, "b.asymmetry.tif", "sub/c.mirror.tif", "sub/c.json"))
    assert shown(found) == ["a.npy", "b.asymmetry.tif"]
    assert found.notes == ("left out: a.asymmetry.tif, a.mirror.tif, a.symmetry.tif and 1 more: result of symline",)


def test_links_to_files_are_inputs_even_if_they_lead_nowhere(tree, tmp_path):
    folder = tree("a.npy", "sub/x")
    tree("real.npy", root="elsewhere")
    link(folder / "b.npy", tmp_path / "elsewhere/real.npy")
    link(folder / "missing.npy", "gone")
    link(folder / "loop.npy", "loop.npy")
    link(folder / "readme.txt", "gone")
    found = search(folder)
    assert shown(found) == ["a.npy", "b.npy", "loop.npy", "missing.npy"]
    assert found.unreadable == ()


def test_a_link_that_may_be_to_a_folder_that_is_gone_is_told(tree):
    folder = tree("a.npy")
    link(folder / "visit2", "/no/such/folder")
    assert search(folder).unreadable == (
        "visit2: this link leads nowhere, so inputs may be missing; make it readable, or leave it out with --exclude",
    )
    assert search(folder, exclude=("visit2/",)).unreadable == ()


def test_links_that_lead_back_to_themselves_hide_nothing(tree):
    folder = tree("a.npy")
    for name, target in {"self": "self", "one": "two", "two": "one"}.items():
        link(folder / name, target)
    found = search(folder)
    assert (shown(found), found.unreadable) == (["a.npy"], ())
    assert found.notes == ("left out: one, self, two: link that leads back to itself",)


def test_links_to_folders_outside_are_followed_once(tree, tmp_path):
    folder = tree("a.npy")
    tree("b.npy", "deep/c.npy", root="elsewhere")
    link(folder / "second", tmp_path / "elsewhere")
    link(folder / "first", tmp_path / "elsewhere")
    link(folder / "third", tmp_path / "elsewhere/deep")
    found = search(folder)
    assert shown(found) == ["a.npy", "first/b.npy", "first/deep/c.npy"]
    assert found.notes == ("left out: second, third: link to a folder that is searched already, or left out itself",)


def test_a_folder_that_a_link_led_to_is_not_searched_again_below_another(tree, tmp_path):
    folder = tree("a.npy")
    tree("one/b.npy", "two/c.npy", root="archive")
    link(folder / "chosen", tmp_path / "archive/one")
    link(folder / "x/whole", tmp_path / "archive")
    assert shown(search(folder)) == ["a.npy", "chosen/b.npy", "x/whole/two/c.npy"]


def test_what_is_really_inside_is_found_where_it_is(tree):
    folder = tree("z/a.npy", ".store/b.npy", "left/c.npy")
    for name, target in {"alias": "z", "hidden": ".store", "also": "left"}.items():
        link(folder / name, folder / target)
    found = search(folder, exclude=("left/",))
    assert shown(found) == ["z/a.npy"]
    assert found.notes == ("left out: alias, also, hidden: link to a folder that is searched already, or left out itself",)


@pytest.mark.parametrize("target", [".", "..", "../..", "../../.."])
def test_links_to_folders_around_them_are_no_way_out(tree, target):
    folder = tree("a.npy", "sub/b.npy")
    tree("stranger.npy", root="beside")
    link(folder / "sub/loop", target)
    assert shown(search(folder)) == ["a.npy", "sub/b.npy"]


def test_links_that_lead_to_each_other_end(tree, tmp_path):
    folder = tree("a.npy")
    tree("b.npy", root="one")
    tree("c.npy", root="two")
    link(folder / "go", tmp_path / "one")
    link(tmp_path / "one/on", tmp_path / "two")
    link(tmp_path / "two/back", tmp_path / "one")
    link(tmp_path / "two/home", folder)
    link(tmp_path / "two/up", tmp_path)
    found = search(folder)
    assert shown(found) == ["a.npy", "go/b.npy", "go/on/c.npy"]
    assert found.notes == (
        "left out: go/on/up: link to a folder around it",
        "left out: go/on/back, go/on/home: link to a folder that is searched already, or left out itself",
    )


def test_a_folder_that_cannot_be_read_is_told_and_the_rest_is_found(tree):
    folder = tree("a.npy")
    deep = make_too_deep(folder)
    found = search(folder)
    assert shown(found) == ["a.npy"]
    assert len(found.unreadable) == 1
    assert found.unreadable[0].startswith(f"{deep}/")
    assert ": this folder cannot be read (File name too long), so inputs may be missing; " in found.unreadable[0]
    assert search(folder, exclude=(f"{deep}/",)).unreadable == ()


def make_too_deep(folder: Path) -> str:
    """Make folders in folders until their path is longer than the system takes at once. Permissions would not stop root."""
    name = "d" * 200
    at = os.open(folder, os.O_RDONLY)
    for _ in range(25):
        os.mkdir(name, dir_fd=at)
        below = os.open(name, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    os.close(at)
    return name


def test_a_search_that_finds_nothing_says_what_it_looked_for_and_saw(tree):
    folder = tree("a.png", "sub/b.txt", "c.asymmetry.tif", "c.json", ".d.npy")
    with pytest.raises(ConfigError, match=r"no input was found; looked for \*.npy, \*.tif, \*.tiff; 4 files were seen; left out: c.asymm"):
        search(folder)
    with pytest.raises(ConfigError, match=r"looked for x\*.npy, y/ without z; 4 files were seen; check the folder, --pattern and --exc"):
        search(folder, "x*.npy", "y/", exclude=("z",))
    link(folder / "only/visit2", "gone")
    with pytest.raises(ConfigError, match="1 file was seen; visit2: this link leads nowhere"):
        search(folder / "only")
