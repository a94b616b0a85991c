"""A small world of models with profiles, drawn from a fixed seed."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from matplotlib.figure import Figure

from errata.atlas.compiled import read_atlas
from errata.atlas.evidence import evidence_path, verdicts_path
from errata.categories import CATEGORY_COLUMNS
from errata.profiles.answers import images_that_count
from errata.profiles.tables import POOLED, PROFILE
from errata.published.tables import PUBLISHED
from errata.report import overview as overview
from errata.report.site import write_report
from errata.results import AtlasFacts, Results
from errata.tables import check_table
from errata.trends.lines import compare
from mistakes.answered import Answered, answered_world
from report.browser import BROWSERS, DRIVER, Reader, browser_programs
from report.browser import reader as open_reader
from report.made_up import made_pictures, made_planted, made_recall, made_soft_profile, made_what_if
from trust.made_trust import made_trust

SIZES = {"all": 1000, "organism": 400, "artifact": 550, "other": 100}
OPEN_WORLD = ("fine_grained_oov", "spurious_correlation", "non_prototypical", "model_failure")
WEIGHTS = {
    "class_overlap": 0.04,
    "multi_label": 0.3,
    "fine_grained": 0.25,
    "fine_grained_oov": 0.06,
    "spurious_correlation": 0.05,
    "non_prototypical": 0.01,
    "model_failure": 0.29,
}
"""How errors divide into categories; any other category has none."""

PROVISIONAL = tuple(f"provisional_{name}" for name in OPEN_WORLD[1:])


def _counts(models: int, seed: int) -> pl.DataFrame:
    """Return counts of the checked categories of every model and group; later models are stronger."""
    random = np.random.default_rng(seed)
    frames = []
    for group, images in SIZES.items():
        strength = np.linspace(0.55, 0.9, models)
        errors = random.binomial(images, 1 - strength)
        parts = np.array([random.multinomial(total, list(WEIGHTS.values())) for total in errors]).reshape(models, -1)
        others = [name for name in CATEGORY_COLUMNS if name not in (*WEIGHTS, "open_world_unchecked")]
        frames.append(
            pl.DataFrame(
                {
                    "group": [group] * models,
                    "images": [images] * models,
                    "correct": images - errors,
                    "top1_errors": errors,
                    **{name: parts[:, column] for column, name in enumerate(WEIGHTS)},
                    **dict.fromkeys(others, 0),
                    "mla": 100 * (1 - parts[:, 2:].sum(axis=1) / images),
                }
            ).with_columns(pl.int_range(pl.len()).alias("number"))
        )
    return pl.concat(frames)


def _profile(names: list[str], *, checked: bool, undefined: tuple[str, ...], seed: int) -> pl.DataFrame:
    frame = _counts(len(names), seed).with_columns(
        pl.col("number").replace_strict(range(len(names)), names, return_dtype=pl.String).alias("model"),
        pl.lit(0).alias("open_world_unchecked"),
        pl.lit(None, pl.Float64).alias("mla_minor"),
        pl.lit(None, pl.Float64).alias("mla_explainable"),
    )
    if not checked:
        frame = frame.with_columns(
            pl.sum_horizontal(OPEN_WORLD).alias("open_world_unchecked"),
            pl.col("spurious_correlation").alias(PROVISIONAL[0]),
            pl.col("non_prototypical").alias(PROVISIONAL[1]),
            (pl.col("fine_grained_oov") + pl.col("model_failure")).alias(PROVISIONAL[2]),
            *(pl.lit(None, pl.Int32).alias(name) for name in OPEN_WORLD),
        )
    frame = frame.with_columns(pl.lit(None, pl.Int32).alias(name) for name in undefined)
    forgiven = pl.sum_horizontal(pl.col("class_overlap", "multi_label").fill_null(0))
    frame = frame.with_columns((pl.col("top1_errors") - forgiven).alias("mle"))
    shares = {"top1": 100 * pl.col("correct") / pl.col("images"), "mla_own_classes": pl.col("mla")}
    for name in (*CATEGORY_COLUMNS, *(() if checked else PROVISIONAL)):
        whole = pl.col("top1_errors" if name in ("class_overlap", "multi_label") else "mle")
        shares[f"share_{name}"] = 100 * pl.col(name) / whole
    frame = frame.with_columns(**shares)
    limits = [
        (pl.col(name) + step).clip(0, 100).alias(f"{name}_{side}")
        for name in (*shares, "mla")
        for side, step in (("low", -1.5), ("high", 1.5))
    ]
    integers = [
        name for name in (*PROFILE.columns, *PROVISIONAL) if name in frame.columns and frame[name].dtype == pl.Int64
    ]
    frame = frame.with_columns(*limits).with_columns(pl.col(integers).cast(pl.Int32))
    return check_table(frame.drop("number"), PROFILE, where="made profile")


def _pooled(profile: pl.DataFrame) -> pl.DataFrame:
    rows = []
    for group, part in profile.group_by("group", maintain_order=True):
        for column in [name for name in profile.columns if f"share_{name}" in profile.columns]:
            count = None if part[column].is_null().all() else int(part[column].sum())
            whole = int(part["top1_errors" if column in ("class_overlap", "multi_label") else "mle"].sum())
            share = None if count is None else 100 * count / whole
            limits = (None, None) if share is None else (max(share - 1, 0), min(share + 1, 100))
            rows.append((group[0], column, part.height, count, whole, share, *limits))
    return pl.DataFrame(rows, schema={name: column.dtype for name, column in POOLED.columns.items()}, orient="row")


@pytest.fixture(scope="session")
def published() -> pl.DataFrame:
    """Forty made-up published models."""
    frame = _counts(40, seed=7).with_columns(
        pl.format("published--{}", "number").alias("model"),
        (100 * pl.col("correct") / pl.col("images")).alias("top1"),
        pl.col("mla").alias("mla_minor"),
        pl.col("mla").alias("mla_explainable"),
        pl.lit(None, pl.Int32).alias("imagenet_m_errors"),
        pl.lit(None, pl.Int64).alias("parameters"),
        pl.lit(None, pl.String).alias("training_data"),
        *(pl.lit(None, pl.String).alias(f"architecture{which}") for which in ("", "_name", "_family")),
    )
    dtypes = {name: column.dtype for name, column in PUBLISHED.columns.items()}
    return check_table(frame.select(*PUBLISHED.columns).cast(dtypes), PUBLISHED, where="made table")


@pytest.fixture(scope="session")
def make_inputs(published: pl.DataFrame) -> Callable[..., Results]:
    """Return a function that makes a report's inputs for models of the given names."""

    def make(
        *names: str, checked: bool = False, undefined: tuple[str, ...] = (), against: bool = True, **more
    ) -> Results:
        profile = _profile(list(names), checked=checked, undefined=undefined, seed=3)
        facts = AtlasFacts(
            name="paper" if checked else "labels",
            dataset="imagenet",
            dataset_images=5000,
            annotated_images=1100,
            problematic_images=100,
            undefined=(*undefined, *(() if checked else OPEN_WORLD)),
        )
        compared = {"published": published, "comparison": compare(profile, published)} if against else {}
        return Results(profile=profile, pooled=_pooled(profile), facts=facts, **compared, **more)

    return make


@pytest.fixture
def without_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave figures out, for tests of other things: drawing takes most of the time."""
    monkeypatch.setattr(overview, "draw_figures", lambda *_: None)
    monkeypatch.setattr(Figure, "savefig", lambda *_, **__: None)


@pytest.fixture(scope="session")
def reader() -> Iterator[Reader]:
    """A reader at a real browser; skips where there is none."""
    if browser_programs() is None:
        pytest.skip(f"no browser to open the report with (needs {' or '.join(BROWSERS)}, and {DRIVER})")
    with open_reader() as at_the_browser:
        yield at_the_browser


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "../../etc/passwd",
    "a$b$c_{x}",
    "Ünïcode 模型 | pipe",
    "CON",
    "plain_model.v1",
)


HOSTILE_CLASSES = ("<script>alert(4)</script>", "crane", "crane", *(f'"><b>{number}</b>' for number in range(6)))


def hostile_world() -> Answered:
    """What those models say about images and classes with such names, the open world checked."""
    prefix = "</script><img src=x onerror=alert(5)> & \u2028"
    return answered_world(checked=True, class_names=HOSTILE_CLASSES, prefix=prefix, models=HOSTILE)


def with_answers(inputs: Results, world: Answered, folder: Path) -> Results:
    """Return the inputs with the answers of a small world, whose atlas is written into a folder."""
    path = world.write_atlas(folder)
    # the models have predictions of every image of that world, without which they cannot be compared
    images = pl.when(group="all").then(len(images_that_count(read_atlas(path), "all"))).otherwise("images")
    files = {"atlas": path, "evidence": evidence_path(path), "verdicts": verdicts_path(path)}
    return inputs.having(
        files={name: file for name, file in files.items() if file.is_file()},
        profile=inputs.profile.with_columns(images=images.cast(inputs.profile.schema["images"])),
        mistakes=world.listed,
        errors=world.errors.lazy(),
        problematic=world.problematic.lazy(),
    )


@pytest.fixture(scope="session")
def hostile_inputs(make_inputs: Callable[..., Results], tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Everything that a report can have, with names that try to break it."""
    notes = {HOSTILE[0]: ("<b>twice</b> the row",)}
    inputs = make_inputs(*HOSTILE, notes=notes, title="Mistakes & <more>")
    planted, profile = made_planted(), inputs.profile
    inputs = with_answers(inputs, hostile_world(), tmp_path_factory.mktemp("atlas"))
    return inputs.having(
        facts=replace(inputs.facts, unreadable=(("<b>.png", "begins with b'<script>'"),)),
        soft_profile=made_soft_profile(profile),
        what_if=made_what_if(profile),
        recall=made_recall(planted, {"labels": 0.9, "<script>alert(3)</script>": 0.8}),
        planted=planted,
        pictures=made_pictures(planted),
        **made_trust(),
        # the files of each model's errors have tests of their own
        error_files=0,
    )


_savefig = Figure.savefig


def _save_svg_only(figure: Figure, target: object, **options: object) -> None:
    if options.get("format") == "svg":
        _savefig(figure, target, **options)
    else:
        Path(target).touch()


@pytest.fixture(scope="session")
def hostile_report(hostile_inputs: Results, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of those models. Of a figure only the SVG is drawn: the PDF takes most of the time, and is empty."""
    folder = tmp_path_factory.mktemp("hostile") / "report"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Figure, "savefig", _save_svg_only)
        write_report(hostile_inputs, folder)
    return folder


@pytest.fixture(scope="session")
def drawn_report(hostile_inputs: Results, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same report with all files of its figures, as a user has it."""
    folder = tmp_path_factory.mktemp("drawn") / "report"
    write_report(hostile_inputs, folder)
    return folder
