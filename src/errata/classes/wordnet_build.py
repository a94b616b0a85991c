"""Read a WordNet 3.0 database with nltk. A module of its own, since nothing else needs nltk."""

import shutil
import tempfile
import warnings
from pathlib import Path

import nltk
import polars as pl
from nltk.corpus.reader.wordnet import WordNetCorpusReader

from errata.classes.tables import WORDNET
from errata.errors import InputError

# nltk opens a `lexnames` file, which some distributions leave out; these are the 45 lexicographer files of WordNet 3.0
_LEXICOGRAPHER_FILES = (
    ("adj.all adj.pert adv.all", (3, 3, 4)),
    (
        "noun.Tops noun.act noun.animal noun.artifact noun.attribute noun.body noun.cognition noun.communication "
        "noun.event noun.feeling noun.food noun.group noun.location noun.motive noun.object noun.person "
        "noun.phenomenon noun.plant noun.possession noun.process noun.quantity noun.relation noun.shape noun.state "
        "noun.substance noun.time",
        (1,) * 26,
    ),
    (
        "verb.body verb.change verb.cognition verb.communication verb.competition verb.consumption verb.contact "
        "verb.creation verb.emotion verb.motion verb.perception verb.possession verb.social verb.stative verb.weather",
        (2,) * 15,
    ),
    ("adj.ppl", (3,)),
)
_FILES = tuple(f"{kind}.{part}" for part in ("noun", "verb", "adj", "adv") for kind in ("data", "index"))
_EXCEPTIONS = ("noun.exc", "verb.exc", "adj.exc", "adv.exc")


class _NounReader(WordNetCorpusReader):
    def map_wn(self, *_args: object) -> dict:
        """Return nothing: maps between WordNet versions are not needed."""
        return {}


def build_wordnet(folder: Path | str) -> pl.DataFrame:
    """Read the noun synsets of the WordNet 3.0 database in `folder`.

    The folder is what Debian's `wordnet-base` installs as /usr/share/wordnet, or nltk's `corpora/wordnet`.

    Returns
    -------
    polars.DataFrame
        The table `errata.classes.tables.WORDNET`, by offset. Lemma names are in the database's order. Related synsets
        are by name, as nltk 3.8.1, which the paper used, returned them; later versions return another order.

    Raises
    ------
    InputError
        If files are missing or the database is not WordNet 3.0.
    """
    folder = Path(folder)
    missing = [name for name in (*_FILES, *_EXCEPTIONS) if not (folder / name).is_file()]
    if missing:
        raise InputError(f"{folder}: expected a WordNet 3.0 database, but {', '.join(missing)} is not there.")
    with tempfile.TemporaryDirectory() as scratch:
        # nltk reads only below its data path and refuses links that leave it, so the files are copied
        root = Path(scratch) / "wordnet"
        root.mkdir()
        for name in (*_FILES, *_EXCEPTIONS):
            shutil.copyfile(folder / name, root / name)
        _write_lexnames(root / "lexnames")
        nltk.data.path.append(scratch)
        try:
            with warnings.catch_warnings(action="ignore", category=UserWarning):  # no other languages
                reader = _NounReader(nltk.data.FileSystemPathPointer(str(root)), None)
            version = reader.get_version()
            if version != "3.0":
                raise InputError(f"{folder}: expected WordNet 3.0, found version {version}.")
            synsets = sorted(reader.all_synsets("n"), key=lambda synset: synset.offset())
            columns = {
                "offset": [synset.offset() for synset in synsets],
                "name": [synset.name() for synset in synsets],
                "lemmas": [synset.lemma_names() for synset in synsets],
                "hypernyms": [_offsets(synset.hypernyms()) for synset in synsets],
                "instance_hypernyms": [_offsets(synset.instance_hypernyms()) for synset in synsets],
                "hyponyms": [_offsets(synset.hyponyms()) for synset in synsets],
                "instance_hyponyms": [_offsets(synset.instance_hyponyms()) for synset in synsets],
            }
        finally:
            nltk.data.path.remove(scratch)
    return pl.DataFrame(columns, schema={name: column.dtype for name, column in WORDNET.columns.items()})


def _offsets(synsets: list) -> list[int]:
    return [synset.offset() for synset in sorted(synsets)]


def _write_lexnames(path: Path) -> None:
    rows = [
        (name, part) for names, parts in _LEXICOGRAPHER_FILES for name, part in zip(names.split(), parts, strict=True)
    ]
    path.write_text("".join(f"{number:02d}\t{name}\t{part}\n" for number, (name, part) in enumerate(rows)))
