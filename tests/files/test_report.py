"""The page about a batch, read as text; `tests/browser` looks at it in a browser."""

from __future__ import annotations

import ast
import base64
import hashlib
import io
import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from PIL import Image

import symline
from symline.errors import InputError, OutputError
from symline.files.names import printable
from symline.files.reasons import REASONS
from symline.files.report.page import write_report
from symline.files.report.thumbnails import make_thumbnail, refresh_thumbnail
from symline.measures.catalogue import MEASURES
from tests.files.batches import ABOUT, ENDINGS, HOSTILE, Input, picture, write_batch, write_summary

SURE = {"band_median_mm": 4.0, "symmetry": 0.9}
UNSURE = {"band_median_mm": 60.0, "symmetry": 0.4}


class Page(HTMLParser):
    """What a browser without scripting makes of a page: its tags, and the texts of the table's cells; and the data of its script."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.source = path.read_text(encoding="utf-8")
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self._is_in_cell = False
        self.feed(self.source)
        self.data: dict[str, Any] = json.loads(self.between('<script type="application/json" id="report">', "</script>"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self._is_in_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._is_in_cell = False

    def handle_data(self, data: str) -> None:
        if self._is_in_cell:
            self.rows[-1][-1] += data

    def between(self, start: str, end: str) -> str:
        return self.source.partition(start)[2].partition(end)[0]

    @property
    def cases(self) -> list[str]:
        return [case["id"] for case in self.data["cases"]]

    def addresses(self) -> list[str]:
        """Everything that the page links to or shows, apart from what its script makes of the data."""
        return [value for _, attributes in self.tags for name, value in attributes.items() if name in ("href", "src") and value]


def report(out: Path) -> Page:
    return Page(write_report(out))


def test_shows_every_input_worst_first(tmp_path: Path) -> None:
    inputs = [
        Input("fine", measures=SURE),
        Input("less fine", measures=UNSURE),
        Input("doubtful", "review", "wide_band", measures=SURE),
        Input("wide", "review", "wide_band", measures=UNSURE),
        Input("two reasons", "review", "low_symmetry;wide_band", measures=SURE),
        Input("broken", "failed", "unreadable", "broken.npy: the file is empty; copy it again", endings=()),
        Input("unlike", measures={**SURE, "symmetry": 0.1}),
    ]
    page = report(write_batch(tmp_path, inputs))
    assert page.cases == ["broken", "two reasons", "wide", "doubtful", "less fine", "unlike", "fine"]
    assert page.data["statuses"] == {"failed": 1, "review": 3, "ok": 3}
    assert [row[1].split(".npy")[0] for row in page.rows[1:8]] == [name + name for name in page.cases]


def test_tells_reasons_in_words_and_what_they_mean(tmp_path: Path) -> None:
    inputs = [
        Input("one", "review", "wide_band;low_symmetry"),
        Input("two", "review", "wide_band"),
        Input("three", "review", "of_tomorrow"),
    ]
    page = report(write_batch(tmp_path, inputs))
    assert [(each["words"], each["count"]) for each in page.data["reasons"].values()] == [
        ("wide band", 2),
        ("low symmetry", 1),
        ("of tomorrow", 1),
    ]
    assert page.data["reasons"]["wide_band"]["meaning"] == REASONS["wide_band"]
    assert page.data["reasons"]["of_tomorrow"]["meaning"] == ""
    assert "wide band, low symmetry" in page.rows[1][2]


def test_knows_every_reason_that_a_registration_can_fail_for() -> None:
    package = Path(symline.__file__).parent
    calls = [
        node
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    ]
    raised = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "RegistrationError"]
    codes = {call.args[-1].value for call in raised if isinstance(call.args[-1], ast.Constant)}
    assert {"too_small", "no_relief"} <= codes <= set(REASONS)


def test_gives_measures_their_units_definitions_and_digits(tmp_path: Path) -> None:
    measures = {
        "length_mm": 412.3456,
        "symmetry": 0.98765,
        "patch_count": 3.0,
        "asymmetry_rms": 0.00123456,
        "posture_rms": 14600.0,
        "pose_angle_deg": -0.04,
    }
    page = report(write_batch(tmp_path, [Input("one", measures=measures), Input("two")]))
    columns = {column["name"]: column for column in page.data["columns"]}
    assert list(columns) == [measure.name for part in MEASURES.values() for measure in part if measure.name in measures]
    assert (columns["length_mm"]["label"], columns["length_mm"]["unit"]) == ("length", "mm")
    assert columns["length_mm"]["definition"] == "arc length of the midline"
    shown = dict(zip(columns, page.data["cases"][0]["values"], strict=True))
    assert shown == {
        "length_mm": "412.3",
        "symmetry": "0.988",
        "patch_count": "3",
        "asymmetry_rms": "0.001235",
        "posture_rms": "14600",
        "pose_angle_deg": "-0.04",
    }
    assert page.data["cases"][1]["values"] == [None] * 6


@pytest.mark.parametrize(("known", "unit"), [(1, "px"), (3, "mm")])
def test_shows_the_unit_in_the_table_that_most_inputs_have(tmp_path: Path, known: int, unit: str) -> None:
    inputs = [
        Input(f"{number}", measures={"band_median_px": 2.0, **({"band_median_mm": 3.0} if number < known else {})}) for number in range(4)
    ]
    page = report(write_batch(tmp_path, inputs))
    assert [page.data["columns"][index]["name"] for index in page.data["main"]] == [f"band_median_{unit}"]
    assert {column["name"] for column in page.data["columns"]} == {"band_median_px", "band_median_mm"}


def test_links_the_files_that_are_there(tmp_path: Path) -> None:
    page = report(write_batch(tmp_path, [Input("sub/one"), Input("bare", "failed", "unreadable", endings=())]))
    one, bare = sorted(page.data["cases"], key=lambda case: -len(case["files"]))
    assert {page.data["files"][index]["ending"] for index in one["files"]} == set(ENDINGS)
    assert (bare["files"], bare["thumbnail"]) == ([], None)
    assert {address for address in page.addresses() if "report/" not in address} == {f"./sub/one{ending}" for ending in ENDINGS}


def test_shows_no_files_of_what_lay_in_the_place_of_an_input_that_cannot_be_read(tmp_path: Path) -> None:
    page = report(write_batch(tmp_path, [Input("now", "failed", "unreadable", sha256=""), Input("flat", "failed", "no_relief")]))
    files = {case["id"]: (bool(case["files"]), case["thumbnail"] is not None) for case in page.data["cases"]}
    assert files == {"now": (False, False), "flat": (True, True)}


def test_same_outputs_give_the_same_bytes(tmp_path: Path) -> None:
    out = write_batch(tmp_path, [Input("a/one", measures=SURE), Input("two", "review", "wide_band", measures=UNSURE)])
    names = ("report.html", "report/a/one.jpg", "report/two.jpg")
    write_report(out)
    first = {name: (out / name).read_bytes() for name in names}
    for name in names:
        (out / name).unlink()
    write_report(out)
    assert {name: (out / name).read_bytes() for name in names} == first
    assert not list(out.rglob(".*"))


def test_makes_small_pictures_of_those_that_have_none_or_an_older_one(tmp_path: Path) -> None:
    out = write_batch(
        tmp_path, [Input("none"), Input("older"), Input("newer"), Input("empty"), Input("second", endings=(".asymmetry.png",))]
    )
    (out / "report").mkdir()
    for name, age in {"older": -5, "newer": 5}.items():
        small = out / "report" / f"{name}.jpg"
        small.write_bytes(b"there already")
        made = (out / f"{name}.overlay.png").stat().st_mtime + age
        os.utime(small, (made, made))
    (out / "report" / "empty.jpg").touch()
    page = report(out)
    assert {case["thumbnail"] for case in page.data["cases"]} == {
        f"./report/{name}.jpg" for name in ("none", "older", "newer", "empty", "second")
    }
    assert (out / "report" / "newer.jpg").read_bytes() == b"there already"
    for name in ("none", "older", "empty", "second"):
        with Image.open(out / "report" / f"{name}.jpg") as small:
            assert (small.format, max(small.size)) == ("JPEG", 240)


def test_small_pictures_are_small() -> None:
    assert len(make_thumbnail(picture(1, (2560, 1900)))) < 8_000


def test_small_pictures_are_never_larger_than_the_whole() -> None:
    stream = io.BytesIO()
    Image.new("RGBA", (30, 20), (255, 0, 0, 128)).save(stream, "PNG")
    with Image.open(io.BytesIO(make_thumbnail(stream.getvalue()))) as small:
        assert (small.size, small.mode) == ((30, 20), "RGB")


@pytest.mark.parametrize("end", [0, 8, 40, 600])
def test_does_without_small_pictures_of_damaged_ones(tmp_path: Path, end: int) -> None:
    damaged = picture(1)[:end]
    with pytest.raises(ValueError, match="damaged"):
        make_thumbnail(damaged)
    out = write_batch(tmp_path, [Input("one")])
    (out / "one.overlay.png").write_bytes(damaged)
    assert report(out).data["cases"][0]["thumbnail"] is None


def test_small_pictures_of_what_is_gone_are_none(tmp_path: Path) -> None:
    assert not refresh_thumbnail(tmp_path / "gone.png", tmp_path / "gone.jpg")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_shown_and_not_run(tmp_path: Path, name: str) -> None:
    name = name.replace("/", "∕")  # a name, not a folder
    message = f"{printable(name)}: <b>no</b> </script>; try & see"
    out = write_batch(tmp_path, [Input(f"sub {name}/{name}", "review", "wide_band", message)])
    plain = report(write_batch(tmp_path / "plain", [Input("sub/plain", "review", "wide_band", "message")]))
    page = report(out)
    shown = printable(f"sub {name}/{name}")
    assert [tag for tag, _ in page.tags] == [tag for tag, _ in plain.tags]
    assert page.rows[1][1] == f"{shown}{shown}.npy"
    assert message in page.rows[1][2]
    assert (page.cases, page.data["cases"][0]["message"]) == ([shown], message)
    linked = [os.fsencode(out) + b"/" + unquote_to_bytes(address.removeprefix("./")) for address in page.addresses()]
    assert linked
    assert all(address.startswith("./") for address in page.addresses())
    assert all(os.path.isfile(path) for path in linked)  # noqa: PTH113 - bytes


def test_names_that_are_no_utf8_are_found_either_way(tmp_path: Path) -> None:
    name = os.fsdecode(b"b\xe4ck")
    out = write_batch(tmp_path, [Input(name)])
    escaped = report(out).source
    (out / "summary.csv").write_bytes((out / "summary.csv").read_bytes().replace(rb"\udce4", b"\xe4"))
    assert report(out).source == escaped
    assert "./b%E4ck.overlay.png" in escaped


def test_allows_its_own_style_and_script_and_no_network(tmp_path: Path) -> None:
    page = report(write_batch(tmp_path, [Input("one")]))
    policy = next(attributes["content"] for tag, attributes in page.tags if attributes.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'; img-src 'self' file:;")
    for kind in ("style", "script"):
        digest = base64.b64encode(hashlib.sha256(page.between(f"<{kind}>", f"</{kind}>").encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert set(re.findall(r"\w+://[^\"'\s)]*", page.source)) == {"http://www.w3.org/2000/svg"}


def test_tells_what_was_run_as_far_as_the_journal_does(tmp_path: Path) -> None:
    out = write_batch(tmp_path, [Input("one")])
    journal = {
        "source": "/scans/<b>",
        "started": "2025-11-21T02:00:13+00:00",
        "symline": "0.1.0",
        "counts": {"ok": 1},
        "notes": ["old: left out"],
    }
    (out / "batch.json").write_text(json.dumps(journal))
    page = report(out)
    assert page.between("<title>", "</title>") == "symline report: /scans/&lt;b&gt;"
    assert "<b>/scans/&lt;b&gt;</b>" in page.source
    for text in ("run of 2025-11-21T02:00:13+00:00: 1 ok", "symline 0.1.0", "1 note of the run", "old: left out"):
        assert text in page.source


@pytest.mark.parametrize("complete", [False, True])
def test_says_when_the_batch_was_stopped(tmp_path: Path, complete: bool) -> None:
    out = write_batch(tmp_path, [Input("one")])
    (out / "batch.json").write_text(json.dumps({"complete": complete}))
    assert ("not complete" in report(out).source) is not complete


@pytest.mark.parametrize("text", [None, "", "{", "[]", "[" * 100_000, '{"counts": 3, "notes": {}}'], ids=range(6))
def test_does_without_a_journal(tmp_path: Path, text: str | None) -> None:
    out = write_batch(tmp_path, [Input("one")])
    if text is not None:
        (out / "batch.json").write_text(text)
    page = report(out)
    assert page.between("<title>", "</title>") == "symline report"
    assert "run of" not in page.source


def test_takes_summaries_of_other_versions(tmp_path: Path) -> None:
    columns = ("status", "id", "path", "output", "of_tomorrow_mm", "comment")
    write_summary(tmp_path, [{**Input("one").cells, "of_tomorrow_mm": "1.5", "comment": "fine"}, Input("two").cells], columns)
    page = report(tmp_path)
    assert [(column["name"], column["definition"]) for column in page.data["columns"]] == [("of_tomorrow_mm", "")]
    assert page.cases == ["one", "two"]


def test_takes_a_summary_without_inputs(tmp_path: Path) -> None:
    write_summary(tmp_path, [])
    assert report(tmp_path).cases == []


@pytest.mark.parametrize("column", ["id", "path", "output", "status"])
def test_refuses_a_summary_without_what_it_needs(tmp_path: Path, column: str) -> None:
    write_summary(tmp_path, [Input("one").cells], [name for name in ABOUT if name != column])
    with pytest.raises(InputError, match=rf"^summary\.csv: it has no column {column}; a summary that symline batch wrote is needed"):
        write_report(tmp_path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"status": "splendid"}, r"line 2: the status is 'splendid'; failed, review, ok are known"),
        ({"output": "../elsewhere"}, r"line 2: the output '\.\./elsewhere' is no path inside the folder"),
        ({"output": "/etc/elsewhere"}, r"line 2: the output '/etc/elsewhere' is no path inside the folder"),
        ({"output": "n\0ul"}, r"line 2: the output 'n\\x00ul' is no path inside the folder"),
    ],
)
def test_refuses_lines_that_make_no_sense(tmp_path: Path, change: dict[str, str], message: str) -> None:
    write_summary(tmp_path, [Input("one").cells | change])
    with pytest.raises(InputError, match=f"^summary.csv: {message}; run symline batch again$"):
        write_report(tmp_path)


def test_refuses_broken_lines(tmp_path: Path) -> None:
    (tmp_path / "summary.csv").write_text(f"{','.join(ABOUT)}\n\none,two\n")
    with pytest.raises(
        InputError, match=r"^summary\.csv: line 3: it has 2 cells; 7 are needed, as in the header; run symline batch again$"
    ):
        write_report(tmp_path)


def test_refuses_folders_that_no_batch_has_written(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"there is no summary\.csv in it; a folder that symline batch has written is needed; check the path"
    ):
        write_report(tmp_path)
    with pytest.raises(InputError, match=r"cannot be read as a folder \(No such file or directory\); a folder that symline batch"):
        write_report(tmp_path / "gone")
    (tmp_path / "summary.1-of-2.csv").touch()
    with pytest.raises(InputError, match=r"shards of the batch have not been joined; summary.csv is needed; run symline merge first"):
        write_report(tmp_path)


def test_says_when_the_page_cannot_be_written(tmp_path: Path) -> None:
    out = write_batch(tmp_path, [Input("one")])
    (out / "report.html").mkdir()
    with pytest.raises(OutputError, match=r"report\.html: there is a folder of that name"):
        write_report(out)
