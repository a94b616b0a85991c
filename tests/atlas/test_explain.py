import numpy as np
import polars as pl
import pytest

from atlas.world import random_world
from errata.atlas.compile import compile_atlas
from errata.atlas.evidence import build_evidence
from errata.atlas.explain import explain, format_explanation
from errata.atlas.facts import ClassKnowledge
from errata.atlas.outcomes import OUTCOMES
from errata.input_error import InputError
from errata.tables import COOCCURRENCE, EVIDENCE, OVERLAP, SUPERCLASSES, check_table


def frame(table, rows):
    return pl.DataFrame(rows, schema={name: column.dtype for name, column in table.columns.items()}, orient="row")


@pytest.fixture(scope="module")
def world():
    """Nine classes: 0 overlaps with 1, 2 and 3 are cats, 4 and 5 occur together."""
    classes = 9
    overlap, sharing, spurious = (np.zeros((classes, classes), dtype=bool) for _ in range(3))
    overlap[0, 1] = True
    sharing |= np.eye(classes, dtype=bool)
    sharing[2, 3] = sharing[3, 2] = True
    spurious[4, 5] = spurious[5, 4] = True
    labels = (
        random_world(0)
        .labels[:6]
        .with_columns(
            target=pl.Series([0, 2, 4, 6, 7, 8], dtype=pl.Int16),
            multi_labels=pl.Series([[0], [2, 8], [4], [6], [], [2]], dtype=pl.List(pl.Int16)),
            unclear_labels=pl.Series([[], [8], [], [], [], []], dtype=pl.List(pl.Int16)),
            is_problematic=pl.Series([False, False, False, False, True, True]),
            is_non_prototypical=pl.Series([False, False, False, True, False, False]),
            non_prototypical_source=pl.Series([None, None, None, "some list", None, None]),
        )
    )
    atlas = compile_atlas(
        labels,
        random_world(0).classes,
        ClassKnowledge(overlap, sharing, spurious),
        name="test",
        dataset="world",
        dataset_images=6,
        has_multilabels=True,
    )
    evidence = build_evidence(
        labels,
        superclasses=frame(SUPERCLASSES, [("cats", 2), ("cats", 3)]),
        overlap=frame(OVERLAP, [(0, 1, "a mug is a cup")]),
        cooccurrence=frame(COOCCURRENCE, [(4, 5, 7, False, True)]),
    )
    return atlas, check_table(evidence, EVIDENCE, where="evidence")


@pytest.mark.parametrize(
    ("image", "prediction", "category", "reason"),
    [
        (0, 1, "class_overlap", "a mug is a cup"),
        (1, 8, "multi_label", "The annotators call the label class 8 unclear."),
        (1, 3, "fine_grained", "class 3 and class 2 are both in the superclass cats."),
        (2, 5, "open_world_unchecked", "class 5 and class 4 are seen together in 7 images."),
        (3, 0, "open_world_unchecked", r"list: some list"),
        (2, 0, "open_world_unchecked", "No label shares a superclass"),
        (5, 3, "fine_grained", "superclass cats"),
    ],
)
def test_the_reason_names_the_fact_that_decided(world, image, prediction, category, reason):
    atlas, evidence = world
    found = explain(atlas, evidence, atlas.images["file_name"][image], prediction)
    assert found.outcome.category == category
    assert any(reason in sentence for sentence in found.reasons)


def test_every_answer_can_be_explained(world):
    atlas, evidence = world
    for file_name in atlas.images["file_name"]:
        for prediction in range(atlas.classes.height):
            text = format_explanation(explain(atlas, evidence, file_name, prediction), atlas)
            assert any(outcome.sentence in text for outcome in OUTCOMES)


def test_the_text_says_that_a_problematic_image_does_not_count(world):
    atlas, evidence = world
    text = format_explanation(explain(atlas, evidence, atlas.images["file_name"][4], 7), atlas)
    assert "multi-label  none holds" in text
    assert "statistics leave it out" in text


def test_an_unknown_image_or_class_is_refused(world):
    atlas, evidence = world
    with pytest.raises(InputError, match="nowhere is not among the 6 annotated images"):
        explain(atlas, evidence, "nowhere", 0)
    with pytest.raises(InputError, match="class 9 is not one of the 9 classes"):
        explain(atlas, evidence, atlas.images["file_name"][0], 9)
