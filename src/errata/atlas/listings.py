"""What an atlas was compiled from, as listings: labels of the images, members of superclasses, pairs of classes."""

from itertools import combinations

import polars as pl

from errata.atlas.compiled import Atlas
from errata.atlas.tables import GROUP_OVERLAPS, LABEL_STATISTICS, PRONE_PAIRS, SUPERCLASS_MEMBERS
from errata.tables import check_table

PRONE = "spurious-prone"
"""The text of a co-occurrence in the evidence if the pair is prone to spurious correlations."""


def label_statistics(atlas: Atlas) -> pl.DataFrame:
    """Return the table `errata.atlas.tables.LABEL_STATISTICS`, in the order of the atlas's groups."""
    counts = ~atlas.images["is_problematic"].to_numpy()
    labels = atlas.images["multi_labels"].list.len()
    rows = []
    for group in atlas.groups:
        here = labels.filter(counts & atlas.in_group(group))
        several = here.filter(here > 1)
        classes = atlas.classes if group == "all" else atlas.classes.filter(group=group)
        share = 100 * len(several) / len(here) if len(here) else None
        rows.append((group, len(here), classes.height, len(several), share, here.mean(), several.mean()))
    frame = pl.DataFrame(rows, schema=LABEL_STATISTICS.schema, orient="row")
    return check_table(frame, LABEL_STATISTICS, where="labels")


def group_overlaps(atlas: Atlas) -> pl.DataFrame:
    """Return the table `errata.atlas.tables.GROUP_OVERLAPS`, a row for every two groups."""
    counts = ~atlas.images["is_problematic"].to_numpy()
    inside = {group: counts & atlas.in_group(group) for group in atlas.groups if group != "all"}
    rows = [(a, b, int((inside[a] & inside[b]).sum())) for a, b in combinations(inside, 2)]
    frame = pl.DataFrame(rows, schema=GROUP_OVERLAPS.schema, orient="row")
    return check_table(frame, GROUP_OVERLAPS, where="groups")


def superclass_members(atlas: Atlas, evidence: pl.DataFrame) -> pl.DataFrame:
    """Return the table `errata.atlas.tables.SUPERCLASS_MEMBERS`; `evidence` is the table beside the atlas."""
    members = evidence.filter(kind="superclass").select(superclass="text", class_id="class_a")
    frame = members.join(atlas.classes, on="class_id").sort("superclass", "class_id")
    return check_table(frame.select(*SUPERCLASS_MEMBERS.columns), SUPERCLASS_MEMBERS, where="superclasses")


def prone_pairs(atlas: Atlas, evidence: pl.DataFrame) -> pl.DataFrame:
    """Return the table `errata.atlas.tables.PRONE_PAIRS`, most images first; `evidence` is of the atlas."""
    names = dict(atlas.classes.select("class_id", "name").iter_rows())
    pairs = evidence.filter(kind="cooccurrence", text=PRONE).with_columns(
        pl.col("number").cast(pl.Int32).alias("images"),
        *(pl.col(f"class_{x}").replace_strict(names, return_dtype=pl.String).alias(f"name_{x}") for x in "ab"),
    )
    frame = pairs.sort("images", "class_a", "class_b", descending=[True, False, False])
    return check_table(frame.select(*PRONE_PAIRS.columns), PRONE_PAIRS, where="pairs")
