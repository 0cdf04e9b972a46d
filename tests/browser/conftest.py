"""A real browser without a window, and without a network."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

webdriver = pytest.importorskip("selenium.webdriver", reason="the extra dev installs selenium")
from selenium.webdriver.chrome.service import Service  # noqa: E402
from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.remote.webelement import WebElement  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402

BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
#: As root there is no sandbox; the rest keeps the browser itself off the network.
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1400,900",
)
PATIENCE = 20


class Tab:
    """A page in the browser, and what a person does with it."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def open(self, page: Path, case: str = "") -> None:
        """Open a page, from nothing, at a case."""
        self.driver.get("about:blank")
        self.driver.get(page.as_uri() + case)

    def run(self, script: str) -> Any:
        return self.driver.execute_script(f"return {script}")

    def find(self, selector: str) -> WebElement:
        """The one thing that a selector stands for."""
        (found,) = self.driver.find_elements("css selector", selector)
        return found

    def texts(self, selector: str) -> list[str]:
        texts: list[str] = self.run(f"[...document.querySelectorAll({json.dumps(selector)})].map((each) => each.innerText.trim())")
        return texts

    def click(self, selector: str) -> None:
        self.find(selector).click()

    def press(self, *keys: str) -> None:
        """Press keys wherever the focus is."""
        ActionChains(self.driver, duration=0).send_keys(*keys).perform()

    def wait(self, script: str) -> None:
        """Until something holds; for what the browser does in its own time."""
        WebDriverWait(self.driver, PATIENCE, poll_frequency=0.02).until(lambda _: self.run(script), script)

    def complaints(self) -> list[str]:
        """What the console says since the last time."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """The addresses that were asked for since the last time, but by the browser's own pages."""
        events = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        asked = [event["params"] for event in events if event["method"] == "Network.requestWillBeSent"]
        return [each["request"]["url"] for each in asked if not each["documentURL"].startswith("chrome:")]


@pytest.fixture(scope="session")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The one browser of all tests."""
    if BROWSER is None or DRIVER is None:
        pytest.skip("chromium and chromium-driver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    driver.set_page_load_timeout(PATIENCE)
    driver.set_script_timeout(PATIENCE)
    yield driver
    driver.quit()


@pytest.fixture
def tab(driver: Any) -> Iterator[Tab]:
    """A tab, which must have nothing to complain about, and must not have asked for anything but files."""
    tab = Tab(driver)
    tab.requests()
    tab.complaints()
    yield tab
    assert tab.complaints() == []
    addresses = [address for address in tab.requests() if address != "about:blank"]
    assert addresses
    assert all(address.startswith("file:///") for address in addresses), addresses


@pytest.fixture
def emulate(driver: Any) -> Iterator[Callable[..., None]]:
    """Change what the browser is or can do for the rest of the test: (command of its protocol, arguments, those that undo it)."""
    undo = []

    def change(command: str, arguments: dict[str, Any], back: dict[str, Any]) -> None:
        driver.execute_cdp_cmd(command, arguments)
        undo.append((command, back))

    yield change
    for command, back in undo:
        driver.execute_cdp_cmd(command, back)
