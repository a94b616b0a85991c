"""What the images of a data set of one's own might show that is none of its classes: names of a list, or of WordNet."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from errata.classes.hypernyms import NOUNS, Nouns, find_nouns
from errata.classes.proposals import Proposer
from errata.classes.tables import WORDNET as WORDNET_TABLE
from errata.classes.wordnet import WordNet
from errata.errors import InputError, listed, shown
from errata.files import read_text
from errata.openworld.tables import OWN_CLASS, OWN_NAME
from errata.own_data.class_table import SEPARATOR, OwnClasses
from errata.own_data.general_nouns import general_nouns
from errata.provenance import file_and_hash

WORDNET = "wordnet"
"""In place of a list: what WordNet proposes for each class."""

GENERAL = "nouns"
"""In place of a list: what pictures show in general (`errata.own_data.general_nouns`)."""

COMMENT = "#"

_ROOT = 0
"""Stands above all classes and names of a list; it is never proposed."""


@dataclass(frozen=True)
class Outside:
    """What is proposed for each prediction.

    Attributes
    ----------
    proposer : Proposer
        Proposes, in this order: the prediction; the classes that share a superclass with it; what is outside.
    words : str or None
        What is outside, for reports; None where it is what WordNet proposes.
    inputs : mapping
        The file that it comes from, as provenance.
    remarks : tuple of str
        What was left out.
    """

    proposer: Proposer
    words: str | None
    inputs: Mapping[str, dict[str, str]] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


def read_outside(
    given: Path | str | Sequence[str], known: OwnClasses, sharing: np.ndarray, *, wordnet: Path | str | None = None
) -> Outside:
    """Read what is outside the classes.

    Parameters
    ----------
    given : path, str or sequence of str
        A text file in UTF-8 or UTF-16, or its lines: the name of a thing on each, further names of it separated by `;`,
        comments after `#` at the beginning of a line. Or `wordnet`, or `nouns`.
    known : OwnClasses
    sharing : numpy.ndarray
        bool, shape (classes, classes): whether two classes share a superclass.
    wordnet : path, optional
        WordNet's nouns, where the folder of the project is not at hand.

    Raises
    ------
    InputError
        If there is no such file, it names nothing but classes, or a class is not in WordNet, which is asked.
    """
    if given == WORDNET:
        proposer = _of_wordnet(known, sharing, find_nouns(wordnet and Path(wordnet), needed=True))
        return Outside(proposer, words=None, inputs={WORDNET: file_and_hash(Path(wordnet or NOUNS))})
    if wordnet is not None and given not in (WORDNET, GENERAL):
        raise InputError(
            f"--wordnet: a list of names is not looked up in WordNet. Leave it out, or give --open-world {WORDNET} or "
            f"{GENERAL}."
        )
    class_names = known.classes["lemmas"].to_list()
    if given == GENERAL:
        nouns = find_nouns(wordnet and Path(wordnet), needed=True)
        lines = [f" {SEPARATOR} ".join(names) for names in general_nouns(nouns, known)]
        things, _ = _things(lines, class_names, GENERAL)
        source, inputs, remarks = "a general list", {WORDNET: file_and_hash(Path(wordnet or NOUNS))}, []
    elif isinstance(given, str | Path):
        if not Path(given).exists():
            raise InputError(
                f"{given}: there is no such file. Expected a text file with the name of a thing a line, things that "
                f"your images show and that are none of the classes; or {WORDNET}, or {GENERAL}."
            )
        things, remarks = _things(read_text(given).splitlines(), class_names, str(given))
        source, inputs = Path(given).name, {"open_world": file_and_hash(Path(given))}
    else:
        things, remarks = _things(given, class_names, "open_world")
        source, inputs = "a list", {}
    proposer = Proposer(
        _hierarchy(class_names, things), tuple(OWN_CLASS + each for each in range(len(sharing))), sharing
    )
    count = "1 thing" if len(things) == 1 else f"{len(things):,} things"
    return Outside(proposer, f"{count} of {source}, the same for every class", inputs, tuple(remarks))


def _things(
    lines: Sequence[str], class_names: Sequence[Sequence[str]], where: str
) -> tuple[list[tuple[str, ...]], list[str]]:
    """Return the names of each thing, and what was left out."""
    of_class = {_key(name) for names in class_names for name in names}
    taken: set[str] = set()
    things, classes, repeated = [], [], []
    for line in lines:
        text = unicodedata.normalize("NFC", line).strip()
        names = [] if text.startswith(COMMENT) else [name.strip() for name in text.split(SEPARATOR) if name.strip()]
        of_known = [name for name in names if _key(name) in of_class]
        classes += of_known
        if of_known:
            # then all names of this thing are names of the class
            continue
        fresh = []
        for name in names:
            (repeated if _key(name) in taken else fresh).append(name)
            taken.add(_key(name))
        things += [tuple(fresh)] if fresh else []
    if not things:
        raise InputError(
            f"{where}: names nothing that is none of the classes. Write the name of a thing a line: what your images "
            "show and models may take for a class."
        )
    remarks = []
    if classes:
        remarks.append(f"{where}: {listed(classes, 3)} {_are(classes)} in the table of classes and left out.")
    if repeated:
        remarks.append(f"{where}: {listed(repeated, 3)} {_are(repeated)} listed before and left out.")
    return things, remarks


def _are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _hierarchy(class_names: Sequence[Sequence[str]], things: Sequence[Sequence[str]]) -> WordNet:
    """Return a WordNet of classes and things in which all things, and no class, are siblings of each class."""
    outside = [OWN_NAME + number for number in range(len(things))]
    offsets = [OWN_CLASS + class_id for class_id in range(len(class_names))] + outside
    table = pl.DataFrame(
        {
            "offset": [_ROOT, *offsets],
            "lemmas": [["thing"], *map(_distinct, [*class_names, *things])],
            "hypernyms": [[], *([[_ROOT]] * len(offsets))],
            "instance_hypernyms": [[]] * (len(offsets) + 1),
            "hyponyms": [outside, *([[]] * len(offsets))],
        },
        schema={
            name: dtype for name, dtype in WORDNET_TABLE.schema.items() if name not in ("name", "instance_hyponyms")
        },
    )
    return WordNet.from_table(table)


def _distinct(names: Sequence[str]) -> list[str]:
    """Return names without those that differ in case only: they make the same prompt, which counts once."""
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(_key(name), name)
    return list(first.values())


def _key(name: str) -> str:
    """Return a name as it is compared: case, underscores and repeated spaces make no difference."""
    return " ".join(unicodedata.normalize("NFC", name).replace("_", " ").casefold().split())


def _of_wordnet(known: OwnClasses, sharing: np.ndarray, nouns: Nouns) -> Proposer:
    """Return WordNet's proposer for classes that have a wnid, or a name with one meaning."""
    names = known.classes["name"]
    of_class: dict[int, str] = {}
    unclear = []
    for name, (wnid, lemmas) in zip(names, known.classes.select("wnid", "lemmas").iter_rows(), strict=True):
        meanings = nouns.meanings_of_class(wnid, lemmas)
        if len(meanings) != 1:
            unclear.append(f"'{shown(name, 40)}'")
        elif of_class.setdefault(meanings[0].offset, name) != name:
            raise InputError(
                f"--open-world {WORDNET}: '{shown(of_class[meanings[0].offset], 40)}' and '{shown(name, 40)}' are the "
                "same synset. Give the wnid of one of them."
            )
    if unclear:
        raise InputError(
            f"--open-world {WORDNET}: {len(unclear):,} of {len(names):,} classes have no wnid and not one meaning in "
            f"WordNet ({listed(unclear, 3)}). Give their wnids in the table of classes, or a list of names."
        )
    return Proposer(nouns.wordnet, tuple(of_class), sharing)
