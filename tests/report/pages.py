"""Looking at pages as a reader's browser would."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

LOADS = {("img", "src"), ("script", "src"), ("link", "href"), ("a", "href"), ("source", "srcset"), ("use", "href")}


@dataclass
class Page(HTMLParser):
    """A parsed page: its elements with attributes, its text, and what it loads or links to."""

    path: Path
    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data.strip())

    @property
    def text(self) -> str:
        """All text, blanks collapsed."""
        return " ".join(" ".join(self.words).split())

    def of(self, tag: str, **attributes: str) -> list[dict[str, str | None]]:
        """The attributes of every element with this tag and these attributes."""
        wanted = {(key.rstrip("_").replace("_", "-"), value) for key, value in attributes.items()}
        return [found for name, found in self.elements if name == tag and wanted <= set(found.items())]

    @property
    def addresses(self) -> list[str]:
        """What the page loads or links to."""
        return [found[key] for name, found in self.elements for key in found if (name, key) in LOADS]
