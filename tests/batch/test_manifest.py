"""Manifests: what each column does, which tree the outputs mirror, and mistakes told with their line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from symline.batch.entry import Inputs
from symline.batch.manifest import read_manifest
from symline.errors import ConfigError

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a manifest, list.csv, in a folder."""

    def write(text: str | bytes, folder: str = "study") -> Path:
        path = tmp_path / folder / "list.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def targets(inputs: Inputs) -> list[str]:
    return [str(entry.target) for entry in inputs.entries]


def test_paths_alone_are_enough(write, tmp_path):
    path = write("path\nb.npy\nsub/a.tif\n")
    inputs = read_manifest(path)
    assert [entry.shown for entry in inputs.entries] == ["b.npy", "sub/a.tif"]
    assert [entry.id for entry in inputs.entries] == targets(inputs) == ["b", "sub/a"]
    assert inputs.entries[1].path == tmp_path / "study/sub/a.tif"
    assert (inputs.root, inputs.listing, inputs.notes) == (tmp_path / "study", path, ())


def test_each_line_says_how_its_input_is_read(write, tmp_path):
    lines = ["id,mask,page,spacing,path", 'p1,m/a.png,,"1.3,0.9",a.npy', "p2,,3,1.3 0.9,b.tif", ",,2.0, 1.3 ,c.tif", "p4,,,,d.npy"]
    first, second, third, fourth = read_manifest(write("\n".join(lines))).entries
    assert (first.id, first.mask, first.page, first.spacing) == ("p1", tmp_path / "study/m/a.png", None, (1.3, 0.9))
    assert (second.id, second.mask, second.page, second.spacing) == ("p2", None, 3, (1.3, 0.9))
    assert (third.id, third.mask, third.page, third.spacing) == ("c", None, 2, (1.3, 1.3))
    assert (fourth.id, fourth.mask, fourth.page, fourth.spacing) == ("p4", None, None, None)


@pytest.mark.parametrize(
    "text",
    [
        b"\xef\xbb\xbfpath,id\nR\xc3\xbccken.npy,1\n",
        "path,id\r\nRücken.npy,1\r\n",
        " Path , ID \nRücken.npy, 1 ",
        "\n,\n\npath,id\n\n  ,\nRücken.npy,1\n,\n",
        "path,id,\nRücken.npy,1,,,\n",
        '"path","id"\n"Rücken.npy","1"\n',
    ],
)
def test_the_ways_of_programs_that_write_tables_are_understood(write, text):
    (entry,) = read_manifest(write(text)).entries
    assert (entry.shown, entry.id, entry.path.name) == ("Rücken.npy", "1", "Rücken.npy")


def test_odd_names_can_be_listed(write):
    inputs = read_manifest(write('path\n"a,b.npy"\n"line\nbreak.npy"\n"say ""x"".npy"\n-o.npy\n" padded .npy "\n#1.npy\n'))
    names = ["a,b.npy", "line\nbreak.npy", 'say "x".npy', "-o.npy", " padded .npy ", "#1.npy"]
    assert [entry.path.name for entry in inputs.entries] == names


def test_further_columns_are_told_and_not_used(write):
    inputs = read_manifest(write("path,Age,sex,stage,identifier,path_before,\na.npy,12,f,x,y,z\n"))
    assert inputs.notes == ("list.csv: not used: the columns Age, sex, stage, identifier, path_before",)


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["a/x.npy", "./b/../b/y.npy"], ["a/x", "b/y"]),
        (["a/x.npy", "a/y.npy"], ["a/x", "a/y"]),
        (["../other/x.npy", "y.npy"], ["other/x", "study/y"]),
        (["../other/a/x.npy", "../other/b/y.npy"], ["a/x", "b/y"]),
        (["../other/x.npy"], ["x"]),
        (["/data/p1/x.npy", "/data/p2/y.npy"], ["p1/x", "p2/y"]),
        (["."], ["study"]),
        (["..."], ["..."]),
    ],
)
def test_outputs_mirror_the_tree_below_the_manifest_or_what_all_inputs_share(write, paths, expected):
    assert targets(read_manifest(write("path\n" + "\n".join(paths)))) == expected


def test_a_manifest_given_from_within_its_folder(write, monkeypatch):
    monkeypatch.chdir(write("path,mask\nsub/a.npy,m.png").parent)
    inputs = read_manifest(Path("list.csv"))
    assert (inputs.entries[0].path, inputs.entries[0].mask, inputs.root) == (Path("sub/a.npy"), Path("m.png"), Path.cwd())


def test_of_a_file_listed_more_than_once_the_ids_name_the_results(write):
    inputs = read_manifest(write("path,id,page\ns/S.tif,left,0\ns/../s/S.tif,right,1\nT.tif,third,2\n"))
    assert targets(inputs) == ["s/S.left", "s/S.right", "T"]
    assert [entry.id for entry in inputs.entries] == ["left", "right", "third"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"list.csv: the column path is not found \(the file is empty\); the first line names the columns"),
        ("path,id\n", "list.csv: no input is listed; a line for each is needed below the header"),
        ("a.npy\nb.npy\n", r"the column path is not found \(the columns found are a.npy\)"),
        ("file,id\na.npy,1", r"the column path is not found \(the columns found are file, id\)"),
        ("path;id\na.npy;1", "list.csv: the columns are separated by ';'; commas are needed"),
        ("path\tid\na.npy\t1", r"list.csv: the columns are separated by '\\t'; commas are needed"),
        ("path,id,Path\na.npy,1,b.npy", "the column path is there more than once; one is needed"),
        ("paths\na.npy", "the column 'paths' is unknown; did you mean path[?] give it that name"),
        ("path,masks\na.npy,m.png", "the column 'masks' is unknown; did you mean mask[?]"),
        ("path,spacing_mm\na.npy,1", "the column 'spacing_mm' is unknown; did you mean spacing[?]"),
        ("path,Spacing (mm)\na.npy,1", r"the column 'spacing \(mm\)' is unknown; did you mean spacing[?]"),
        ("path,spaceing\na.npy,1", "the column 'spaceing' is unknown; did you mean spacing[?]"),
        ("path,spacing\na.npy,1.3,0.9", 'line 2: there are 3 cells, and 2 columns; a cell with a comma needs quotes, such as "1.3,0.9"'),
        ("path,spacing\na.npy,1.3\n\nb.npy,wide", "line 4: 'wide' is no pixel size; one positive number or two"),
        ("path,spacing\na.npy,0", "line 2: '0' is no pixel size"),
        ("path,spacing\na.npy,nan", "line 2: 'nan' is no pixel size"),
        ('path,spacing\na.npy,"1,2,3"', "line 2: '1,2,3' is no pixel size"),
        ("path,page\na.npy,-1", "line 2: the page is '-1'; a whole number of 0 or more is needed"),
        ("path,page\na.npy,1.5", "line 2: the page is '1.5'"),
        ("path,id\na.npy,1\n,2", "line 3: the path is empty; a file is needed"),
        ("path\n/", "line 2: the path is '/'; a file is needed"),
        ("path,id\na.npy,1\nb.npy,2\nc.npy,1", "line 4: the id '1' is that of line 2 as well; each needs one of its own"),
        ("path,id\na.npy,b\nb.npy,", "line 3: the id 'b' is that of line 2 as well"),
        ("path,id\na.tif,x\na.tif,x", "line 3: the id 'x' is that of line 2 as well"),
        ("path,page\na.tif,0\na.tif,1", "line 2: a.tif is listed more than once; each needs an id, which its results are named after"),
        ("path,id\na.tif,x\na.tif,", "line 3: a.tif is listed more than once; each needs an id"),
        ("path,id\na.tif,x\na.tif,l/r", "line 3: the id 'l/r' cannot be part of the name of a file, and the results of a.tif, which"),
        ('path,id\na.tif,x\na.tif,"l\nr"', r"line 4: the id 'l\\nr' cannot be part"),
        ('path\n"a.npy', r"line 2: this is no line of a table \(.*\); check its quotes"),
        ("path\nR\xfccken.npy".encode("latin-1"), r"list.csv: this is not text in UTF-8 \(.*\); a table is needed; export it as CSV UTF-8"),
        ("path\na.npy".encode("utf-16-le"), r"list.csv: this is not text in UTF-8 \(it holds zeros\)"),
    ],
)
def test_mistakes_are_told_in_one_line_that_says_where(write, text, message):
    with pytest.raises(ConfigError, match=message) as caught:
        read_manifest(write(text))
    assert "\n" not in str(caught.value)


def test_a_manifest_that_cannot_be_read_is_a_mistake_of_the_call(tmp_path):
    with pytest.raises(ConfigError, match=r"list.csv: there is no such file; check the path"):
        read_manifest(tmp_path / "list.csv")
