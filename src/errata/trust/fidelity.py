"""Fidelity: our counts of models whose predictions are those that the paper used, beside the paper's own.

Which models these are is found in the data: a model of the report belongs to a published one if both have the same
images, top-1 errors, class overlaps and multi-label answers, and the same top-1 errors in every group. These counts
need neither superclasses nor an open-world check, so all others are free to differ. Check-points put what is known of
the paper's images, classes, superclasses and pairs beside ours.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl

from errata.atlas.compiled import Atlas
from errata.atlas.listings import PRONE, label_statistics
from errata.categories import BEYOND_OPEN_WORLD, CATEGORY_COLUMNS, OPEN_WORLD_UNCHECKED, PUBLISHED_CATEGORIES
from errata.classes.superclasses import sharing_matrix
from errata.errors import InputError
from errata.groups import GROUPS
from errata.tables import check_table
from errata.trust.tables import CHECKPOINTS, FIDELITY
from errata.user_files import read_csv

MATCHED_ON = ("images", "top1_errors", "class_overlap", "multi_label")
"""Counts over all images that must be the same for a model to belong to a published one. The top-1 errors of every
group must be, too: where images have one label, 64 of the paper's models share these counts with another by chance."""

COMPARED_COUNTS = (
    *("images", "correct", "top1_errors"),
    *(name for name in CATEGORY_COLUMNS if name in (*PUBLISHED_CATEGORIES, OPEN_WORLD_UNCHECKED)),
    "imagenet_m_errors",
)
COMPARED_ACCURACIES = ("mla", "mla_minor", "mla_explainable")

SAME_ACCURACY = 1e-9
"""Points within which two accuracies are the same number."""


def check_fidelity(profile: pl.DataFrame, published: pl.DataFrame) -> pl.DataFrame:
    """Compare the counts of models with those of the published models that they match.

    `profile`, `published`: the tables `errata.profiles.tables.PROFILE` and `PUBLISHED`.
    Returns the table `errata.trust.tables.FIDELITY`, by model, group and quantity; empty if no model matches.
    Quantities that the atlas or the data set leaves undefined are left out.
    """
    everyone = _fingerprints(published).rename({"model": "published_model"})
    ours = _fingerprints(profile)
    key = [name for name in ours.columns if name != "model"]
    pairs = ours.join(everyone, on=key, nulls_equal=True).select("model", "published_model")
    unchecked = pl.sum_horizontal(*BEYOND_OPEN_WORLD) if profile[OPEN_WORLD_UNCHECKED].sum() else pl.lit(None, pl.Int32)
    theirs = published.with_columns(open_world_unchecked=unchecked.cast(pl.Int32))
    quantities = tuple(name for name in (*COMPARED_COUNTS, *COMPARED_ACCURACIES) if name in profile.columns)
    keys = ("model", "published_model", "group")
    ours = _long(profile.join(pairs, on="model"), keys, quantities, value="ours")
    theirs = _long(theirs.rename({"model": "published_model"}), keys[1:], quantities, value="published")
    ranks = {name: rank for rank, name in enumerate(quantities)}
    groups = {name: rank for rank, name in enumerate(GROUPS)}
    frame = (
        ours.join(theirs, on=["published_model", "group", "quantity"])
        .drop_nulls(["ours", "published"])
        .with_columns(difference=pl.col("ours") - pl.col("published"))
        .with_columns(is_exact=pl.col("difference").abs() <= SAME_ACCURACY)
        .sort(
            "model",
            "published_model",
            pl.col("group").replace_strict(groups, return_dtype=pl.Int32),
            pl.col("quantity").replace_strict(ranks, return_dtype=pl.Int32),
        )
    )
    return check_table(frame.select(*FIDELITY.columns), FIDELITY, where="fidelity")


def _fingerprints(profile: pl.DataFrame) -> pl.DataFrame:
    """Return, for every model, the counts that a published model must share with it."""
    errors = profile.pivot("group", index="model", values="top1_errors").select(
        "model", *(pl.col(group).alias(f"top1_errors_{group}") for group in GROUPS[1:])
    )
    return profile.filter(group="all").select("model", *MATCHED_ON).join(errors, on="model")


def _long(frame: pl.DataFrame, keys: tuple[str, ...], quantities: tuple[str, ...], *, value: str) -> pl.DataFrame:
    return frame.select(*keys, pl.col(quantities).cast(pl.Float64)).unpivot(
        index=keys, variable_name="quantity", value_name=value
    )


def check_figures(atlas: Atlas, evidence: pl.DataFrame, published: Path | str | None) -> pl.DataFrame:
    """Compare the figures of an atlas with the published ones.

    `evidence`: the table `errata.atlas.tables.EVIDENCE` beside it.
    `published`: a CSV file with `figure`, `published` and `about`; None where nothing is known. Ours are rounded to as
        many decimals as are published.
    Returns the table `errata.trust.tables.CHECKPOINTS`, in the order of the file; empty if the atlas is of a part of
    the data set, of which nothing is published. What the atlas does not know, as the list ImageNet-M, is left out.
    Raises InputError if the file names a figure that is not known here.
    """
    schema = {"figure": pl.String, "published": pl.String, "about": pl.String}
    whole = published is not None and "part" not in atlas.provenance
    listed = read_csv(published, schema=schema) if whole else pl.DataFrame(schema=schema)
    figures = _labels(atlas, evidence) | _superclasses(atlas, evidence) | _pairs(atlas, evidence)
    unknown = listed.filter(~pl.col("figure").is_in(list(figures)))
    if unknown.height:
        raise InputError(f"{published}: figure '{unknown['figure'][0]}' is not known; known are {', '.join(figures)}.")
    rows = [
        (name, about, float(round(figures[name], len(text.partition(".")[2]))), float(text))
        for name, text, about in listed.iter_rows()
        if figures[name] is not None
    ]
    frame = pl.DataFrame(
        rows, schema={name: CHECKPOINTS.schema[name] for name in ("figure", "about", "ours", "published")}, orient="row"
    )
    frame = frame.with_columns(
        difference=pl.col("ours") - pl.col("published"), is_exact=pl.col("ours") == pl.col("published")
    )
    return check_table(frame.select(*CHECKPOINTS.columns), CHECKPOINTS, where=str(published))


def _labels(atlas: Atlas, evidence: pl.DataFrame) -> Mapping[str, float | None]:
    statistics = {row["group"]: row for row in label_statistics(atlas).to_dicts()}
    figures: dict[str, float | None] = {
        "images": statistics["all"]["images"],
        "problematic_images": int(atlas.images["is_problematic"].sum()),
        "images_one_label": statistics["all"]["images"] - statistics["all"]["several_labels"],
    }
    for group, row in statistics.items():
        figures |= {
            f"images_{group}": row["images"],
            f"classes_{group}": row["classes"],
            f"share_several_labels_{group}": row["share_several_labels"] or 0.0,
            f"labels_per_image_{group}": row["labels_per_image"] or 0.0,
            f"labels_where_several_{group}": row["labels_where_several"] or 0.0,
        }
    in_m = atlas.images["is_imagenet_m"]
    known = not in_m.null_count()
    figures |= {
        f"imagenet_m_{group}": int(in_m.filter(atlas.in_group(group)).sum()) if known else None for group in GROUPS
    }
    return figures | _several_labels(atlas) | _labels_that_overlap(atlas, evidence)


def _several_labels(atlas: Atlas) -> Mapping[str, int]:
    """Count the images with several labels by how many of these are organisms and artifacts."""
    several = atlas.images.filter(~pl.col("is_problematic") & (pl.col("multi_labels").list.len() > 1))

    def labels_in(group: str) -> pl.Expr:
        ids = atlas.classes.filter(group=group)["class_id"].to_list()
        return pl.col("multi_labels").list.eval(pl.element().is_in(ids)).list.sum()

    organisms, artifacts = labels_in("organism"), labels_in("artifact")
    kinds = {
        "several_labels_neither": (organisms == 0) & (artifacts == 0),
        "several_labels_both": (organisms > 0) & (artifacts > 0),
        "several_labels_artifact": (organisms == 0) & (artifacts > 0),
        "several_labels_artifacts": (organisms == 0) & (artifacts > 1),
        "several_labels_organism": (organisms > 0) & (artifacts == 0),
        "several_labels_organisms": (organisms > 1) & (artifacts == 0),
    }
    return several.select(kind.sum().alias(name) for name, kind in kinds.items()).row(0, named=True)


def _labels_that_overlap(atlas: Atlas, evidence: pl.DataFrame) -> Mapping[str, int]:
    """Count the labels that have overlapping classes, and those whose overlapping classes are all labels too."""
    overlap = evidence.filter(kind="class_overlap").group_by("class_a").agg(accepted="class_b")
    labels = atlas.images.filter(~pl.col("is_problematic")).select("multi_labels", label="multi_labels")
    found = labels.explode("label").join(overlap, left_on="label", right_on="class_a")
    covered = found.select(pl.col("accepted").list.set_difference("multi_labels").list.len() == 0).to_series()
    return {"labels_that_overlap": found.height, "labels_that_overlap_covered": int(covered.sum())}


def _superclasses(atlas: Atlas, evidence: pl.DataFrame) -> Mapping[str, float]:
    members = _members(evidence)
    sizes = members.group_by("superclass").len()
    sharing = sharing_matrix(members, atlas.classes.height)
    figures: dict[str, float] = {
        "superclasses": sizes.height,
        "superclass_members": members.height,
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
            **_sizes(reached["len"], alone, group),
        }
    return figures | _sizes(sizes["len"], atlas.classes.height - members["class_id"].n_unique(), "all")


def _sizes(sizes: pl.Series, alone: int, group: str) -> Mapping[str, float]:
    """Return mean and median size of superclasses, and the two with classes in none as ones of size one."""
    every = pl.concat([sizes, pl.repeat(1, alone, dtype=sizes.dtype, eager=True)])
    return {
        f"superclass_mean_{group}": sizes.mean() or 0.0,
        f"superclass_median_{group}": sizes.median() or 0.0,
        f"superclass_mean_with_alone_{group}": every.mean() or 0.0,
        f"superclass_median_with_alone_{group}": every.median() or 0.0,
    }


def _members(evidence: pl.DataFrame) -> pl.DataFrame:
    return evidence.filter(kind="superclass").select(superclass="text", class_id="class_a")


def _pairs(atlas: Atlas, evidence: pl.DataFrame) -> Mapping[str, float]:
    pairs = evidence.filter(kind="cooccurrence")
    prone = pairs.filter(text=PRONE)
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
        "pairs_disjoint": int(
            (~sharing_matrix(_members(evidence), atlas.classes.height))[
                pairs["class_a"].to_numpy(), pairs["class_b"].to_numpy()
            ].sum()
        ),
        "pairs_twice": pairs.filter(pl.col("number") >= 2).height,
        "pairs_prone": prone.height,
        **{f"pairs_prone_{kind.replace(' ', '_')}": count for kind, count in of_kind.items()},
        "pairs_prone_rest": prone.height - sum(of_kind.values()),
        "non_prototypical_images": evidence.filter(kind="non_prototypical")["file_name"].n_unique(),
    }
