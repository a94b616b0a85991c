"""The findings in sentences."""

import polars as pl

from errata.categories import BEYOND_OPEN_WORLD, CATEGORY_COLUMNS, FORGIVEN, OPEN_WORLD_UNCHECKED, PROVISIONAL_COLUMNS
from errata.report.numerals import rounded, share, whole
from errata.report.style import LOOKS
from errata.results import Results


def headline(results: Results, model: str | None = None) -> list[str]:
    """Return what the report finds, a few sentences per paragraph: of one model, or of all together."""
    profile = results.profile if model is None else results.profile.filter(pl.col("model") == model)
    totals = totals_of(profile, "all")
    if not totals or not totals["top1_errors"]:
        return ["There are no errors to tell apart."]
    paragraphs = [_not_errors(profile, totals, results), _remaining(totals, results)]
    if profile["model"].n_unique() > 1:
        paragraphs.append(f"{_range(profile)} {_inside(results)}".strip())
    else:
        paragraphs.append(_against_published(results, profile["model"][0]))
    return [paragraph for paragraph in paragraphs if paragraph]


def totals_of(profile: pl.DataFrame, group: str) -> dict[str, int | None]:
    """Return the counts of a group summed over the models, None where no model has one; nothing for an empty group."""
    rows = profile.filter(pl.col("group") == group)
    if rows.is_empty():
        return {}
    names = [
        name for name in ("correct", "top1_errors", *CATEGORY_COLUMNS, *PROVISIONAL_COLUMNS) if name in rows.columns
    ]
    sums = rows.select(
        pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).cast(pl.Int64).sum()).alias(name) for name in names
    ).row(0, named=True)
    forgiven = sum(sums[name] or 0 for name in FORGIVEN)
    return sums | {"mle": sums["top1_errors"] - forgiven}


def _not_errors(profile: pl.DataFrame, totals: dict, results: Results) -> str:
    models = profile["model"].n_unique()
    images = profile.filter(pl.col("group") == "all")["images"].unique().to_list()
    who = profile["model"][0] if models == 1 else f"{whole(models)} models"
    verb = "makes" if models == 1 else "make"
    each = "" if models == 1 else " each"
    where = f"on {whole(images[0])} images{each}" if len(images) == 1 else "on the annotated images"
    opening = f"{who} {verb} {whole(totals['top1_errors'])} top-1 errors {where}."
    overlap, multi_label = totals.get("class_overlap"), totals.get("multi_label")
    if multi_label is None:
        return (
            f"{opening} What else the images show is {results.facts.why_missing('multi_label')}, so only class "
            f"overlap is forgiven: {rounded(share(overlap or 0, totals['top1_errors']))}."
        )
    forgiven = share(sum(totals.get(name) or 0 for name in FORGIVEN), totals["top1_errors"])
    return (
        f"{opening} {rounded(forgiven)} of them are not errors by the multi-labels: "
        f"{rounded(share(multi_label, totals['top1_errors']))} name another thing that the image shows, "
        f"{rounded(share(overlap or 0, totals['top1_errors']))} a class that means the same as the label's "
        "or contains it."
    )


def _remaining(totals: dict, results: Results) -> str:
    remaining = totals["mle"]
    if not remaining:
        return "No other error remains."
    opening = f"Of the {whole(remaining)} errors that remain, "
    fine = rounded(share(totals["fine_grained"] or 0, remaining))
    opening += f"{fine} mistake something in the image for another member of its superclass (fine-grained)"
    checked = [(name, totals[name]) for name in BEYOND_OPEN_WORLD if totals.get(name) is not None]
    if checked:
        rest = ", ".join(f"{rounded(share(count, remaining))} {LOOKS[name].label}" for name, count in checked)
        return f"{opening}; the others are {rest}."
    unchecked = totals.get(OPEN_WORLD_UNCHECKED)
    if not unchecked:
        return f"{opening}."
    text = (
        f"{opening}; the other {rounded(share(unchecked, remaining))} can be told apart only by an open-world check, "
        f"which the atlas “{results.facts.name}” does not have."
    )
    provisional = [(name.removeprefix("provisional_"), totals.get(name)) for name in PROVISIONAL_COLUMNS]
    known = [(name, count) for name, count in provisional if count is not None]
    if known:
        bounds = ", ".join(f"{LOOKS[name].label} {rounded(share(count, remaining))}" for name, count in known)
        text += f" At most they are: {bounds}; every error that is out of vocabulary lowers one of these."
    return text


def _range(profile: pl.DataFrame) -> str:
    rows = profile.filter(pl.col("group") == "all").drop_nulls("mla").sort("mla", "model", descending=[True, False])
    text = ""
    if rows.height > 1:
        best, last = rows.row(0, named=True), rows.row(-1, named=True)
        text = (
            f"Multi-label accuracy (MLA) runs from {last['mla']:.1f} ({last['model']}) "
            f"to {best['mla']:.1f} ({best['model']}). "
        )
    by_group = {
        words: totals_of(profile, group) for group, words in (("organism", "organisms"), ("artifact", "artifacts"))
    }
    shares = {
        words: share(totals["fine_grained"] or 0, totals["mle"])
        for words, totals in by_group.items()
        if totals and totals["mle"]
    }
    if len(shares) == 2:
        text += (
            f"Fine-grained errors are {rounded(shares['organisms'])} of the multi-label errors on organisms "
            f"and {rounded(shares['artifacts'])} on artifacts."
        )
    return text.strip()


def _inside(results: Results) -> str:
    if results.comparison is None:
        return ""
    rows = results.comparison.filter((pl.col("group") == "all") & (pl.col("quantity") == "share"))
    if rows.is_empty():
        return ""
    return (
        f"{whole(int((~rows['outside']).sum()))} of the {whole(rows.height)} shares of their categories lie where the "
        f"trend of {whole(rows['published_models'].max())} published models leads to expect them (95 % band)."
    )


def _against_published(results: Results, model: str) -> str:
    if results.comparison is None:
        return ""
    rows = results.comparison.filter(
        (pl.col("model") == model) & (pl.col("group") == "all") & (pl.col("quantity") == "share")
    )
    if rows.is_empty():
        return ""
    published = rows["published_models"].max()
    outside = rows.filter("outside")
    opening = f"Against the trend of {whole(published)} published models, at its accuracy, "
    beyond = " Its accuracy lies beyond theirs, so the trend is extended." if rows["extrapolated"].any() else ""
    if outside.is_empty():
        return f"{opening}each of its {rows.height} shares is within the 95 % band.{beyond}"
    odd = " and ".join(
        f"{LOOKS[category].label} is {'high' if residual > 0 else 'low'} ({value:.1f} % instead of {expected:.1f} %)"
        for category, residual, value, expected in outside.select(
            "category", "residual", "value", "expected"
        ).iter_rows()
    )
    return f"{opening}its share of {odd}.{beyond}"
