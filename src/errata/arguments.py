"""The arguments of the command line: one function per command. It loads nothing, so that `errata --help` is quick."""

import argparse
import difflib
import textwrap
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn, Protocol

from errata import __version__
from errata.predictions.formats import SUFFIXES
from errata.terminal import width_of_terminal

SHIPPED = "imagenet"
"""The atlas that is used where none is named."""

EXAMPLES = """\
examples:
  errata classify preds.csv            a model's kinds of mistakes, and a report
  errata classify a.npz b=run/2.csv    several models; the second is called b
  errata doctor preds.csv              what is wrong with a file, and how to mend it
  errata compare old.csv new.csv       what became better and what worse
  errata explain 621 missile           why an answer is what it is

errata COMMAND --help says more. Images, a GPU and a network are not needed.
"""

SYNONYMS = {
    **dict.fromkeys(("analyse", "analyze", "evaluate", "eval", "profile", "run", "score", "validate"), "classify"),
    **dict.fromkeys(("check", "diagnose", "fix", "repair", "verify"), "doctor"),
    **dict.fromkeys(("html", "show", "render", "view"), "report"),
    **dict.fromkeys(("why", "what"), "explain"),
    **dict.fromkeys(("plot", "draw", "chart"), "figure"),
    **dict.fromkeys(("atlases", "list"), "atlas"),
    **dict.fromkeys(("propose", "superclasses", "superclass"), "classes"),
}
"""Commands by other names that people try."""

_ATLAS_HELP = f"the error atlas: a name (errata atlas list) or a file (default: {SHIPPED})"
_LIST_HELP = "a text file with a wnid a line, in the order of the model's outputs; or imagenette, imagewoof"
_FILE_HELP = f"predictions: {SUFFIXES}"


def _formatter(prog: str) -> argparse.HelpFormatter:
    return argparse.RawDescriptionHelpFormatter(prog, max_help_position=20)


class Commands(Protocol):
    """What `add_subparsers` returns; argparse has no public name for it."""

    def add_parser(self, name: str, **about: Any) -> "Parser":
        """Add a command and return its parser."""
        ...


class Parser(argparse.ArgumentParser):
    """A parser that knows its options and, when one is typed wrong, says which was meant."""

    def __init__(self, **about: Any):  # noqa: D107 - the class docstring says it
        self.options: list[str] = []
        self.commands: dict[str, Parser] = {}
        example = about.pop("example", None)
        about.setdefault("epilog", f"example:\n  {example}" if example else None)
        if about.get("description"):
            # the formatter that leaves examples as they are leaves this as it is too
            about["description"] = textwrap.fill(about["description"], width_of_terminal() - 2)
        super().__init__(allow_abbrev=False, formatter_class=_formatter, **about)

    def add_argument(self, *names: str, **about: Any) -> argparse.Action:
        """Add an argument, and remember it if it is an option."""
        # the base class adds --help before it is ready
        self.options += [name for name in names if name.startswith("--")]
        return super().add_argument(*names, **about)

    def add_mutually_exclusive_group(self, **about: Any) -> Any:
        """Add a group of options of which one may be given; they are remembered as the others are."""
        group = super().add_mutually_exclusive_group(**about)
        add = group.add_argument

        def add_argument(*names: str, **of_option: Any) -> argparse.Action:
            self.options += [name for name in names if name.startswith("--")]
            return add(*names, **of_option)

        group.add_argument = add_argument
        return group

    def parse_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> argparse.Namespace:
        """Return the options; end the program with what was meant if there are others."""
        found, others = self.parse_known_args(args, namespace)
        if others:
            parser = self.commands.get(getattr(found, "command", ""), self)
            typed = next((each for each in others if each.startswith("-")), others[0]).partition("=")[0]
            what = "option" if typed.startswith("-") else "argument"
            parser.error(f"there is no {what} {typed[:60]}.{did_you_mean(typed, parser.options)}")
        return found

    def error(self, message: str) -> NoReturn:
        """End the program with a message, and where to find help."""
        end = "" if message.endswith((".", "?")) else "."
        self.exit(2, f"{self.prog}: {message}{end} See {self.prog} --help.\n")


def did_you_mean(typed: str, known: Sequence[str], others: Mapping[str, str] | None = None) -> str:
    """Return what was probably meant, as the end of a message: ` Did you mean classify?`; or nothing."""
    near = (others or {}).get(typed.lower()) or next(iter(difflib.get_close_matches(typed, known, n=1)), None)
    return f" Did you mean {near}?" if near else ""


def command_line() -> Parser:
    """Return the parser; it stores the name of the command as `command`, and the options under their own names."""
    parser = Parser(prog="errata", description="What kind of mistakes does an image classifier make?", epilog=EXAMPLES)
    parser.add_argument("--version", action="version", version=f"errata {__version__}")
    commands = parser.add_subparsers(required=True, dest="command", metavar="COMMAND", title="commands")
    for add_command in COMMANDS:
        command = add_command(commands)
        parser.commands[command.prog.split()[-1]] = command
    return parser


def _classify(commands: Commands) -> Parser:
    parser = commands.add_parser(
        "classify",
        help="say what kinds of mistakes models make, and write a report",
        description="Sort every wrong answer of one or more models into a category. Print the profile, and write "
        "tables and a report into a folder.",
        example="errata classify resnet=preds.csv runs/ --out errata-runs",
    )
    parser.add_argument(
        "files", nargs="*", metavar="FILE", help=f"{_FILE_HELP}; NAME=FILE names the model; or a folder of such files"
    )
    _add_atlas(parser)
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="folder for tables and report (default: errata-NAME, or errata-profile)"
    )
    _add_order(parser)
    _add_accept(parser)
    parser.add_argument(
        "--published",
        type=Path,
        metavar="DIR",
        help="published tables to compare with (default: those that come with Errata)",
    )
    _add_images(parser)
    parser.add_argument("--skip-broken", action="store_true", help="leave out files that the doctor refuses")
    parser.add_argument("--no-report", action="store_true", help="write the tables only")
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="print the profile as JSON")
    output.add_argument("--markdown", action="store_true", help="print it as Markdown")
    output.add_argument("-q", "--quiet", action="store_true", help="print warnings and errors only")
    return parser


def _report(commands: Commands) -> Parser:
    parser = commands.add_parser(
        "report",
        help="write the report of a folder of results again",
        description="Write the report of a folder of results, which errata classify or a run left.",
        example="errata report errata-preds",
    )
    parser.add_argument(
        "folder",
        nargs="?",
        default=Path(),
        type=Path,
        metavar="FOLDER",
        help="output of errata classify, or results/DATASET/ATLAS of a run",
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder for the report (default: FOLDER/report)")
    _add_images(parser)
    return parser


def _doctor(commands: Commands) -> Parser:
    parser = commands.add_parser(
        "doctor",
        help="say what is wrong with a predictions file",
        description="Look for a wrong class order, shuffled or missing rows and the like, before anything is counted. "
        "Exit codes: 0 the file can be scored; 1 it is refused; 2 it cannot be read.",
        example="errata doctor preds.csv --fix mended.parquet",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help=_FILE_HELP)
    _add_atlas(parser)
    _add_order(parser)
    _add_accept(parser)
    parser.add_argument("--fix", type=Path, metavar="OUT.parquet", help="write the repaired predictions")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


def _compare(commands: Commands) -> Parser:
    parser = commands.add_parser(
        "compare",
        help="say what became better and what worse from one model to another",
        description="Compare two models on the same images, category by category, with paired tests.",
        example="errata compare old=runs/1/preds.csv new=runs/2/preds.csv --markdown",
    )
    parser.add_argument("a", metavar="A", help="predictions of the model to compare with; NAME=FILE names it")
    parser.add_argument("b", metavar="B", help="predictions of the model that is better or worse")
    _add_atlas(parser)
    _add_order(parser)
    _add_accept(parser)
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder for the tables, with every image that changed")
    _add_json_or_markdown(parser)
    return parser


def _gate(commands: Commands) -> Parser:
    parser = commands.add_parser(
        "gate",
        help="exit with 1 if a model surely makes more errors of a category than another",
        description="Exit codes: 0 the gate is open; 1 a category rises by more than allowed, with 95 % confidence; "
        "2 the input cannot be used.",
        example="errata gate good.csv new.csv --category model_failure=2%%",
    )
    parser.add_argument("baseline", metavar="BASELINE", help="predictions of the model that is good enough")
    parser.add_argument("candidate", metavar="CANDIDATE", help="predictions of the model to let in")
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
    _add_json_or_markdown(parser)
    return parser


def _explain(commands: Commands) -> Parser:
    parser = commands.add_parser(
        "explain",
        help="say why an answer is what it is",
        description="Say what an answer to an image would be, and why.",
        example="errata explain ILSVRC2012_val_00000621 missile",
    )
    parser.add_argument("image", metavar="IMAGE", help="an annotated image: file name or number")
    parser.add_argument("predicted_class", metavar="PREDICTED_CLASS", help="class id, wnid or class name")
    _add_atlas(parser)
    return parser


def _errors(commands: Commands) -> Parser:
    parser = commands.add_parser(
        "errors",
        help="list every error of a model, with the names of the classes, as CSV",
        example="errata errors errata-preds --out errors.csv",
    )
    parser.add_argument(
        "folder", type=Path, metavar="FOLDER", help="output of errata classify, or results/DATASET/ATLAS of a run"
    )
    parser.add_argument("model", nargs="?", metavar="MODEL", help="name of one of its models (default: the only one)")
    parser.add_argument("--out", type=Path, metavar="FILE.csv", help="write there instead of printing")
    return parser


def _diff(commands: Commands) -> Parser:
    parser = commands.add_parser(
        "diff",
        help="say what differs between two builds, from their manifests",
        description="Exit codes: 0 nothing differs; 1 something does.",
        example="errata diff errata-preds elsewhere/errata-preds",
    )
    parser.add_argument(
        "first", type=Path, metavar="MANIFEST_A", help="manifest.json, or a folder of results or a report"
    )
    parser.add_argument("second", type=Path, metavar="MANIFEST_B", help="the other one")
    return parser


def _atlas(commands: Commands) -> Parser:
    parser = commands.add_parser(
        "atlas",
        help="build the atlas of a data set of yours; say what is in one, and where its file is",
        example="errata atlas build --classes classes.csv --labels labels.csv --out my.parquet",
    )
    parts = parser.add_subparsers(required=True, dest="part", metavar="PART", title="parts")
    listed = parts.add_parser("list", help="list the atlases that come with Errata")
    listed.add_argument("--json", action="store_true", help="print JSON")
    info = parts.add_parser("info", help="say what an atlas is of, what it was made from, and its licence")
    _add_name(info)
    info.add_argument("--json", action="store_true", help="print JSON")
    _add_name(parts.add_parser("path", help="print where the file of an atlas is"))
    build = parts.add_parser(
        "build", help="build the atlas of a data set of yours, from two tables or as a part of another"
    )
    build.add_argument(
        "--classes",
        required=True,
        metavar="FILE.csv",
        help="a class per row, in the order of the model's outputs: name, superclass, overlaps, group, synonyms, wnid. "
        f"With --from: {_LIST_HELP}",
    )
    images = build.add_mutually_exclusive_group(required=True)
    images.add_argument(
        "--labels",
        type=Path,
        metavar="FILE.csv",
        help="an image per row: file_name and label, or labels; or a folder with a folder of images per class",
    )
    images.add_argument(
        "--from", dest="whole", metavar="ATLAS", help="take these classes of another atlas: imagenet, or a file"
    )
    build.add_argument(
        "--pairs-from",
        metavar="ATLAS",
        help="also take pairs of classes that occur together, which make spurious correlations, from another atlas: "
        "imagenet, or a file",
    )
    build.add_argument(
        "--open-world",
        metavar="NAMES",
        help="check whether images show something that is none of the classes: a text file with the name of such a "
        "thing a line; or wordnet, for the siblings that each class has there; or nouns, for a general list",
    )
    build.add_argument(
        "--encoder",
        metavar="MODEL",
        help="what compares images with names: ARCHITECTURE/WEIGHTS of open_clip, or a folder; or a .npz with vectors "
        "of names",
    )
    build.add_argument(
        "--images",
        type=Path,
        metavar="PATH",
        help="the folder or tar of the images (default: --labels, if it is a folder); or a .npy with their vectors in "
        "the order of the labels",
    )
    build.add_argument(
        "--train",
        type=Path,
        metavar="PATH",
        help="training images, in a folder per class; or a .npz with their vectors and classes (default: the names of "
        "the classes take their place)",
    )
    build.add_argument(
        "--save-vectors",
        type=Path,
        metavar="DIR",
        help="also write vectors there, images.npy and train.npz, to be given to --images and --train the next time",
    )
    _add_wordnet(build)
    build.add_argument("--out", required=True, type=Path, metavar="FILE.parquet", help="where to write the atlas")
    build.add_argument("--name", metavar="NAME", help="what the data set is called (default: as the file)")
    return parser


def _init(commands: Commands) -> Parser:
    parser = commands.add_parser(
        "init",
        help="begin the tables of a data set of yours from a folder of images",
        description="Write classes.csv and labels.csv for a folder of images, to be completed by hand.",
        example="errata init photos/val --out my-data",
    )
    parser.add_argument("images", type=Path, metavar="FOLDER", help="images, in a folder per class or all in one")
    parser.add_argument(
        "--out", type=Path, default=Path(), metavar="DIR", help="folder for the tables (default: this one)"
    )
    return parser


def _classes(commands: Commands) -> Parser:
    parser = commands.add_parser(
        "classes",
        help="propose superclasses for a data set of yours: a draft to correct",
        example="errata classes propose classes.csv --out draft.csv",
    )
    parts = parser.add_subparsers(required=True, dest="part", metavar="PART", title="parts")
    propose = parts.add_parser(
        "propose",
        help="write a draft of superclasses, with the evidence for each",
        description="Fill in the superclasses that a table of classes lacks: from WordNet, or from predictions or "
        "vectors if they are given. The draft is to be read and corrected; no atlas is built of it before.",
        example="errata classes propose classes.csv --out draft.csv --predictions a.csv b.csv --labels labels.csv",
    )
    propose.add_argument("classes", type=Path, metavar="CLASSES", help="the table of classes, classes.csv")
    propose.add_argument(
        "--out",
        type=Path,
        default=Path("draft.csv"),
        metavar="FILE.csv",
        help="where to write the draft (default: draft.csv)",
    )
    method = propose.add_mutually_exclusive_group()
    method.add_argument(
        "--predictions", nargs="+", default=[], metavar="FILE", help="group classes that these models confuse"
    )
    method.add_argument(
        "--vectors",
        type=Path,
        metavar="FILE.npy",
        help="group classes with similar vectors: a row per class, or with --labels a row per image",
    )
    method.add_argument(
        "--encoder",
        metavar="MODEL",
        help="group classes whose names have similar vectors: ARCHITECTURE/WEIGHTS of open_clip, or a folder",
    )
    propose.add_argument(
        "--labels", type=Path, metavar="FILE.csv", help="the table of labels, or the folder of the images"
    )
    propose.add_argument(
        "--most", type=int, metavar="N", help="classes in a superclass at most (default: square root of all)"
    )
    _add_order(propose)
    _add_wordnet(propose)
    return parser


def _models(commands: Commands) -> Parser:
    parser = commands.add_parser(
        "models",
        help="put a checkpoint of yours into the sheet of models, or pin models to commits",
        example="errata models add runs/best.pth --arch resnet50",
    )
    parts = parser.add_subparsers(required=True, dest="part", metavar="PART", title="parts")
    add = parts.add_parser("add", help="check that weights fit an architecture, and write their row")
    add.add_argument("file", type=Path, metavar="FILE", help=".safetensors, or as training programs write them")
    add.add_argument("--arch", required=True, metavar="NAME", help="the architecture, as timm calls it")
    add.add_argument("--name", metavar="NAME", help="what the model is called (default: as the file)")
    add.add_argument(
        "--vocabulary",
        default="imagenet1k",
        metavar="NAME",
        help="its classes: a list in resources/vocabularies (default: imagenet1k)",
    )
    pin = parts.add_parser("pin", help="write the commits whose weights were used into the sheet")
    pin.add_argument(
        "file",
        type=Path,
        nargs="?",
        default=Path("results/weights.tsv"),
        metavar="FILE",
        help="a run's manifest.json, or the table of snakemake fetch_weights (default: results/weights.tsv)",
    )
    return parser


def _completion(commands: Commands) -> Parser:
    parser = commands.add_parser(
        "completion",
        help="print what completes commands and options in a shell",
        example='eval "$(errata completion bash)"    in ~/.bashrc; in ~/.zshrc, with zsh',
    )
    parser.add_argument("shell", choices=("bash", "zsh"), metavar="bash|zsh", help="the shell")
    return parser


def _figure(commands: Commands) -> Parser:
    parser = commands.add_parser(
        "figure",
        help="draw a figure for a paper or a slide, or write a LaTeX table",
        description="Draw the kinds of errors of models (profile), their place among published models (trend), or two "
        "models side by side (compare), at its final size and with a key. Or write their numbers as LaTeX (table).",
        example="errata figure preds.csv --kind trend --out trend.pdf",
    )
    parser.add_argument(
        "profiles",
        nargs="+",
        metavar="PROFILE",
        help="output of errata classify, or predictions; two of these to compare",
    )
    parser.add_argument(
        "--kind", choices=("profile", "trend", "compare", "table"), default="profile", help="default: profile"
    )
    parser.add_argument("--out", required=True, type=Path, metavar="FILE", help="FILE.pdf, .svg or .png; a table: .tex")
    parser.add_argument(
        "--width", choices=("column", "page", "slide"), default="column", help="what it is for (default: column)"
    )
    parser.add_argument("--grey", action="store_true", help="greys and hatchings instead of colours")
    parser.add_argument(
        "--model", action="append", default=[], metavar="NAME", help="which of several models; two of them to compare"
    )
    parser.add_argument(
        "--group", metavar="GROUP", help="which images: organism, artifact, other, or a group of yours (default: all)"
    )
    parser.add_argument("--category", metavar="CATEGORY", help="of a trend: whose share (default: the most severe)")
    _add_atlas(parser)
    _add_order(parser)
    _add_accept(parser)
    return parser


COMMANDS: tuple[Callable[[Commands], Parser], ...] = (
    *(
        _classify,
        _report,
        _doctor,
        _compare,
        _gate,
        _figure,
        _explain,
        _errors,
        _diff,
        _atlas,
        _init,
        _classes,
        _models,
        _completion,
    ),
)
"""What adds each command, in the order of the help."""


def _add_name(parser: Parser) -> None:
    parser.add_argument("atlas", nargs="?", default=SHIPPED, metavar="ATLAS", help=_ATLAS_HELP)


def _add_atlas(parser: Parser) -> None:
    parser.add_argument("--atlas", default=SHIPPED, metavar="ATLAS", help=_ATLAS_HELP)
    parser.add_argument(
        "--classes", metavar="LIST", help=f"the model knows only these classes of the atlas: {_LIST_HELP}"
    )


def _add_images(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--images", type=Path, metavar="DIR", help="your folder of the images, for the report to show")


def _add_accept(parser: Parser) -> None:
    parser.add_argument(
        "--accept",
        action="append",
        default=[],
        metavar="KIND",
        help="score files in spite of this kind of finding, and mark their models (repeat for several)",
    )


def _add_order(parser: Parser) -> None:
    parser.add_argument(
        "--order",
        metavar="ORDER",
        help="which row is which image, if rows have no names: val (file names in ascending order), imagefolder (by "
        "class folder), or a file with a name per line",
    )


def _add_wordnet(parser: Parser) -> None:
    parser.add_argument(
        "--wordnet", type=Path, metavar="PATH", help="WordNet's nouns, if they are not in the folder of the project"
    )


def _add_json_or_markdown(parser: Parser) -> None:
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="print JSON")
    output.add_argument("--markdown", action="store_true", help="print Markdown, for a pull request")
