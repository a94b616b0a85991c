"""Terminals of every kind: narrow, without colours, without Unicode, closed early, stopped by Ctrl-C."""

import io
import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from errata.cli import main
from errata.commands import classify
from errata.commands.completion import completion_script
from errata.terminal import EscapedStream, takes_colour

FULL = Path("/dev/full")
ERRATA = (sys.executable, "-m", "errata")


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("variables", "takes"),
    [({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False), ({}, False)],
)
def test_colours_are_for_terminals_that_take_them_and_people_who_want_them(variables, takes, monkeypatch):
    for name in ("TERM", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert takes_colour(Terminal()) is takes
    assert not takes_colour(io.StringIO())


def test_progress_is_one_line_that_goes_when_something_else_is_written():
    terminal = Terminal()
    stream = EscapedStream(terminal)
    stream.show_progress("Reading 1 of 2")
    stream.show_progress("Reading 2 of 2")
    stream.write("done\n")
    assert terminal.getvalue() == "\r\x1b[KReading 1 of 2\r\x1b[KReading 2 of 2\r\x1b[Kdone\n"


def test_nothing_is_shown_of_progress_where_there_is_no_terminal(atlas, predictions, tmp_path):
    command = [*ERRATA, "classify", predictions, "--atlas", atlas, "--out", tmp_path / "out", "--no-report"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert "\x1b" not in done.stdout


def test_on_a_terminal_the_profile_has_colours_and_the_progress_is_gone(atlas, predictions, tmp_path):
    command = [*ERRATA, "classify", predictions, "--atlas", atlas, "--out", tmp_path / "out", "--no-report"]
    shown = on_terminal(command, TERM="xterm", COLUMNS="60")
    assert "Writing tables" in shown
    last = shown.rpartition("\x1b[K")[2]
    assert "■\x1b[0m fine-grained" in last
    assert "Writing" not in last


def on_terminal(command, **variables):
    """Run a command on a pseudo-terminal and return all that it wrote."""
    ours, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"} | variables
    with subprocess.Popen(list(map(str, command)), stdout=theirs, stderr=theirs, env=environment) as process:
        os.close(theirs)
        written = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:
                break
            if not part:
                break
            written += part
    os.close(ours)
    assert process.returncode == 0
    return written.decode()


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_a_terminal_without_unicode_gets_plain_signs_and_no_failure(atlas, predictions, tmp_path, encoding):
    command = [*ERRATA, "classify", f"größe={predictions}", "--atlas", atlas, "--out", tmp_path / "out", "--no-report"]
    environment = os.environ | {"PYTHONIOENCODING": encoding}
    done = subprocess.run(command, capture_output=True, check=True, env=environment)
    text = done.stdout.decode(encoding)
    assert "62.8-73.7" in text
    assert "<= 16" in text


def test_json_stays_json_where_the_encoding_lacks_a_name(atlas, predictions, tmp_path):
    command = [*ERRATA, "classify", f"größe={predictions}", "--atlas", atlas, "--out", tmp_path / "out", "--no-report"]
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run([*command, "--json"], capture_output=True, check=True, env=environment)
    assert json.loads(done.stdout)["models"][0]["model"] == "größe"


def test_a_reader_that_goes_early_is_no_fault(atlas, classified):
    command = [*ERRATA, "errors", classified]
    with subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        error = process.stderr.read()
    assert (process.returncode, error) == (141, b"")


@pytest.mark.skipif(not FULL.exists(), reason="the system has no /dev/full")
def test_a_full_disk_behind_the_output_is_said_in_one_line(atlas):
    with FULL.open("w") as full:
        done = subprocess.run([*ERRATA, "atlas", "list"], stdout=full, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (2, "errata: the output cannot be written: the disk is full.\n")


def test_ctrl_c_leaves_one_line(atlas, predictions, tmp_path, monkeypatch, capsys):
    def stop(*_args, **_options):
        # what the signal does, unless a shell started the tests in the background and had it ignored
        raise KeyboardInterrupt

    monkeypatch.setattr(classify, "write_classification", stop)
    command = ["classify", str(predictions), "--atlas", str(atlas), "--out", str(tmp_path / "out")]
    assert main(command) == 130
    assert capsys.readouterr() == ("", "errata: stopped.\n")


def test_json_has_the_profile_and_where_everything_is(atlas, predictions, tmp_path, capsys):
    out = tmp_path / "out"
    main(["classify", str(predictions), "--atlas", str(atlas), "--out", str(out), "--no-report", "--json"])
    values = json.loads(capsys.readouterr().out)
    assert values["models"][0]["top1_errors"] == 87
    assert (values["folder"], values["report"]) == (str(out), None)


def test_quiet_prints_nothing_and_markdown_a_table(atlas, predictions, tmp_path, capsys):
    command = ["classify", str(predictions), "--atlas", str(atlas), "--out", str(tmp_path / "out"), "--no-report"]
    assert main([*command, "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")
    assert main([*command, "--markdown"]) == 0
    assert "| fine-grained | 18 | 30.0 |" in capsys.readouterr().out


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("cl", ["classify", "classes"]),
        ("compare --mark", ["--markdown"]),
        ("report --o", ["--out"]),
        ("classify x --json no", []),
    ],
)
def test_a_shell_completes_commands_and_options(typed, completed):
    words = ["errata", *typed.split()]
    script = f"{completion_script()}\nCOMP_WORDS=({' '.join(words)})\nCOMP_CWORD={len(words) - 1}\n_errata\n"
    script += 'echo "${COMPREPLY[@]}"\n'
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == completed
