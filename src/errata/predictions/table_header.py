"""What the header of a table of predictions says: which columns may be used, or what is missing."""

from collections import Counter
from pathlib import Path

from errata.errors import listed, shown
from errata.predictions.column_names import (
    COLUMNS,
    NamedColumns,
    columns_by_name,
    is_summary,
    may_be_prediction,
    may_be_scores,
    near_match,
    says_whether_right,
)
from errata.predictions.prediction_file import NEEDS_CLASSES, PredictionsError
from errata.predictions.score_columns import may_be_named_scores, score_columns


def check_header(path: Path, found: list[str], classes: int | None) -> NamedColumns:
    """Return the columns of a table by what their names say.

    Raises
    ------
    PredictionsError
        If one occurs twice, none can be the prediction, or the table holds accuracies.
    """
    repeated = sorted(name for name, count in Counter(found).items() if count > 1)
    if repeated:
        raise PredictionsError("wrong_header", f"{path}: the column(s) {listed(repeated)} occur more than once.")
    if is_summary(found):
        raise PredictionsError(
            "accuracies_only",
            f"{path}: it holds accuracies of models ({listed(found, 6)}), as timm's validate.py writes them, not what "
            "was predicted for each image. Save the predictions, such as with timm's inference.py.",
        )
    names = columns_by_name(found)
    if names.predictions or any(base and may_be_prediction(base) for base in names.groups):
        if not names.file_names and (near := near_match("file_name", found)) and near not in names.predictions:
            raise lacking(path, ["file_name"], found)
        return names
    if (
        may_be_named_scores(names, found, classes)
        or score_columns(names, found, classes)
        or any(map(may_be_scores, found))
        or (names.file_names and len(found) == 2)
        or len(found) == 1
    ):
        return names
    missing = [] if names.file_names else ["file_name"]
    raise lacking(path, [*missing, "predicted_class"], found)


def lacking(path: Path, missing: list[str], found: list[str]) -> PredictionsError:
    """Return the error that says which columns are missing, and which others look like them."""
    hints = [
        f"'{shown(near, 40)}' looks like '{name}': rename it" for name in missing if (near := near_match(name, found))
    ]
    advice = f" {'; '.join(hints)}." if hints else ""
    if any(says_whether_right(name) for name in found):
        advice = f" {NEEDS_CLASSES}"
    return PredictionsError(
        "wrong_header",
        f"{path}: lacks the column(s) {', '.join(missing)}; found {listed(found)}. "
        f"Expected file_name, predicted_class and optionally predicted_probability, model.{advice}",
    )


def layout_of(kind: str, found: list[str], used: dict[str, str]) -> str:
    """Return how a table was read, in words."""
    ignored = [name for name in found if name not in used.values()]
    named = ", ".join(used[name] or "a column without a name" for name in COLUMNS if name in used)
    return f"{kind} table with {named}" + (f" (not used: {listed(ignored)})" if ignored else "")
