"""The page about a batch as people use it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

import pytest

from symline.files.names import printable
from symline.files.reasons import REASONS
from symline.files.report.page import write_report
from tests.files.batches import ENDINGS, HOSTILE, Input, write_batch

pytest.importorskip("selenium")
from selenium.webdriver.common.keys import Keys

from tests.browser.conftest import Tab

#: One browser for all of them.
pytestmark = pytest.mark.xdist_group("browser")

CASES = "#cases tbody th a"
TITLE = "#card h2"


def measures(number: float) -> dict[str, float]:
    return {
        "band_median_px": 30.0 - number,
        "symmetry": 0.1 * number,
        "length_px": 300 + 7.0 * (number * 5 % 7),
        "tangent_angle_deg": -number,
    }


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight inputs: worst first broken, two, wide, low, d, c, b, a."""
    out = tmp_path_factory.mktemp("out")
    inputs = [
        *(Input(f"fine/{name}", measures=measures(9 - number)) for number, name in enumerate("abcd")),
        Input("bad/low", "review", "low_symmetry", measures=measures(4)),
        Input("bad/wide", "review", "wide_band", measures=measures(3)),
        Input("bad/two", "review", "low_symmetry;wide_band", measures=measures(2)),
        Input("bad/broken", "failed", "unreadable", "broken.npy: the file is empty; copy it again", endings=()),
    ]
    return write_report(write_batch(out, inputs))


RANKED = ["bad/broken", "bad/two", "bad/wide", "bad/low", "fine/d", "fine/c", "fine/b", "fine/a"]


def values(tab: Tab, column: str) -> list[str]:
    place = [head.split("\xa0")[0].strip(" ▲▼") for head in tab.texts("#cases thead th")].index(column) + 1
    return tab.texts(f"#cases tbody tr > :nth-child({place})")


def header(tab: Tab, column: str) -> str:
    heads = [head.split("\xa0")[0].strip(" ▲▼") for head in tab.texts("#cases thead th")]
    return f"#cases thead th:nth-child({heads.index(column) + 1})"


def test_shows_the_worst_first(tab: Tab, page: Path) -> None:
    tab.open(page)
    assert tab.texts(CASES) == RANKED
    assert tab.find("#count").text == "8 of 8 shown"
    assert tab.texts("#statuses button") == ["all 8", "failed 1", "review 3", "ok 4"]


def test_sorts_by_clicking_on_a_header(tab: Tab, page: Path) -> None:
    tab.open(page)
    tab.click(f"{header(tab, 'symmetry')} button")
    assert values(tab, "symmetry") == ["0.900", "0.800", "0.700", "0.600", "0.400", "0.300", "0.200", "–"]
    assert tab.find(header(tab, "symmetry")).get_attribute("aria-sort") == "descending"
    tab.click(f"{header(tab, 'symmetry')} button")
    assert values(tab, "symmetry") == ["0.200", "0.300", "0.400", "0.600", "0.700", "0.800", "0.900", "–"]
    assert tab.find(header(tab, "symmetry")).get_attribute("aria-sort") == "ascending"
    tab.click(f"{header(tab, 'case')} button")
    assert tab.texts(CASES) == sorted(RANKED)
    assert len(tab.driver.find_elements("css selector", "[aria-sort]")) == 1


def test_sorts_by_any_measure_and_shows_it_then(tab: Tab, page: Path) -> None:
    tab.open(page)
    assert not any(head.startswith("length") for head in tab.texts("#cases thead th"))
    tab.find("#sort").send_keys("length")
    lengths = values(tab, "length")
    assert lengths[:-1] == sorted(lengths[:-1], key=float, reverse=True)
    assert lengths[-1] == "–"
    tab.click("#direction")
    assert values(tab, "length") == [*reversed(lengths[:-1]), "–"]


def test_filters_by_status_and_text(tab: Tab, page: Path) -> None:
    tab.open(page)
    tab.click("#statuses button[value=review]")
    assert tab.texts(CASES) == RANKED[1:4]
    assert tab.find("#statuses button[value=review]").get_attribute("aria-pressed") == "true"
    tab.find("#find").send_keys("BAND wide")
    assert tab.texts(CASES) == ["bad/two", "bad/wide"]
    assert tab.find("#count").text == "2 of 8 shown"
    tab.find("#find").send_keys(" nowhere")
    assert (tab.texts(CASES), tab.find("#rest").text) == ([], "no case has all of this")
    tab.find("#find").clear()
    tab.click("#statuses button[value='']")
    tab.find("#find").send_keys("copy it")
    assert tab.texts(CASES) == ["bad/broken"]


def test_finds_a_reason_at_a_click(tab: Tab, page: Path) -> None:
    tab.open(page)
    assert tab.texts("#reasons button") == ["low symmetry 2", "wide band 2", "unreadable 1"]
    tab.click("#reasons button:first-child")
    assert tab.texts(CASES) == ["bad/two", "bad/low"]
    tab.click("#reasons button:first-child")
    assert tab.texts(CASES) == RANKED


def test_opens_pictures_in_the_page_and_as_files(tab: Tab, page: Path) -> None:
    tab.open(page)
    tab.wait("[...document.querySelectorAll('#cases img')].every((each) => each.naturalWidth > 0)")
    thumbnail = tab.find("#cases tr:nth-child(2) td.picture a")
    assert thumbnail.get_attribute("href") == f"{page.parent.as_uri()}/bad/two.overlay.png"
    thumbnail.click()
    tab.wait("viewer.querySelector('img').naturalHeight === 420")
    assert tab.texts("#viewer h2") == ["bad/two"]
    assert tab.find("#viewer .bar a").get_attribute("href") == f"{page.parent.as_uri()}/bad/two.overlay.png"
    assert tab.find("#viewer img").get_attribute("src") == f"{page.parent.as_uri()}/bad/two.overlay.png"
    tab.press("p")
    assert tab.find("#viewer img").get_attribute("src") == f"{page.parent.as_uri()}/bad/two.asymmetry.png"
    tab.press(Keys.ARROW_RIGHT)
    assert tab.find("#viewer img").get_attribute("src") == f"{page.parent.as_uri()}/bad/wide.asymmetry.png"
    tab.press(Keys.ARROW_LEFT, Keys.ARROW_LEFT)
    assert "There is no picture of this case" in tab.find("#viewer").text
    tab.press(Keys.ESCAPE)
    tab.wait("!viewer.open")


def test_steps_through_the_cases_with_the_keyboard(tab: Tab, page: Path) -> None:
    tab.open(page)
    current = "#cases tr[aria-current=true] th a"
    tab.press("j", "j", Keys.ARROW_DOWN, "k")
    assert tab.texts(current) == ["bad/two"]
    assert tab.run(f"document.activeElement === document.querySelector('{current}')")
    tab.press(Keys.ENTER)
    tab.wait("card.open")
    assert tab.texts(TITLE) == ["bad/two"]
    tab.press("j", Keys.ARROW_RIGHT)
    assert tab.texts(TITLE) == ["bad/low"]
    tab.press("k")
    assert tab.texts(TITLE) == ["bad/wide"]
    tab.press("p")
    assert tab.texts("#viewer h2") == ["bad/wide"]
    tab.press(Keys.ESCAPE)
    tab.wait("!viewer.open && card.open")
    tab.press(Keys.ESCAPE)
    tab.wait(f"!card.open && document.activeElement === document.querySelector('{current}')")
    assert tab.texts(current) == ["bad/wide"]
    tab.press(*"kkkkk")
    assert tab.texts(current) == ["bad/broken"]
    tab.press("?")
    assert tab.run("byId('help').open")
    tab.press(Keys.ESCAPE, "/", "jk")
    assert tab.find("#find").get_attribute("value") == "jk"
    assert tab.texts(CASES) == []


def test_steps_through_what_is_shown_in_its_order(tab: Tab, page: Path) -> None:
    tab.open(page)
    tab.click("#statuses button[value=ok]")
    tab.click(f"{header(tab, 'symmetry')} button")
    tab.press("j", Keys.ENTER)
    tab.wait("card.open")
    seen = []
    for _ in range(6):
        seen += tab.texts(TITLE)
        tab.press("j")
    assert seen == ["fine/a", "fine/b", "fine/c", "fine/d", "fine/d", "fine/d"]
    assert tab.texts("#card .place") == ["4 of 4"]


def test_card_tells_everything(tab: Tab, page: Path) -> None:
    tab.open(page)
    tab.click("#cases tr:nth-child(2) th a")
    tab.wait("card.open")
    for code in ("low_symmetry", "wide_band"):
        assert f"{code.replace('_', ' ')}: {REASONS[code]}" in tab.texts("#card .verdict li")
    assert tab.texts("#card .measures th small")[0] == "median over the rows of the width of the line's 95 % band"
    assert tab.texts("#card .measures td.number") == ["28.0", "321.0", "-2.0", "0.200"]
    assert len(tab.driver.find_elements("css selector", "#card .mark[visibility=visible]")) == 4
    tab.wait("[...card.querySelectorAll('figure img')].every((each) => each.naturalWidth > 0)")
    links = [link.get_attribute("href") for link in tab.driver.find_elements("css selector", "#card .files a")]
    assert links == [f"{page.parent.as_uri()}/bad/two{ending}" for ending in ENDINGS]
    tab.press("k")
    assert "broken.npy: the file is empty; copy it again" in tab.texts("#card .verdict li")
    assert set(tab.texts("#card .measures td.number")) == {"–"}
    assert tab.texts("#card .files li") == ["none was written"]


def test_a_case_can_be_linked(tab: Tab, page: Path) -> None:
    tab.open(page)
    tab.click("#cases tr:nth-child(3) th a")
    tab.wait("card.open")
    link = tab.driver.current_url
    assert link == f"{page.as_uri()}#case=bad%2Fwide"
    tab.press("j")
    assert tab.driver.current_url == f"{page.as_uri()}#case=bad%2Flow"
    tab.press(Keys.ESCAPE)
    tab.wait("!location.hash")
    tab.open(page, "#case=bad%2Fwide")
    assert tab.texts(TITLE) == ["bad/wide"]
    tab.open(page, "#case=unknown")
    assert not tab.run("card.open")


def test_goes_back_from_a_card(tab: Tab, page: Path) -> None:
    tab.open(page)
    tab.click("#cases tr:nth-child(3) th a")
    tab.wait("card.open")
    tab.driver.back()
    tab.wait("!card.open")
    assert tab.driver.current_url == page.as_uri()


def test_distributions_mark_the_case(tab: Tab, page: Path) -> None:
    tab.open(page)
    tab.press("j", "j", "j")
    tab.click("#distributions summary")
    tab.wait("document.querySelectorAll('.tile').length === 4")
    assert (
        tab.run("document.querySelectorAll('.tile')[3].querySelector('svg').getAttribute('aria-label')")
        == "symmetry: 7 cases from 0.2 to 0.9"
    )
    bars = tab.run("[...document.querySelectorAll('.tile')[3].querySelectorAll('rect')].map((each) => each.textContent)")
    assert (bars[0], len(bars)) == ("1 of 7: 0.2 to 0.229", 7)
    marks = "[...document.querySelectorAll('.tile .mark')].map((each) => each.textContent)[3]"
    assert tab.run(marks) == "bad/wide: 0.300; 1 of 7 cases have less"
    tab.press("k")
    assert tab.run(marks) == "bad/two: 0.200; 0 of 7 cases have less"


def test_chooses_the_columns(tab: Tab, page: Path) -> None:
    tab.open(page)
    tab.click("#distributions summary")
    tab.wait("document.querySelectorAll('.tile').length === 4")
    tab.click(".tiles:nth-of-type(2) .tile:first-child input")
    assert values(tab, "length")[1] == "321.0"
    tab.click(".tiles:nth-of-type(2) .tile:first-child input")
    assert not any(head.startswith("length") for head in tab.texts("#cases thead th"))


def test_hostile_names_are_shown_and_not_run(tab: Tab, tmp_path: Path) -> None:
    names = [f"sub {name}/{name}" for name in (name.replace("/", "∕") for name in HOSTILE)]
    inputs = [Input(name, "review", name, f"{printable(name)}: what </script><b>now</b>") for name in names]
    page = write_report(write_batch(tmp_path / "<out> %23 #?", inputs))
    tab.open(page)
    tab.wait("[...document.querySelectorAll('#cases img')].every((each) => each.naturalWidth > 0)")
    assert sorted(tab.run("[...document.querySelectorAll('#cases tbody th a')].map((each) => each.textContent)")) == sorted(
        map(printable, names)
    )
    tab.press("j", Keys.ENTER)
    tab.wait("card.open")
    for number in range(len(names)):
        tab.wait("[...card.querySelectorAll('figure img')].every((each) => each.naturalWidth > 0)")
        name = tab.run(f"state.shown[{number}].id")
        assert tab.run("card.querySelector('h2').textContent") == name
        assert tab.run("new URLSearchParams(location.hash.slice(1)).get('case')") == name
        for link in tab.run("[...card.querySelectorAll('.files a')].map((each) => each.href)"):
            address = urlsplit(link)
            assert (address.scheme, address.query, address.fragment) == ("file", "", "")
            assert os.path.isfile(unquote_to_bytes(address.path))  # noqa: PTH113 - bytes
        tab.press("j")
    tab.open(page, tab.run(f"addressOf(state.shown[{len(names) - 1}])"))
    assert tab.run("card.open")
    assert tab.run("window.hacked") is None
    assert tab.run("document.scripts.length") == 2


def test_is_a_readable_table_without_scripting(tab: Tab, page: Path, emulate: Callable[..., None]) -> None:
    emulate("Emulation.setScriptExecutionDisabled", {"value": True}, {"value": False})
    tab.open(page)
    text = tab.find("body").text
    assert "8 inputs, worst first: 1 failed, 3 review, 4 ok" in text
    rows = [row.text for row in tab.driver.find_elements("css selector", "noscript tbody tr")]
    assert [row.splitlines()[0].split()[0] for row in rows] == RANKED
    assert "unreadable" in rows[0]
    assert "broken.npy: the file is empty; copy it again" in rows[0]
    assert "low symmetry, wide band" in rows[1]
    assert "0.200" in rows[1]
    link = tab.find("noscript tbody tr:nth-child(2) .picture a")
    assert link.get_attribute("href") == f"{page.parent.as_uri()}/bad/two.overlay.png"
    assert not tab.find("main").is_displayed()


def test_works_with_two_thousand_inputs(tab: Tab, tmp_path: Path) -> None:
    inputs = [Input(f"{number:04}", endings=(), measures={"tangent_angle_deg": number / 10}) for number in range(2000)]
    page = write_report(write_batch(tmp_path, inputs))
    tab.open(page, "#case=1999")
    assert tab.texts("#card .place") == ["2000 of 2000"]
    tab.press(Keys.ESCAPE)
    tab.wait("document.activeElement.textContent === '1999'")
    tab.click(f"{header(tab, 'tangent angle')} button")
    assert tab.texts(CASES) == [f"{number:04}" for number in range(1999, 1899, -1)]
    tab.run("byId('scroll').scrollTo(0, 1e9)")
    tab.wait("body.rows.length === 200")
    assert tab.find("#rest").text == "1800 more below"
    tab.find("#find").send_keys("0042")
    assert tab.texts(CASES) == ["0042"]


def test_fits_a_narrow_screen(tab: Tab, page: Path, emulate: Callable[..., None]) -> None:
    narrow = {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    emulate("Emulation.setDeviceMetricsOverride", narrow, {"width": 0, "height": 0, "deviceScaleFactor": 0, "mobile": False})
    tab.open(page)
    assert tab.run("document.documentElement.scrollWidth") <= 390
    tab.open(page, "#case=bad%2Ftwo")
    assert tab.run("card.open && card.scrollWidth") <= 390


def test_prints_every_case_shown(tab: Tab, tmp_path: Path) -> None:
    tab.open(write_report(write_batch(tmp_path, [Input(f"{number}", endings=()) for number in range(150)])))
    assert tab.run("body.rows.length") == 100
    tab.driver.execute_cdp_cmd("Page.printToPDF", {})
    assert tab.run("body.rows.length") == 150
