"""How far a transfer is, on a terminal and elsewhere."""

import logging
import sys

import pytest

from errata.sources import progress
from errata.sources.progress import shown_progress


def messages(caplog) -> list[str]:
    return [record.getMessage() for record in caplog.records]


def test_a_terminal_gets_a_bar_and_no_lines(monkeypatch, capsys, caplog):
    pytest.importorskip("tqdm")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with caplog.at_level(logging.INFO), shown_progress("labels.json", done=0, total=100) as advance:
        advance(100)
    assert "labels.json" in capsys.readouterr().err
    assert messages(caplog) == []


def test_elsewhere_every_ten_per_cent_is_a_line(caplog):
    with caplog.at_level(logging.INFO), shown_progress("labels.json", done=0, total=1000) as advance:
        for _ in range(1000):
            advance(1)
    assert len(messages(caplog)) == 10
    assert messages(caplog)[0] == "labels.json: 100 of 1,000 (10%) bytes"


def test_a_resumed_transfer_is_counted_from_where_it_began(caplog):
    with caplog.at_level(logging.INFO), shown_progress("labels.json", done=950, total=1000) as advance:
        advance(50)
    assert messages(caplog) == ["labels.json: 1,000 of 1,000 (100%) bytes"]


def test_a_transfer_of_unknown_size_is_logged_by_amount(caplog, monkeypatch):
    monkeypatch.setattr(progress, "BYTES_PER_LINE", 1000)
    with caplog.at_level(logging.INFO), shown_progress("labels.json", done=0, total=None) as advance:
        advance(999)
        advance(1)
    assert messages(caplog) == ["labels.json: 1,000 bytes"]
