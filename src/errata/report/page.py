"""A page of the report, and addresses within pages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from errata.results import Results


@dataclass(frozen=True)
class Page:
    """A page of the report, one file at the top of its folder.

    `name`: the page is the file `name`.html.
    `title`: what the menu calls it.
    `template`: it extends `base.html`.
    `make`: (results, the report's folder) -> the template's variables, or None if these results give no such page. It
        may write files of its own into the folders `figures` and `data`.
    `within`: the page that leads to it, if the menu does not.
    """

    name: str
    title: str
    template: str
    make: Callable[[Results, Path], Mapping[str, object] | None]
    within: str = ""


def explorer_link(**wanted: object) -> str:
    """Return the address of the explorer with filters or an image chosen; docs/results.md says which there are."""
    return f"explorer.html#{urlencode({name: value for name, value in wanted.items() if value is not None})}"
