"""What the columns of a table of predictions are, by their names: those that Errata writes, and what other tools write.

A name is one of a kind: it may say `filename`, `img_path` or `ImageId`, `pred`, `top1` or `class_idx`. Which of several
columns of a kind is meant is decided by what it holds, in `errata.predictions.table_layout`.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

COLUMNS = ("file_name", "predicted_class", "predicted_probability", "model")
"""What Errata calls the columns of a table of predictions."""

ALIASES: Mapping[str, tuple[str, ...]] = {
    "file_name": (
        "filename", "file", "file_path", "filepath", "image_file", "image_path", "img_path", "path", "image_name",
        "img_name", "image", "img", "imagefile", "image_filename", "img_file", "image_id", "imageid", "img_id",
        "sample_file", "sample_files", "sample_name", "sample_path", "sample", "sample_id", "file_names", "filenames",
        "files", "image_paths", "paths", "images", "image_names", "names", "name", "key", "id", "url", "uri",
    ),
    "predicted_probability": (
        "probability", "prob", "probs", "confidence", "conf", "pred_prob", "pred_score", "predicted_score",
        "predicted_prob", "prediction_probability", "top1_prob", "top1_probability", "top1_score", "max_prob", "score",
        "class_prob", "class_probability", "p",
    ),
    "model": ("model_name",),
}  # fmt: skip
"""Other names of these columns, the plainest first, in lower case with underscores."""

_SURE = re.compile(
    r"pred|(?:^|_)top_?1(?:_|$)|argmax|(?:^|_)y_?hat|(?:^|_)y_?pred|(?:^|_)guess|(?:^|_)classification$|(?:^|_)answer"
)
"""Names that say that a column is a prediction."""
_UNSURE = (
    "class_id", "class_index", "class_idx", "category_id", "label_id", "label_index", "label_idx", "index", "idx",
    "class", "classes", "category", "class_name", "label", "labels", "label_name", "wnid", "synset", "output",
    "outputs", "result", "top",
)  # fmt: skip
"""Names of columns that may be predictions; a class id before its name."""
_TOP_K = re.compile(r"^top_?(?:k|\d+)(?:_(?:class(?:es)?|ids?|idx|ind(?:ex|ices)|labels?|pred(?:iction)?s?))?$")
"""Names of columns that hold several classes by rank."""
_NO_CLASS = re.compile(r"prob|score|conf|logit|softmax|entropy|loss|rank|correct|time|std|var|uncert|margin|(?:^|_)acc")
_TARGET = re.compile(
    r"(?:^|_)(?:target|targets|true|truth|gt|actual|expected|correct|groundtruth|y|ytrue|label_ids|reference)(?:_|$)"
)
_SCORES = re.compile(r"logit|prob|score|softmax|output|conf|(?:^|_)pred")
_RANK = ("rank", "k", "topk_rank")
_OWN_SUMMARY = ({"top1_err"}, {"top5_err"}, {"top1", "top5"}, {"acc1", "acc5"}, {"top_1", "top_5"})
_NUMBERED = re.compile(r"^(.*?)[_\- .@]?(\d+)$")


@dataclass(frozen=True)
class NamedColumns:
    """The columns of a table by what their names say, those that are preferred first.

    Attributes
    ----------
    file_names, predictions, probabilities, targets, ranks : tuple of str
        The file's own names. Of `predictions` those that say so come before those that may be, such as `label`.
    sure : int
        How many of `predictions` say so.
    model : str or None
    groups : mapping
        Columns that are numbered, as `index_0` to `index_4` or `1` to `1000`: what they are called -> the columns in
        order.
    """

    file_names: tuple[str, ...]
    predictions: tuple[str, ...]
    sure: int
    probabilities: tuple[str, ...]
    targets: tuple[str, ...]
    ranks: tuple[str, ...]
    model: str | None
    groups: Mapping[str, tuple[str, ...]]


def plain(name: str) -> str:
    """Return a column's name in lower case with underscores: `PredictionString` is `prediction_string`."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip())
    return re.sub(r"[^a-z0-9]+", "_", parted.lower()).strip("_")


def columns_by_name(found: Iterable[str]) -> NamedColumns:
    """Sort the columns of a table by what their names say."""
    found = list(found)
    names = {name: plain(name) for name in found}
    groups = _groups(found)
    grouped = {name for members in groups.values() for name in members}
    alone = [name for name in found if name not in grouped]

    def known(role: str) -> tuple[str, ...]:
        order = {alias: place for place, alias in enumerate((role, *ALIASES[role]))}
        fitting = [name for name in alone if names[name] in order]
        return tuple(sorted(fitting, key=lambda name: (name != role, order[names[name]])))

    file_names, probabilities, models = (known(role) for role in ("file_name", "predicted_probability", "model"))
    taken = {*file_names, *probabilities, *models[:1]}
    rest = [name for name in alone if name not in taken]
    sure = [name for name in rest if is_prediction(name)]
    sure.sort(key=lambda name: (name != "predicted_class", "name" in names[name]))
    targets = [name for name in rest if name not in sure and _TARGET.search(names[name])]
    others = [name for name in rest if may_be_prediction(name) and name not in (*sure, *targets)]
    others.sort(key=lambda name: _UNSURE.index(names[name]) if names[name] in _UNSURE else len(_UNSURE))
    return NamedColumns(
        file_names,
        (*sure, *others),
        len(sure),
        probabilities,
        tuple(targets),
        tuple(name for name in rest if names[name] in _RANK),
        models[0] if models else None,
        groups,
    )


def is_prediction(name: str) -> bool:
    """Tell whether a name says that a column holds predicted classes."""
    return bool(_SURE.search(plain(name))) and not _NO_CLASS.search(plain(name))


def said_of_numbers(name: str) -> str | None:
    """Return whether a column's name says that numbers in it are `ids` or `names` of classes; None if neither."""
    found = re.search(r"(?:^|_)(?:(names?)|ids?|idx|ind(?:ex|ices))(?:_|$)", plain(name))
    return None if found is None else "names" if found[1] else "ids"


def says_whether_right(name: str) -> bool:
    """Return whether a column's name says that it tells right from wrong predictions."""
    return re.search(r"(?:^|_)(?:is_?)?(?:correct|right|hit)(?:_|$)", plain(name)) is not None


def may_be_prediction(name: str) -> bool:
    """Tell whether a name is one that columns of predicted classes have."""
    return is_prediction(name) or plain(name) in _UNSURE or bool(_TOP_K.match(plain(name)))


def may_be_scores(name: str) -> bool:
    """Tell whether a name is one that columns or arrays of scores have."""
    return bool(_SCORES.search(plain(name)))


def is_target(name: str) -> bool:
    """Tell whether a name says that a column holds targets."""
    return bool(_TARGET.search(plain(name))) and not is_prediction(name)


def is_file_name(name: str) -> bool:
    """Tell whether a name is one that columns of file names have."""
    return plain(name) in ("file_name", *ALIASES["file_name"])


def is_summary(found: Iterable[str]) -> bool:
    """Tell whether columns are those of a table of accuracies, a row per model, as timm's `validate.py` writes it."""
    names = {plain(name) for name in found}
    return any(needed <= names for needed in _OWN_SUMMARY) and not any(
        is_file_name(name) and plain(name) not in ("name", "id", "key") for name in names
    )


def near_match(role: str, found: Iterable[str]) -> str | None:
    """Return the column whose name is nearly one of a role's, for a hint."""
    own = {plain(name): name for name in found if name not in COLUMNS}
    wanted = (role, *ALIASES.get(role, ("prediction", "predicted", "predicted_label", "class_id")))
    close = next((near for each in wanted if (near := difflib.get_close_matches(each, own, n=1, cutoff=0.75))), None)
    return own[close[0]] if close else None


def _groups(found: list[str]) -> dict[str, tuple[str, ...]]:
    """Return the numbered columns that stand for one thing: from 0 or 1 on, without gaps, two or more."""
    numbered: dict[str, dict[int, str]] = {}
    for name in found:
        match = _NUMBERED.match(name.strip())
        if match and not (len(match[2]) > 1 and match[2].startswith("0")):
            numbered.setdefault(match[1], {})[int(match[2])] = name
    groups = {}
    for base, members in numbered.items():
        numbers = sorted(members)
        if len(numbers) > 1 and numbers[0] in (0, 1) and numbers[-1] - numbers[0] + 1 == len(numbers):
            groups[base] = tuple(members[number] for number in numbers)
    return groups
