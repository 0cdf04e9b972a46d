"""Patterns as in a .gitignore that choose inputs."""

import pytest

from symline.batch.patterns import Patterns
from symline.errors import ConfigError

FILES = [
    "a.npy",
    "b_1.tif",
    "a/b_2.tif",
    "a/x/y/b_3.tif",
    "visit2/c.npy",
    "p/visit2/d.TIF",
    "p/visit2/notes.txt",
    "raw.dat",
    "p/visit22/e.npy",
]


@pytest.mark.parametrize(
    ("wanted", "taken"),
    [
        ([], ["a.npy", "b_1.tif", "a/b_2.tif", "a/x/y/b_3.tif", "visit2/c.npy", "p/visit2/d.TIF", "p/visit22/e.npy"]),
        (["*.npy"], ["a.npy", "visit2/c.npy", "p/visit22/e.npy"]),
        (["/*.npy"], ["a.npy"]),
        (["visit2/"], ["visit2/c.npy", "p/visit2/d.TIF"]),
        (["/visit2/"], ["visit2/c.npy"]),
        (["visit2/**"], ["visit2/c.npy"]),
        (["a/**/b_*.tif"], ["a/b_2.tif", "a/x/y/b_3.tif"]),
        (["*.dat", "a.npy"], ["a.npy"]),
        (["*.txt"], []),
        (["p/visit2"], ["p/visit2/d.TIF"]),
        (["p/visit2/*"], ["p/visit2/d.TIF"]),
        (["b_[13].tif"], ["b_1.tif", "a/x/y/b_3.tif"]),
        (["*.tif", "!b_1.tif"], ["a/b_2.tif", "a/x/y/b_3.tif"]),
    ],
)
def test_any_of_the_patterns_makes_a_file_an_input(wanted, taken):
    patterns = Patterns(wanted)
    assert [file for file in FILES if patterns.takes(file)] == taken


def test_what_a_pattern_names_but_is_no_image_is_known():
    patterns = Patterns(["*.dat", "p/visit2/*", "visit2/"], ["raw.*"])
    assert [file for file in FILES if patterns.would_take(file)] == ["p/visit2/notes.txt"]
    assert not any(map(Patterns().would_take, FILES))


@pytest.mark.parametrize(
    ("excluded", "left_out"),
    [
        (["*.npy"], ["a.npy", "visit2/c.npy", "p/visit22/e.npy"]),
        (["visit2/"], ["visit2/c.npy", "p/visit2/d.TIF"]),
        (["p/*/"], ["p/visit2/d.TIF", "p/visit22/e.npy"]),
        (["*.npy", "!a.npy"], ["visit2/c.npy", "p/visit22/e.npy"]),
    ],
)
def test_what_is_excluded_goes_before_what_is_wanted(excluded, left_out):
    plain, patterns = Patterns(), Patterns((), excluded)
    assert [file for file in FILES if plain.takes(file) and not patterns.takes(file)] == left_out


def test_whole_folders_are_left_out():
    patterns = Patterns((), ["visit2/", "*.npy"])
    assert [name for name in ("visit2", "p/visit2", "visit22", "a", "x.npy") if patterns.leaves_out(name)] == [
        "visit2",
        "p/visit2",
        "x.npy",
    ]


@pytest.mark.parametrize("name", ["two\nlines/visit2/a.npy", "two\nlines\n/b_1.tif", "é\udcff/b_2.tif"])
def test_names_with_newlines_and_bytes_that_are_no_text_match(name):
    assert Patterns(["visit2/", "b_?.tif"]).takes(name)
    assert not Patterns((), [name]).takes(name)


@pytest.mark.parametrize("pattern", ["", "  ", "!", "a\\", "[z-a]"])
@pytest.mark.parametrize("option", ["--pattern", "--exclude"])
def test_what_is_no_pattern_is_refused(option, pattern):
    wanted, excluded = (["*.npy", pattern], ()) if option == "--pattern" else ((), [pattern])
    with pytest.raises(ConfigError, match=rf"{option}: .*; patterns as in a .gitignore are needed; try \*.npy, visit2/"):
        Patterns(wanted, excluded)
