"""Reading the wall of images as a visitor does."""

from pathlib import Path
from urllib.parse import urlencode

from selenium.webdriver.support.ui import WebDriverWait

from report.browser import Reader

_COUNTS = """
    const [addresses, done] = arguments;
    const wall = document.getElementById("wall"), count = document.getElementById("count");
    const found = [];
    (async () => {
      for (const address of addresses) {
        delete wall.dataset.ready;
        location.hash = address;
        for (let turn = 0; turn < 1000 && !wall.dataset.ready; turn += 1) {
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        if (!wall.dataset.ready) return done(address);
        const { images, answers } = count.dataset;
        found.push([images === undefined ? null : Number(images), answers === undefined ? null : Number(answers)]);
      }
      return done(found);
    })();
"""


def open_wall(reader: Reader, page: Path, **state: object) -> None:
    """Open the explorer with a state in its address, and wait for the wall."""
    reader.open(page, urlencode(state))
    WebDriverWait(reader.driver, 20).until(lambda _: reader.run("return document.getElementById('wall').dataset.ready"))


def wait_for_trail(reader: Reader) -> None:
    """Wait until the evidence of the image that is open is told."""
    WebDriverWait(reader.driver, 20).until(
        lambda _: reader.run("return document.getElementById('detail').dataset.ready")
    )


def open_answer(reader: Reader, page: Path, **state: object) -> None:
    """Open the explorer with an image, and wait for its evidence."""
    reader.open(page, urlencode(state))
    wait_for_trail(reader)


def names_on(reader: Reader) -> list[str]:
    """The file names of all images on the wall, in its order."""
    while reader.one("#more").is_displayed():
        reader.one("#more").click()
    script = (
        "return [...document.querySelectorAll('#wall a')].map((a) => errata.explorer.nameOf(Number(a.dataset.image)))"
    )
    return reader.run(script)


def counts_at(reader: Reader, page: Path, addresses: list[str]) -> list[tuple[int, int]]:
    """How many images, and answers to them, the wall says there are at each address (behind `#`, all different)."""
    open_wall(reader, page, find="no image is called so")
    found = reader.driver.execute_async_script(_COUNTS, addresses)
    assert isinstance(found, list), f"the wall never comes to {found}"
    return [tuple(count) for count in found]
