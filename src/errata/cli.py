"""The command line: its arguments. What the commands do is in `errata.commands`."""

import argparse
import logging
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from errata import __version__
from errata.errors import InputError, StorageError
from errata.predictions.formats import SUFFIXES
from errata.terminal import EscapedStream

SHIPPED = "imagenet"
"""The atlas that is used where none is named."""

_ATLAS_HELP = f"the error atlas: a name (errata atlas list) or a file (default: {SHIPPED})"


class Commands(Protocol):
    """What `add_subparsers` returns; argparse has no public name for it."""

    def add_parser(self, name: str, **about: Any) -> argparse.ArgumentParser:
        """Add a command and return its parser."""
        ...


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Return 0; 1 for predictions that are refused, a closed gate or builds that differ; 2 for input that cannot be read
    or a disk that is full or may not be written.
    """
    with redirect_stdout(EscapedStream(sys.stdout)), redirect_stderr(EscapedStream(sys.stderr)):
        logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
        return _run(arguments)


def _run(arguments: Sequence[str] | None) -> int:
    options = command_line().parse_args(arguments)
    try:
        # only now, so that `errata --help` does not wait for the libraries of the commands
        command = import_module(f"errata.commands.{options.command}")
        if getattr(options, "atlas", None) is not None:
            options.atlas = import_module("errata.shipped").atlas_file(options.atlas)
        return getattr(command, options.command)(options)
    except InputError as error:
        print(f"errata: {error}", file=sys.stderr)
        return error.status
    except StorageError as error:
        print(f"errata: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        return 141
    except OSError as error:
        # a name that is too long, for one: whatever asks for a file first says so
        if error.filename is None:
            raise
        print(f"errata: {error.filename}: {error.strerror}.", file=sys.stderr)
        return 2


def command_line() -> argparse.ArgumentParser:
    """Return the parser; it stores the name of the command as `command`, and the options under their own names."""
    parser = argparse.ArgumentParser(
        prog="errata", description="What kind of mistakes does an image classifier make?", allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"errata {__version__}")
    commands = parser.add_subparsers(required=True, dest="command", metavar="COMMAND")
    for add_command in (_classify, _report, _doctor, _compare, _gate, _explain, _errors, _diff, _atlas):
        add_command(commands)
    return parser


def _classify(commands: Commands) -> None:
    parser = commands.add_parser("classify", help="classify the errors in predictions files and write a report")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help=f"predictions: {SUFFIXES}")
    _add_atlas(parser)
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="folder for tables and report")
    _add_order(parser)
    _add_accept(parser)
    parser.add_argument(
        "--published",
        type=Path,
        metavar="DIR",
        help="published tables to compare with (default: those that come with Errata)",
    )
    parser.add_argument("--skip-broken", action="store_true", help="leave out files that the doctor refuses")
    parser.add_argument("--no-report", action="store_true", help="write the tables only")


def _report(commands: Commands) -> None:
    parser = commands.add_parser("report", help="write the report of a folder of results")
    parser.add_argument(
        "folder", type=Path, metavar="FOLDER", help="output of errata classify, or results/DATASET/ATLAS of a run"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder for the report (default: FOLDER/report)")


def _doctor(commands: Commands) -> None:
    parser = commands.add_parser("doctor", help="say what is wrong with a predictions file")
    parser.add_argument("file", type=Path, metavar="FILE", help=f"predictions: {SUFFIXES}")
    _add_atlas(parser)
    _add_order(parser)
    _add_accept(parser)
    parser.add_argument("--fix", type=Path, metavar="OUT.parquet", help="write the repaired predictions")
    parser.add_argument("--json", action="store_true", help="print JSON")


def _compare(commands: Commands) -> None:
    parser = commands.add_parser("compare", help="say what became better and what worse from one model to another")
    parser.add_argument("a", type=Path, metavar="A", help="predictions of the model to compare with")
    parser.add_argument("b", type=Path, metavar="B", help="predictions of the model that is better or worse")
    _add_atlas(parser)
    _add_order(parser)
    _add_accept(parser)
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder for the tables, with every image that changed")
    parser.add_argument("--json", action="store_true", help="print JSON")


def _gate(commands: Commands) -> None:
    parser = commands.add_parser(
        "gate",
        help="exit with 1 if a model surely makes more errors of a category than another",
        description="Exit codes: 0 the gate is open; 1 a category rises by more than allowed, with 95 %% confidence; "
        "2 the input cannot be used.",
    )
    parser.add_argument("baseline", type=Path, metavar="BASELINE", help="predictions of the model that is good enough")
    parser.add_argument("candidate", type=Path, metavar="CANDIDATE", help="predictions of the model to let in")
    _add_atlas(parser)
    _add_order(parser)
    _add_accept(parser)
    parser.add_argument(
        "--category",
        action="append",
        metavar="CATEGORY[=RISE]",
        help="watch this category, with an allowance of its own if one is given (repeat for several; default: every "
        "category that the multi-labels do not forgive)",
    )
    parser.add_argument(
        "--max-rise",
        default="0",
        metavar="RISE",
        help="allow this rise: 5%% of the baseline's count, or 0.2pp of the images (default: 0)",
    )
    gate_output = parser.add_mutually_exclusive_group()
    gate_output.add_argument("--json", action="store_true", help="print JSON")
    gate_output.add_argument("--markdown", action="store_true", help="print Markdown, for a pull request")


def _explain(commands: Commands) -> None:
    parser = commands.add_parser("explain", help="say why an answer is what it is")
    parser.add_argument("image", metavar="IMAGE", help="an annotated image: file name or number")
    parser.add_argument("predicted_class", metavar="PREDICTED_CLASS", help="class id, wnid or class name")
    _add_atlas(parser)


def _errors(commands: Commands) -> None:
    parser = commands.add_parser("errors", help="list every error of a model, with the names of the classes, as CSV")
    parser.add_argument("model", metavar="MODEL", help="name of a model in the table")
    parser.add_argument("--errors", required=True, type=Path, metavar="errors.parquet", help="the table of errors")
    parser.add_argument("--atlas", metavar="ATLAS", help="the error atlas (default: the one beside the table)")
    parser.add_argument("--out", type=Path, metavar="FILE.csv", help="write there instead of printing")


def _diff(commands: Commands) -> None:
    parser = commands.add_parser("diff", help="say what differs between two builds, from their manifests")
    parser.add_argument(
        "first", type=Path, metavar="MANIFEST_A", help="manifest.json, or a folder of results or a report"
    )
    parser.add_argument("second", type=Path, metavar="MANIFEST_B", help="the other one")


def _atlas(commands: Commands) -> None:
    parser = commands.add_parser("atlas", help="say which atlases come with Errata, what is in one, where its file is")
    parts = parser.add_subparsers(required=True, dest="part", metavar="PART")
    listed = parts.add_parser("list", help="list the atlases that come with Errata")
    listed.add_argument("--json", action="store_true", help="print JSON")
    info = parts.add_parser("info", help="say what an atlas is of, what it was made from, and its licence")
    _add_name(info)
    info.add_argument("--json", action="store_true", help="print JSON")
    _add_name(parts.add_parser("path", help="print where the file of an atlas is"))


def _add_name(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("atlas", nargs="?", default=SHIPPED, metavar="ATLAS", help=_ATLAS_HELP)


def _add_atlas(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--atlas", default=SHIPPED, metavar="ATLAS", help=_ATLAS_HELP)


def _add_accept(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--accept",
        action="append",
        default=[],
        metavar="KIND",
        help="score files in spite of this kind of finding, and mark their models (repeat for several)",
    )


def _add_order(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--order", type=Path, metavar="FILE", help="which row is which image, if rows have no names")
