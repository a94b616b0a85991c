import numpy as np
import polars as pl
import pytest

from atlas.world import random_world
from errata.atlas.compile import compile_atlas
from errata.atlas.evidence import build_evidence, neighbour_facts
from errata.atlas.explain import explain, format_explanation
from errata.atlas.facts import ClassKnowledge
from errata.atlas.outcomes import OUTCOMES
from errata.input_error import InputError
from errata.tables import COOCCURRENCE, EVIDENCE, NEIGHBOURS, OVERLAP, SUPERCLASSES, VERDICTS, check_table


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
    knowledge = ClassKnowledge(overlap, sharing, spurious)
    return labels, knowledge, compiled(labels, knowledge), evidence_of(labels)


def compiled(labels, knowledge, is_oov=None):
    return compile_atlas(
        labels,
        random_world(0).classes,
        knowledge,
        name="test",
        dataset="world",
        dataset_images=6,
        has_multilabels=True,
        is_oov=is_oov,
    )


def evidence_of(labels, neighbours=None):
    evidence = build_evidence(
        labels,
        superclasses=frame(SUPERCLASSES, [("cats", 2), ("cats", 3)]),
        overlap=frame(OVERLAP, [(0, 1, "a mug is a cup")]),
        cooccurrence=frame(COOCCURRENCE, [(4, 5, 7, False, True)]),
        neighbours=neighbours,
    )
    return check_table(evidence, EVIDENCE, where="evidence")


@pytest.fixture(scope="module")
def open_world(world):
    """The same world with the open world asked about image 2: out of vocabulary near 5, not near 3."""
    labels, knowledge, *_ = world
    names = labels["file_name"]
    nearest = frame(
        NEIGHBOURS, [(name, [7, 8], [5, 2], [0.9, 0.8]) for name in names[:3]] + [(names[3], [9, 8], [6, 6], None)]
    )
    best = ([11, 12], ["Manx_cat", "class_5"], [0.75, 0.25])
    verdicts = frame(VERDICTS, [(names[2], 5, True, 0.5, 40, *best, 1, 5), (names[2], 3, False, -0.5, 41, *best, 2, 2)])
    is_oov = np.zeros((6, 9), dtype=bool)
    is_oov[2, 5] = True
    train = pl.Series([f"train/{position}.JPEG" for position in range(10)])
    evidence = evidence_of(labels, neighbour_facts(labels[:4], nearest, count=2, train_files=train))
    return compiled(labels, knowledge, is_oov), evidence, check_table(verdicts, VERDICTS, where="verdicts")


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
    _, _, atlas, evidence = world
    found = explain(atlas, evidence, atlas.images["file_name"][image], prediction)
    assert found.outcome.category == category
    assert any(reason in sentence for sentence in found.reasons)


def test_every_answer_can_be_explained(world):
    _, _, atlas, evidence = world
    for file_name in atlas.images["file_name"]:
        for prediction in range(atlas.classes.height):
            text = format_explanation(explain(atlas, evidence, file_name, prediction), atlas)
            assert any(outcome.sentence in text for outcome in OUTCOMES)


def test_the_text_says_that_a_problematic_image_does_not_count(world):
    _, _, atlas, evidence = world
    text = format_explanation(explain(atlas, evidence, atlas.images["file_name"][4], 7), atlas)
    assert "multi-label  none holds" in text
    assert "statistics leave it out" in text


def test_an_unknown_image_or_class_is_refused(world):
    _, _, atlas, evidence = world
    with pytest.raises(InputError, match="nowhere is not among the 6 annotated images"):
        explain(atlas, evidence, "nowhere", 0)
    with pytest.raises(InputError, match="class 9 is not one of the 9 classes"):
        explain(atlas, evidence, atlas.images["file_name"][0], 9)


def told(open_world, image, prediction):
    atlas, evidence, verdicts = open_world
    explanation = explain(atlas, evidence, atlas.images["file_name"][image], prediction, verdicts=verdicts)
    return explanation, format_explanation(explanation, atlas)


def test_what_is_out_of_vocabulary_is_told_with_neighbour_winner_and_the_next_rule(open_world):
    explanation, text = told(open_world, 2, 5)
    assert explanation.outcome.category == "fine_grained_oov"
    assert explanation.next_category == "spurious_correlation"
    assert "The nearest training image number 1 shows class 5, so the open world is asked." in text
    assert "The most similar text, Manx_cat [n00000011] (75%), is none of the known classes." in text
    assert "margin       +0.500" in text
    assert "40 prompts competed" in text


def test_what_is_not_out_of_vocabulary_is_told_before_the_reason(open_world):
    explanation, text = told(open_world, 2, 3)
    assert explanation.outcome.category == "model_failure"
    assert explanation.next_category is None
    assert "number 2 shows class 2, in a superclass with class 3" in text
    assert "does not name anything out of vocabulary" in text


def test_a_closed_gate_is_told(open_world):
    explanation, text = told(open_world, 2, 8)
    assert explanation.outcome.category == "model_failure"
    assert "None of the 2 nearest training images shows class 8" in text
    assert "proposal     " not in text


def test_neighbours_are_told_with_file_class_and_cosine_if_it_is_known(open_world):
    assert "  neighbour    1 train/7.JPEG: 5 class 5 [n00000005], cosine 0.900" in told(open_world, 2, 8)[1]
    assert "  neighbour    1 train/9.JPEG: 6 class 6 [n00000006]\n" in told(open_world, 3, 8)[1]


@pytest.mark.parametrize(
    ("image", "prediction", "category", "afterwards"),
    [
        (0, 0, "correct", None),
        (0, 1, "class_overlap", "model_failure"),
        (1, 8, "multi_label", "fine_grained"),
        (1, 3, "fine_grained", "open_world_unchecked"),  # shares a superclass with the target: nobody asks
        (3, 0, "non_prototypical", "model_failure"),
    ],
)
def test_the_next_rule_that_holds_is_told(open_world, image, prediction, category, afterwards):
    explanation, _ = told(open_world, image, prediction)
    assert (explanation.outcome.category, explanation.next_category) == (category, afterwards)


def test_training_images_without_names_are_told_by_their_position():
    labels = random_world(0).labels[:1]
    nearest = frame(NEIGHBOURS, [(labels["file_name"][0], [7, 8], [5, 2], None)])
    facts = neighbour_facts(labels, nearest, count=10)
    assert facts.rows() == [
        (labels["file_name"][0], 5, None, "1 training image 7"),
        (labels["file_name"][0], 2, None, "2 training image 8"),
    ]
