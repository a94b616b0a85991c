"""Writing a comparison into a folder."""

import json
from pathlib import Path

from errata.files import atomic_write
from errata.paired.changed_images import category_transitions, changed_images
from errata.paired.compare import PairedComparison
from errata.paired.layout import comparison_markdown, comparison_values
from errata.paired.tables import CATEGORY_TRANSITIONS, CHANGED_IMAGES, PAIRED_DIFFERENCES, SEVERITY_MOVES
from errata.tables import write_table


def write_comparison(comparison: PairedComparison, folder: Path) -> None:
    """Write the tables as Parquet and CSV, everything but the images as JSON, and the summary as Markdown."""
    tables = [
        (PAIRED_DIFFERENCES, comparison.differences),
        (SEVERITY_MOVES, comparison.moves),
        (CATEGORY_TRANSITIONS, category_transitions(comparison.transitions)),
        (CHANGED_IMAGES, changed_images(comparison.atlas, comparison.answers)),
    ]
    for table, frame in tables:
        write_table(frame, table, folder / f"{table.name}.parquet")
        with atomic_write(folder / f"{table.name}.csv") as temporary:
            frame.write_csv(temporary)
    values = json.dumps(comparison_values(comparison), indent=1, ensure_ascii=False) + "\n"
    for name, text in (("comparison.json", values), ("comparison.md", comparison_markdown(comparison))):
        with atomic_write(folder / name) as temporary:
            temporary.write_text(text, encoding="utf-8")
