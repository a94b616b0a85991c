"""Check-points: what is known of the paper's images, classes, superclasses and pairs, beside ours."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl

from errata.atlas.atlas import Atlas
from errata.classes.superclasses import sharing_matrix
from errata.errors import InputError
from errata.groups import GROUPS
from errata.tables import check_table
from errata.trust.tables import CHECKPOINTS


def check_figures(atlas: Atlas, evidence: pl.DataFrame, published: Path | str | None) -> pl.DataFrame:
    """Put the figures of an atlas beside the published ones.

    Parameters
    ----------
    atlas : Atlas
    evidence : polars.DataFrame
        The table `errata.atlas.tables.EVIDENCE` beside it.
    published : path or None
        A CSV file with `figure`, `published` and `about`; None where nothing is known.

    Returns
    -------
    polars.DataFrame
        The table `errata.trust.tables.CHECKPOINTS`, in the order of the file.

    Raises
    ------
    InputError
        If the file names a figure that is not known here.
    """
    schema = {"figure": pl.String, "published": pl.Float64, "about": pl.String}
    listed = pl.DataFrame(schema=schema) if published is None else pl.read_csv(published, schema=schema)
    figures = _images(atlas) | _superclasses(atlas, evidence) | _pairs(atlas, evidence)
    ours = {name: float(value) for name, value in figures.items()}
    unknown = listed.filter(~pl.col("figure").is_in(list(ours)))
    if unknown.height:
        raise InputError(f"{published}: figure '{unknown['figure'][0]}' is not known; known are {', '.join(ours)}.")
    frame = listed.with_columns(ours=pl.col("figure").replace_strict(ours, return_dtype=pl.Float64)).with_columns(
        difference=pl.col("ours") - pl.col("published")
    )
    frame = frame.with_columns(is_exact=pl.col("difference") == 0)
    return check_table(frame.select(*CHECKPOINTS.columns), CHECKPOINTS, where=str(published))


def _images(atlas: Atlas) -> Mapping[str, float]:
    counts = ~atlas.images["is_problematic"].to_numpy()
    groups = atlas.classes["group"]
    return {
        "images": int(counts.sum()),
        "problematic_images": int((~counts).sum()),
        **{f"images_{group}": int((counts & atlas.in_group(group)).sum()) for group in GROUPS[1:]},
        **{f"classes_{group}": int((groups == group).sum()) for group in GROUPS[1:]},
    }


def _superclasses(atlas: Atlas, evidence: pl.DataFrame) -> Mapping[str, float]:
    members = evidence.filter(kind="superclass").select(superclass="text", class_id="class_a")
    sizes = members.group_by("superclass").len()
    sharing = sharing_matrix(members, atlas.classes.height)
    figures: dict[str, float] = {
        "superclasses": sizes.height,
        "superclass_members": members.height,
        "superclass_median": float(sizes["len"].median() or 0),
        "superclass_largest": int(sizes["len"].max() or 0),
        "classes_alone": atlas.classes.height - members["class_id"].n_unique(),
        "pairs_sharing": int(np.triu(sharing, 1).sum()),
    }
    for group in GROUPS[1:]:
        ids = atlas.classes.filter(pl.col("group") == group)["class_id"]
        here = members.join(ids.to_frame(), on="class_id")
        alone = len(ids) - here["class_id"].n_unique()
        reached = sizes.join(here.select("superclass").unique(), on="superclass")
        figures |= {
            f"superclasses_{group}": reached.height + alone,
            f"classes_alone_{group}": alone,
            f"superclass_largest_{group}": int(reached["len"].max() or 0),
        }
    return figures


def _pairs(atlas: Atlas, evidence: pl.DataFrame) -> Mapping[str, float]:
    pairs = evidence.filter(kind="cooccurrence")
    prone = pairs.filter(text="spurious-prone")
    groups = dict(atlas.classes.select("class_id", "group").iter_rows())
    kinds = prone.select(
        pl.concat_list(pl.col("class_a", "class_b").replace_strict(groups, return_dtype=pl.String))
        .list.sort()
        .list.join(" ")
        .alias("kind")
    )["kind"]
    of_kind = {
        kind: int((kinds == kind).sum()) for kind in ("organism organism", "artifact artifact", "artifact organism")
    }
    return {
        "overlapping_pairs": evidence.filter(kind="class_overlap").height,
        "pairs_counted": int(pairs["number"].sum()),
        "pairs_distinct": pairs.height,
        "pairs_twice": pairs.filter(pl.col("number") >= 2).height,
        "pairs_prone": prone.height,
        **{f"pairs_prone_{kind.replace(' ', '_')}": count for kind, count in of_kind.items()},
        "pairs_prone_rest": prone.height - sum(of_kind.values()),
        "non_prototypical_images": evidence.filter(kind="non_prototypical")["file_name"].n_unique(),
    }
