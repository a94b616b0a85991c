"""Expert lists: mistakes of two models that people looked at one by one (Vasudevan et al. 2022)."""

import json
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from errata.errors import InputError

NON_PROTOTYPICAL = "Non-prototypical"


def read_experts(paths: Mapping[str, Path | str]) -> pl.DataFrame:
    """Read expert lists.

    Parameters
    ----------
    paths : mapping
        Name of the list -> a JSON object {file name: {top_prediction, failure category, failure severity}}.

    Returns
    -------
    polars.DataFrame
        `expert_list`, `file_name`, `predicted_class`, `expert_category`, `expert_severity`, one row per judged mistake.

    Raises
    ------
    InputError
        If a file has another layout.
    """
    rows: list[tuple] = []
    for name, path in paths.items():
        try:
            judged = json.loads(Path(path).read_text(encoding="utf-8"))
            rows += [
                (name, file, row["top_prediction"], row["failure category"], row["failure severity"])
                for file, row in judged.items()
            ]
        except (json.JSONDecodeError, AttributeError, KeyError, TypeError) as error:
            raise InputError(
                f"{path}: expected a JSON object {{file name: {{top_prediction, failure category, failure severity}}}} "
                f"({error!r})."
            ) from error
    schema = {
        "expert_list": pl.String,
        "file_name": pl.String,
        "predicted_class": pl.Int16,
        "expert_category": pl.String,
        "expert_severity": pl.String,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def non_prototypical(experts: pl.DataFrame) -> pl.DataFrame:
    """Return the images that any list calls non-prototypical: `file_name`, `non_prototypical_source` (list names)."""
    return (
        experts.filter(pl.col("expert_category") == NON_PROTOTYPICAL)
        .group_by("file_name", maintain_order=True)
        .agg(non_prototypical_source=pl.col("expert_list").unique(maintain_order=True).str.join(", "))
    )
