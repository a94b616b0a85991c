"""What is defined on which data set, worked out from the sheet of data sets and the labels of the run."""

from collections.abc import Collection, Mapping

import polars as pl

from errata.categories import CATEGORIES, CHECKED
from errata.sheets import Dataset
from errata.tables import check_table
from errata.trust.tables import DEFINED

DEFINED_QUANTITIES = (
    *CHECKED,
    "problematic_images",
    "imagenet_m_errors",
    "published_comparison",
    "expert_agreement",
    "label_set_swap",
    "truth_test",
)
"""Categories, and what else a report may show."""


def list_defined(
    datasets: Mapping[str, Dataset],
    *,
    in_run: Collection[str],
    planted: Collection[str],
    open_world: Collection[str],
    imagenet_m: Mapping[str, bool],
) -> pl.DataFrame:
    """List what is defined on each data set of the sheet that can have an atlas, and is not of one's own tables.

    `datasets`: the sheet, by name.
    `in_run`: the data sets of the run.
    `planted`, `open_world`: those of them whose mistakes have planted causes, and that have an atlas which checks the
        open world.
    `imagenet_m`: data set of the run -> whether its multi-labels say which images are in ImageNet-M.
    Returns the table `errata.trust.tables.DEFINED`, in the order of the sheet and of `DEFINED_QUANTITIES`.
    """
    rows = []
    for name, dataset in datasets.items():
        if dataset.pairs_from is None or dataset.has_own_tables:
            continue
        facts = _facts(
            dataset,
            planted=name in planted,
            open_world=name in open_world if name in in_run else None,
            imagenet_m=imagenet_m.get(name),
        )
        rows += [(name, dataset.title, name in in_run, quantity, *facts[quantity]) for quantity in DEFINED_QUANTITIES]
    frame = pl.DataFrame(rows, schema=DEFINED.schema, orient="row")
    return check_table(frame, DEFINED, where="defined")


def _facts(
    dataset: Dataset, *, planted: bool, open_world: bool | None, imagenet_m: bool | None
) -> dict[str, tuple[bool | None, str]]:
    has_labels = dataset.multilabels is not None
    labels = "people labelled everything that the images show" if has_labels else "the target is the only label"
    pairs = "" if dataset.pairs_from == dataset.dataset else f" of {dataset.pairs_from}"
    swap = has_labels and dataset.real is not None
    return {
        **{category.name: (True, category.basis) for category in CATEGORIES},
        "multi_label": (has_labels, labels),
        "fine_grained": (True, "by superclass" if has_labels else "by superclass, against the target alone"),
        "fine_grained_oov": _open_world(open_world),
        "spurious_correlation": (True, f"pairs from the re-assessed labels{pairs}"),
        "non_prototypical": _experts(dataset),
        "problematic_images": (has_labels, labels),
        "imagenet_m_errors": _imagenet_m(has_labels, imagenet_m),
        "published_comparison": _known(dataset.published is not None, "the paper's tables", "no published tables"),
        "expert_agreement": _experts(dataset),
        "label_set_swap": _known(swap, "multi-labels and re-assessed labels", "one of the two label sets is missing"),
        "truth_test": _known(planted, "causes were planted in the images", "nobody knows why a model errs here"),
    }


def _known(is_known: bool, yes: str, no: str) -> tuple[bool, str]:
    return (True, yes) if is_known else (False, no)


def _experts(dataset: Dataset) -> tuple[bool, str]:
    return _known(bool(dataset.experts), "expert lists", "no expert looked at its mistakes")


def _open_world(open_world: bool | None) -> tuple[bool | None, str]:
    if open_world is None:
        return None, "takes an atlas that checks the open world; not in this run"
    return _known(
        open_world, "an atlas of this run checks the open world", "no atlas of this run checks the open world"
    )


def _imagenet_m(has_labels: bool, imagenet_m: bool | None) -> tuple[bool | None, str]:
    if not has_labels:
        return False, "no list of these images"
    if imagenet_m is None:
        return None, "the multi-label file says which images; not in this run"
    return _known(imagenet_m, "the multi-label file lists the images", "the multi-label file lists no images")
