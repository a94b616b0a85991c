"""The script that compares two models gives the values that are written down for Python, in a real browser."""

import json
from pathlib import Path

import pytest

import errata.report
from paired.golden_pairs import GOLDEN, differences
from report.browser import Reader

PAIRS = json.loads(GOLDEN.read_text(encoding="utf-8"))
SCRIPTS = [
    Path(errata.report.__file__).parent / "templates" / name for name in ("paired_statistics.js", "paired_words.js")
]

COMPARE = """
    const { settings, groups, targets, a, b } = arguments[0];
    const images = { count: targets.length, targets, groups };
    const bits = { all: 0, artifact: 2 };
    const found = Object.fromEntries(arguments[1].map((name) =>
        [name, errata.paired.compare(settings, images, a, b, { name, bit: bits[name] })]));
    return { groups: found, summary: errata.paired.summary(settings, found.all, "A", "B") };
"""


@pytest.mark.parametrize("name", PAIRS)
def test_the_script_compares_a_pair_as_it_is_written_down(reader: Reader, tmp_path: Path, name: str):
    page = tmp_path / "page.html"
    page.write_text("".join(f"<script>{script.read_text(encoding='utf-8')}</script>" for script in SCRIPTS))
    reader.open(page)
    pair = PAIRS[name]
    images = {key: pair[key] for key in ("targets", "a", "b", "settings")} | {"groups": pair["bits"]}
    found = reader.run(COMPARE, images, list(pair["groups"]))
    for part in pair["groups"].values():
        for row in part["rows"]:
            # the page says in a note which test it is
            row.pop("test", None)
    assert list(differences(found, {key: pair[key] for key in ("groups", "summary")}, name)) == []
