"""A page of the report."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from errata.report.inputs import ReportInputs


@dataclass(frozen=True)
class Page:
    """A page of the report, one file at the top of its folder.

    Attributes
    ----------
    name : str
        The page is the file `name`.html.
    title : str
        What the navigation calls it.
    template : str
        It extends `base.html`.
    make : callable
        (inputs, the report's folder) -> the template's variables, or None if these inputs give no such page. It may
        write files of its own into the folders `figures` and `data`.
    """

    name: str
    title: str
    template: str
    make: Callable[[ReportInputs, Path], Mapping[str, object] | None]
