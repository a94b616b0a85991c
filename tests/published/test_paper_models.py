"""The table of the paper's models: its columns."""

from pathlib import Path

import pytest

from errata.errors import InputError
from errata.published.paper import PaperModel, read_paper_models


def test_a_model_of_the_paper_has_its_row_of_the_sheet_and_a_note(tmp_path: Path):
    path = tmp_path / "paper_models.tsv"
    path.write_text("# a comment\npublished\tmodel\tnote\ntimm--a\ta@224\t-\ntimm--b\t-\tlost\n")
    assert read_paper_models(path) == [PaperModel("timm--a", "a@224", None), PaperModel("timm--b", None, "lost")]


@pytest.mark.parametrize("header", ["model\tpublished\tnote", "published\tmodel", "published\tmodel\tnote\tmore"])
def test_a_table_with_other_columns_is_refused(tmp_path: Path, header: str):
    path = tmp_path / "paper_models.tsv"
    path.write_text(f"{header}\ntimm--a\ta@224\t-\n")
    with pytest.raises(InputError, match="expected the tab-separated columns published, model, note, found"):
        read_paper_models(path)
