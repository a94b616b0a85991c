"""How often a model like the published ones is called outside their trend, by how many images it answered.

`python -m trends.outside_calibration` (in `tests/`) prints the table of docs/trends.md.

Every published model is made anew: so many images of every group with the published number of each outcome, which are
unevenly spread over the classes. Some of the images are drawn, without replacement, and the model's profile is made of
these, with the intervals that any profile has. It is compared with the published models of other architectures. As it
is one of the cloud that the trend describes, whatever is outside is outside by mistake. Models with errors moved from
model failures to fine-grained ones show how often a true difference is found.
"""

import sys

import numpy as np
import polars as pl

from errata.categories import BEYOND_OPEN_WORLD, FORGIVEN, OPEN_WORLD_UNCHECKED, PUBLISHED_CATEGORIES
from errata.profiles.intervals import Estimate, mean_of_classes, share
from errata.shipped import published_rows
from errata.trends.lines import compare

SIZES = (500, 2_000, 18_692)
CLASSES = {"all": 1000, "organism": 410, "artifact": 522, "other": 300}
"""About how many target classes the images of a group have."""

UNEVEN = 1.0
"""Standard deviation over classes of the logarithm of an outcome's frequency."""

MOVED = 0.1
"""Part of the multi-label errors that are moved for a model that truly differs."""

OUTCOMES = ("correct", *PUBLISHED_CATEGORIES)
ACCEPTED = [code for code, name in enumerate(OUTCOMES) if name == "correct" or name in FORGIVEN]


def spread(random: np.random.Generator, counts: np.ndarray, classes: int) -> np.ndarray:
    """Give every image an outcome, so many of each, more of one in some classes than in others; shape (images,).

    Image i is of class i modulo `classes`.
    """
    images = int(counts.sum())
    outcome = np.zeros(images, np.int8)
    free = np.arange(images)
    for code in range(1, counts.size):
        tendency = random.normal(0, UNEVEN, classes)[free % classes] + random.gumbel(size=free.size)
        order = np.argpartition(-tendency, min(counts[code], free.size - 1))
        outcome[free[order[: counts[code]]]] = code
        free = free[order[counts[code] :]]
    return outcome


def profile_row(row: dict, outcome: np.ndarray, drawn: np.ndarray) -> dict:
    """Return the profile of the drawn images, with the limits of every statistic that trends are about."""
    classes = CLASSES[row["group"]]
    cells = np.bincount(outcome[drawn] * np.int64(classes) + drawn % classes, minlength=len(OUTCOMES) * classes)
    by_class = cells.reshape(len(OUTCOMES), classes).astype(np.float64)
    of = dict(zip(OUTCOMES, by_class, strict=True))
    of[OPEN_WORLD_UNCHECKED] = sum(of[name] for name in BEYOND_OPEN_WORLD)
    sizes, accepted = by_class.sum(axis=0), by_class[ACCEPTED].sum(axis=0)
    top1_errors, mle = sizes - by_class[0], sizes - accepted
    found = {"group": row["group"], "images": drawn.size, "top1_errors": int(top1_errors.sum())}
    found |= {name: int(of[name].sum()) for name in (*OUTCOMES, OPEN_WORLD_UNCHECKED)}
    found |= in_per_cent("top1", share(by_class[0], sizes, sizes))
    for name in (*PUBLISHED_CATEGORIES, OPEN_WORLD_UNCHECKED):
        found |= in_per_cent(f"share_{name}", share(of[name], top1_errors if name in FORGIVEN else mle, sizes))
    # images are not spread over the classes as the published ones: the MLA of all of them is the published one
    right = np.bincount(np.arange(outcome.size) % classes, weights=np.isin(outcome, ACCEPTED))
    whole = 100 * np.mean(right / np.bincount(np.arange(outcome.size) % classes))
    return found | in_per_cent("mla", mean_of_classes(accepted, sizes), more=row["mla"] - whole)


def in_per_cent(name: str, estimate: Estimate, *, more: float = 0.0) -> dict[str, float]:
    """Return an estimate and its limits in per cent, under the names that a profile has for them."""
    values = zip(("", "_low", "_high"), (estimate.value, estimate.low, estimate.high), strict=True)
    return {f"{name}{suffix}": min(max(100 * float(value) + more, 0.0), 100.0) for suffix, value in values}


def moved(row: dict) -> dict:
    """Return the counts of a model that fails less and errs more on fine differences than the trend says."""
    errors = round(MOVED * sum(row[name] for name in ("fine_grained", *BEYOND_OPEN_WORLD)))
    errors = min(errors, row["model_failure"])
    return row | {"fine_grained": row["fine_grained"] + errors, "model_failure": row["model_failure"] - errors}


def drawn_profiles(rows: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
    """Return the profiles of some published models on so many images of all groups together.

    They are called `model|images|case`, with the cases `like` and `moved`, and `unchecked` if the open world is not.
    """
    profiles = []
    images = dict(rows.select("group", "images").unique().iter_rows())
    for row in rows.iter_rows(named=True):
        for case, made in (("like", row), ("moved", moved(row))):
            outcome = spread(random, np.array([made[name] for name in OUTCOMES]), CLASSES[row["group"]])
            order = random.permutation(outcome.size)
            for size in SIZES:
                drawn = order[: round(outcome.size * min(size / images["all"], 1))]
                found = profile_row(made, outcome, drawn)
                profiles.append({"model": f"{row['model']}|{size}|{case}", **found})
                if case == "like":
                    nothing = dict.fromkeys(BEYOND_OPEN_WORLD)
                    profiles.append({"model": f"{row['model']}|{size}|unchecked", **(found | nothing)})
    return pl.DataFrame(profiles, infer_schema_length=None).fill_nan(None)


def positions(published: pl.DataFrame, architectures: list[str], *, seed: int = 1) -> pl.DataFrame:
    """Compare the shares of the models of some architectures with the published models of all others."""
    random = np.random.default_rng(seed)
    found = []
    for architecture in architectures:
        own = pl.col("architecture_name") == architecture
        found.append(compare(drawn_profiles(published.filter(own), random), published.filter(~own)))
    name = pl.col("model").str.split("|").list
    return (
        pl.concat(found)
        .filter(quantity="share")
        .with_columns(name.get(-2).cast(pl.Int64).alias("images"), name.get(-1).alias("case"))
        # what labels tell is the same in both cases
        .filter((pl.col("case") != "unchecked") | (pl.col("category") == OPEN_WORLD_UNCHECKED))
    )


def false_alarms(found: pl.DataFrame) -> pl.DataFrame:
    """Return by images how many per cent of the shares are beyond the band, off their interval, and outside."""
    value, expected = pl.col("value"), pl.col("expected")
    beyond = (value < pl.col("prediction_low")) | (value > pl.col("prediction_high"))
    off = (expected < pl.col("value_low")) | (expected > pl.col("value_high"))
    like = found.filter(pl.col("case") != "moved")
    names = ("band", "interval", "outside")
    whole = like.group_by("images").agg(
        pl.len().alias("shares"),
        *((100 * each.mean()).alias(name) for name, each in zip(names, (beyond, off, pl.col("outside")), strict=True)),
    )
    worst = (
        like.group_by("images", "group", "category")
        .agg((100 * pl.col("outside").mean()).alias("outside"))
        .sort("outside")
    )
    of_worst = worst.group_by("images").agg(
        pl.col("outside").last().alias("worst"), pl.format("{}, {}", "category", "group").last().alias("which")
    )
    return whole.join(of_worst, on="images").sort("images")


def power(found: pl.DataFrame) -> pl.DataFrame:
    """Return by images how many per cent of the models that truly differ are outside, on all images."""
    differ = found.filter(pl.col("category").is_in(["fine_grained", "model_failure"]), case="moved", group="all")
    return (
        differ.group_by("images", "category")
        .agg((100 * pl.col("outside").mean()).alias("outside"))
        .sort("images", "category")
    )


def main() -> None:
    """Print the table."""
    published = published_rows()
    architectures = published["architecture_name"].unique().sort().to_list()[:: int((sys.argv[1:] or [1])[0])]
    found = positions(published, architectures)
    print("| images | shares | beyond the band | trend beyond the share's interval | outside | at most, of one kind |")
    print("|---|---|---|---|---|---|")
    for images, shares, band, interval, outside, worst, which in false_alarms(found).iter_rows():
        numbers = " | ".join(f"{each:.1f} %" for each in (band, interval, outside))
        print(f"| {images:,} | {shares:,} | {numbers} | {worst:.1f} % ({which}) |")
    for images, category, outside in power(found).iter_rows():
        print(f"{images:,} images, {100 * MOVED:.0f} % of the errors moved: {outside:.1f} % outside by {category}")


if __name__ == "__main__":
    main()
