"""A reader at a real browser, Debian's chromium, driven by Selenium."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from selenium import webdriver
from selenium.webdriver import ActionChains
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DRIVER = "chromedriver"
WIDE, NARROW = 1280, 390
"""Pixels: a desktop's window and a telephone's."""

SLOWEST_SCRIPT = 180
"""Seconds: axe looks at every element of a page, next to whatever else the machine does."""

_QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run"),
)


def browser_programs() -> tuple[str, str] | None:
    """Return where the browser and its driver are, or None where one of them is missing."""
    browser, driver = next(filter(None, map(shutil.which, BROWSERS)), None), shutil.which(DRIVER)
    return (browser, driver) if browser and driver else None


@dataclass(frozen=True)
class Reader:
    """Someone who reads pages: opens them, presses keys, looks at what is there."""

    driver: webdriver.Chrome

    def open(self, page: Path, address: str = "", *, width: int = WIDE, dark: bool = False) -> None:
        """Open a page anew, with an address behind `#`, in a window of some width, light or dark."""
        screen = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        still = {"name": "prefers-reduced-motion", "value": "reduce"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme, still]})
        # from another page, so that a change behind # alone loads it anew too
        self.driver.get("about:blank")
        self._logged()
        self.complaints()
        self.driver.get(page.as_uri() + (f"#{address}" if address else ""))

    def complaints(self) -> list[str]:
        """What the console says since the page was opened."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """Every address that was asked for since the page was opened."""
        return [
            message["params"]["request"]["url"]
            for message in self._logged()
            if message["method"] == "Network.requestWillBeSent"
        ]

    def _logged(self) -> list[dict]:
        return [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]

    def run(self, script: str, *arguments: object) -> object:
        """Run a function's body in the page and return its result."""
        return self.driver.execute_script(script, *arguments)

    def all(self, selector: str) -> list[WebElement]:
        """The elements that a selector finds."""
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector: str) -> WebElement:
        """The only element that a selector finds."""
        (found,) = self.all(selector)
        return found

    def press(self, *keys: str) -> None:
        """Press keys, wherever the focus is."""
        # not to the element itself: a field for files would take keys for paths
        ActionChains(self.driver).send_keys(*keys).perform()

    def tab_to(self, selector: str, *, most: int = 200) -> WebElement:
        """Press Tab until the focus is on what the selector finds."""
        wanted = self.one(selector)
        for _ in range(most):
            if self.driver.switch_to.active_element == wanted:
                return wanted
            self.press(Keys.TAB)
        raise AssertionError(f"{selector} is not reached with {most} presses of Tab")


@contextmanager
def reader() -> Iterator[Reader]:
    """Give a reader at a browser with an empty profile."""
    programs = browser_programs()
    if programs is None:
        raise FileNotFoundError(f"{' or '.join(BROWSERS)}, and {DRIVER}")
    options = webdriver.ChromeOptions()
    options.binary_location = programs[0]
    for argument in _QUIET:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(programs[1]))
    driver.set_script_timeout(SLOWEST_SCRIPT)
    try:
        yield Reader(driver)
    finally:
        driver.quit()
