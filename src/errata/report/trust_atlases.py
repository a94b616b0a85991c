"""What the page shows of the other atlases of the data set."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from errata.categories import OPEN_WORLD_UNCHECKED
from errata.report.numerals import rounded, share, signed, whole
from errata.report.style import LOOKS, CategoryLook
from errata.trust.atlas_shifts import LABEL_SET, OPEN_WORLD

REAL = "real"
_PREFIX = "provisional_"


@dataclass(frozen=True)
class CountMatrix:
    """Counts of mistakes: rows by what one side says (words or looks), columns by what the other does (looks)."""

    rows: list[tuple[CategoryLook | str, list[int]]]
    columns: list[CategoryLook]


@dataclass(frozen=True)
class OtherAtlas:
    """Another atlas of the data set beside that of the report.

    `about`: the row of `errata.trust.tables.ATLAS_ACCURACIES` over all images.
    `shares`: group -> category -> row of `errata.trust.tables.ATLAS_SHARES`.
    `errors`, `moved`: errors of all models on images that count in both, and those of them whose category changes.
    `unlike`: errors that are left out of these because one of the atlases does not check the open world, and they reach
        it.
    """

    name: str
    about: Mapping
    shares: Mapping[str, Mapping[str, Mapping]]
    transitions: CountMatrix
    errors: int
    moved: int
    unlike: int

    @property
    def moved_share(self) -> float | None:
        """Errors whose category changes, per cent."""
        return share(self.moved, self.errors)

    @property
    def other_labels(self) -> bool:
        """Whether the atlas has another label set."""
        return self.about["label_set"] == REAL


def other_atlases(shares: pl.DataFrame, transitions: pl.DataFrame, accuracies: pl.DataFrame) -> list[OtherAtlas]:
    """Return the other atlases in the order of the tables."""
    by_atlas: dict[str, dict[str, dict[str, Mapping]]] = {}
    for row in shares.to_dicts():
        by_atlas.setdefault(row["atlas"], {}).setdefault(row["group"], {})[row["category"]] = row
    about = {row["atlas"]: row for row in accuracies.filter(group="all").to_dicts()}
    return [_other(name, about[name], groups, transitions.filter(atlas=name)) for name, groups in by_atlas.items()]


def _other(name: str, about: Mapping, groups: Mapping, transitions: pl.DataFrame) -> OtherAtlas:
    cells = {(row[0], row[1]): row[2] for row in transitions.select("base_category", "atlas_category", "errors").rows()}
    rows = [name for name in LOOKS if any(name == base for base, _ in cells)]
    columns = [name for name in LOOKS if any(name == other for _, other in cells)]
    one_is_checked = OPEN_WORLD in about["differs_in"].split(", ")
    alike = {
        (base, other): count
        for (base, other), count in cells.items()
        if not one_is_checked or _unchecked(base) == _unchecked(other)
    }
    errors = sum(alike.values())
    return OtherAtlas(
        name=name,
        about=about,
        shares=groups,
        transitions=CountMatrix(
            [(LOOKS[base], [cells.get((base, other), 0) for other in columns]) for base in rows],
            [LOOKS[other] for other in columns],
        ),
        errors=errors,
        moved=errors - sum(count for (base, other), count in alike.items() if base == other),
        unlike=sum(cells.values()) - errors,
    )


def _unchecked(category: str) -> bool:
    return category.startswith(_PREFIX)


def compared_categories(others: list[OtherAtlas]) -> list[CategoryLook]:
    """Return the categories that can be compared with any of the atlases, least severe first."""
    known = {
        category
        for other in others
        for category, row in other.shares.get("all", {}).items()
        if row["difference"] is not None and row["base_errors"] is not None
    }
    moved = {name for name in known if name != OPEN_WORLD_UNCHECKED or _any_errors(others, name)}
    return [look for name, look in LOOKS.items() if name in moved]


def _any_errors(others: list[OtherAtlas], category: str) -> bool:
    rows = [other.shares["all"].get(category) for other in others]
    return any(row and ((row["base_errors"] or 0) or (row["atlas_errors"] or 0)) for row in rows)


def sensitivity_findings(others: list[OtherAtlas]) -> list[str]:
    """Return what the comparison says, in sentences: of atlases with the same labels, and of other labels."""
    tuned = [other for other in others if not set(other.about["differs_in"].split(", ")) & {LABEL_SET, OPEN_WORLD}]
    swapped = [other for other in others if other.about["differs_in"] == LABEL_SET and other.errors]
    return _tuning([other for other in tuned if other.errors]) + [_swap(other) for other in swapped]


def _tuning(others: list[OtherAtlas]) -> list[str]:
    if not others:
        return []
    most = max(others, key=lambda other: other.moved)
    quiet = sum(not other.moved for other in others)
    how_many = "The one other atlas" if len(others) == 1 else f"Of {whole(len(others))} other atlases"
    if quiet == len(others):
        return [f"{how_many} with the same labels move{'s' if quiet == 1 else ''} no error into another category."]
    text = f"“{most.name}” moves most: {rounded(most.moved_share)} of the errors change their category there"
    settings = f"that differ in how the open world is checked {text}"
    return [f"{how_many} {settings}" + (f"; {whole(quiet)} move none." if quiet else ".")]


def _swap(other: OtherAtlas) -> str:
    row = other.about
    return (
        f"With ReaL's labels in place of the multi-labels (“{other.name}”, on the {whole(row['images'])} images that "
        f"both label sets count) the mean MLA moves by {signed(row['difference'], 2)} points, "
        f"{rounded(other.moved_share)} of the errors change their category, and {whole(row['swapped_pairs'])} of "
        f"{whole(row['model_pairs'])} pairs of models change their order."
    )
