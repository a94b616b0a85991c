import numpy as np
import polars as pl
import pytest

from atlas.world import random_world
from errata.atlas.decision import ClassKnowledge, compile_atlas
from errata.atlas.evidence import build_evidence, neighbour_facts
from errata.atlas.explain import build_trails, explain, format_explanation, rule_states, trail_of
from errata.atlas.outcomes import OUTCOMES
from errata.atlas.tables import EVIDENCE
from errata.atlas.trail_words import POSITIONS, TEMPLATES, TERMS, fill
from errata.classes.tables import COOCCURRENCE, OVERLAP, SUPERCLASSES
from errata.errors import InputError
from errata.openworld.tables import NEIGHBOURS, VERDICTS
from errata.tables import check_table


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
            text = format_explanation(explain(atlas, evidence, file_name, prediction))
            assert any(outcome.sentence in text for outcome in OUTCOMES)


def test_the_text_says_that_a_problematic_image_does_not_count(world):
    _, _, atlas, evidence = world
    text = format_explanation(explain(atlas, evidence, atlas.images["file_name"][4], 7))
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
    return explanation, format_explanation(explanation)


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


def test_the_rules_are_told_in_order_and_the_first_that_holds_decides(open_world):
    explanation, _ = told(open_world, 2, 5)
    assert dict(explanation.lines)["rules"] == (
        "correct no, class_overlap no, multi_label no, fine_grained no, fine_grained_oov yes, "
        "spurious_correlation yes, non_prototypical no, model_failure yes"
    )


def test_a_rule_that_nobody_asked_is_told_as_such(open_world):
    assert "fine_grained_oov not asked" in dict(told(open_world, 1, 3)[0].lines)["rules"]


def test_proposals_are_told_apart_by_whether_they_are_classes(open_world):
    atlas, evidence, verdicts = open_world
    known = verdicts.with_columns(best_offsets=pl.Series([[11, 5]] * 2, dtype=pl.List(pl.Int32)))
    lines = explain(atlas, evidence, atlas.images["file_name"][2], 5, verdicts=known).lines
    assert [words for term, words in lines if term == "proposal"] == [
        "Manx_cat [n00000011], probability 0.750, none of the classes",
        "class_5 [n00000005], probability 0.250, one of the classes",
    ]


@pytest.mark.parametrize(
    ("image", "prediction", "changes", "call"),
    [
        (2, 5, {"margin": 0.049}, "less than 0.05 apart"),
        (2, 5, {"margin": 0.051}, None),
        (2, 5, {"neighbour_rank": 2}, "Only the last of the 2 nearest training images"),
        (1, 8, {}, "The label that decides is unclear"),
        (1, 3, {}, None),
    ],
)
def test_a_close_call_is_told(open_world, image, prediction, changes, call):
    atlas, evidence, verdicts = open_world
    changed = verdicts.with_columns(
        **{name: pl.lit(value).cast(VERDICTS.columns[name].dtype) for name, value in changes.items()}
    )
    explanation = explain(atlas, evidence, atlas.images["file_name"][image], prediction, verdicts=changed)
    calls = [words for term, words in explanation.lines if term == "close call"]
    assert len(calls) == (call is not None)
    assert call is None or call in calls[0]


@pytest.mark.parametrize(("seen", "is_close"), [(2, True), (3, False)])
def test_a_pair_that_barely_counts_is_a_close_call(world, seen, is_close):
    _, _, atlas, evidence = world
    pair = pl.col("kind") == "cooccurrence"
    rare = evidence.with_columns(number=pl.when(pair).then(float(seen)).otherwise("number"))
    lines = explain(atlas, rare, atlas.images["file_name"][2], 5).lines
    assert any("no more often than it takes" in words for _, words in lines) is is_close


def test_all_answers_at_once_are_told_as_each_alone(open_world):
    atlas, evidence, verdicts = open_world
    answers = atlas.images.select("file_name").join(
        pl.DataFrame({"predicted_class": range(9)}, schema={"predicted_class": pl.Int16}), how="cross"
    )
    trails = build_trails(atlas, evidence, answers, verdicts=verdicts)
    for number, (file_name, prediction) in enumerate(answers.rows()):
        alone = explain(atlas, evidence, file_name, prediction, verdicts=verdicts)
        assert trail_of(trails, number, atlas) == alone.lines
        assert trails.answers["is_close"][number] == any(term == "close call" for term, _ in alone.lines)


@pytest.mark.parametrize("seed", range(3))
def test_the_rule_that_decides_is_the_first_that_holds_and_the_next_one_follows(seed):
    drawn = random_world(seed)
    atlas = compile_atlas(
        drawn.labels,
        drawn.classes,
        drawn.knowledge,
        name="test",
        dataset="world",
        dataset_images=60,
        has_multilabels=True,
        is_oov=drawn.is_oov,
    )
    image, predicted = (grid.ravel() for grid in np.mgrid[:60, :9])
    answers = pl.DataFrame({"image": image, "predicted_class": predicted, "is_oov": drawn.is_oov.ravel()})
    categories = pl.Series([atlas.outcome_list[code].category for code in atlas.outcomes.ravel()])
    states = rule_states(drawn.labels, answers, categories, drawn.knowledge)
    for category, otherwise, text in zip(categories, states.otherwise, states.texts, strict=True):
        holding = [words.split()[0] for words in text.split(", ") if words.endswith(" yes")]
        assert holding[0] == category
        assert otherwise == (holding[1] if len(holding) > 1 and category != "correct" else None)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_every_template_is_about_a_term_and_filled_by_its_values(template):
    slots = template.words.count("{")
    classes = pl.DataFrame({"name": ["a", "b"], "wnid": ["n0", "n1"]})
    term, words = fill(POSITIONS[template.name], ["1"] * slots, classes)
    assert term in TERMS
    assert "{" not in words
