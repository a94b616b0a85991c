"""What is listed about mistakes, held to counting one error at a time."""

import math
from collections import Counter, defaultdict

import polars as pl
import pytest

from errata.categories import CATEGORY_COLUMNS
from errata.mistakes.listing import list_mistakes, read_mistakes, write_mistakes
from mistakes.answered import MODELS as MODEL_NAMES

MODELS = len(MODEL_NAMES)
SUPERCLASSES = {"cats": {2, 3}, "pets": {3, 4}}


@pytest.fixture(params=["checked", "unchecked"])
def world(request):
    return request.getfixturevalue(request.param)


def rows(frame: pl.DataFrame, *key: str) -> dict:
    return {tuple(row[name] for name in key): row for row in frame.iter_rows(named=True)}


def test_every_mistake_is_listed_once_with_the_models_that_make_it(world):
    literal = Counter((error["file_name"], error["predicted_class"]) for error in world.errors.to_dicts())
    listed = rows(world.listed.mistakes, "file_name", "predicted_class")
    assert {key: row["models"] for key, row in listed.items()} == literal
    assert all(row["share"] == pytest.approx(100 * row["models"] / MODELS) for row in listed.values())


def test_of_a_category_the_mistake_that_most_models_make_comes_first(world):
    for _, part in world.listed.mistakes.group_by("category"):
        assert part["rank"].to_list() == list(range(1, part.height + 1))
        assert part["models"].is_sorted(descending=True)
    severities = [CATEGORY_COLUMNS.index(name) for name in world.listed.mistakes["category"]]
    assert severities == sorted(severities)


@pytest.mark.parametrize(("role", "column"), [("target", "target"), ("prediction", "predicted_class")])
def test_a_class_has_its_errors_by_category(world, role, column):
    literal = defaultdict(Counter)
    for error in world.errors.to_dicts():
        literal[error[column]][error["category"]] += 1
    for row in world.listed.class_mistakes.filter(role=role).to_dicts():
        counts = literal[row["class_id"]]
        assert {name: row[name] for name in CATEGORY_COLUMNS if row[name]} == counts
        assert row["errors"] == counts.total()


def test_all_classes_are_there_and_the_same_errors_are_in_both_roles(world):
    by_role = world.listed.class_mistakes.group_by("role").agg(pl.len(), pl.col("errors").sum())
    assert sorted(by_role.rows()) == [("prediction", 9, world.errors.height), ("target", 9, world.errors.height)]


def test_answers_are_those_to_the_images_of_a_class_or_those_that_name_it(world):
    counted = world.atlas.images.filter(~pl.col("is_problematic"))
    shown = Counter(counted["target"].to_list())
    missed = Counter(world.errors["target"].to_list())
    given = Counter(world.errors["predicted_class"].to_list())
    listed = rows(world.listed.class_mistakes, "class_id", "role")
    for class_id in range(9):
        assert listed[class_id, "target"]["answers"] == shown[class_id] * MODELS
        right = shown[class_id] * MODELS - missed[class_id]
        prediction = listed[class_id, "prediction"]
        assert prediction["answers"] == right + given[class_id]
        assert prediction["error_share"] == pytest.approx(100 * given[class_id] / prediction["answers"])


def test_superclasses_add_up_their_classes_and_say_what_stays_within(world):
    listed = rows(world.listed.superclass_mistakes, "superclass", "role")
    assert set(listed) == {(name, role) for name in SUPERCLASSES for role in ("target", "prediction")}
    for (name, role), row in listed.items():
        column = "target" if role == "target" else "predicted_class"
        errors = [error for error in world.errors.to_dicts() if error[column] in SUPERCLASSES[name]]
        assert row["errors"] == len(errors)
        assert row["classes"] == 2
        assert row["within"] == sum(
            error["target"] in SUPERCLASSES[name] and error["predicted_class"] in SUPERCLASSES[name] for error in errors
        )


def test_confusions_count_errors_and_images_of_each_pair(world):
    errors, images = Counter(), defaultdict(set)
    for error in world.errors.to_dicts():
        pair = error["target"], error["predicted_class"]
        errors[pair] += 1
        images[pair].add(error["file_name"])
    listed = rows(world.listed.confusions, "target", "predicted_class")
    assert {pair: (row["errors"], row["images"]) for pair, row in listed.items()} == {
        pair: (errors[pair], len(images[pair])) for pair in errors
    }
    assert all(sum(row[name] or 0 for name in CATEGORY_COLUMNS) == row["errors"] for row in listed.values())


def test_spurious_pairs_are_those_that_account_for_an_error(world):
    labels = defaultdict(list)
    for fact in world.evidence.filter(kind="multi_label").to_dicts():
        labels[fact["file_name"]].append(fact["class_a"])
    prone = {
        (row["class_a"], row["class_b"]): row["number"] for row in world.evidence.filter(kind="cooccurrence").to_dicts()
    }
    literal = Counter()
    for error in world.errors.to_dicts():
        if "spurious_correlation" in (error["category"], error["provisional_category"]):
            prediction = error["predicted_class"]
            for label in labels[error["file_name"]]:
                literal[label, prediction] += (min(label, prediction), max(label, prediction)) in prone
    listed = rows(world.listed.spurious_pairs, "label", "predicted_class")
    assert {pair: row["errors"] for pair, row in listed.items()} == +literal
    assert {row["cooccurrences"] for row in listed.values()} <= {int(number) for number in prone.values()}


def test_pairs_are_provisional_where_the_open_world_was_not_checked(checked, unchecked):
    assert set(checked.listed.spurious_pairs["is_provisional"]) == {False}
    assert set(unchecked.listed.spurious_pairs["is_provisional"]) == {True}


def test_every_image_that_counts_has_its_difficulty(world):
    wrong = defaultdict(Counter)
    for error in world.errors.to_dicts():
        wrong[error["file_name"]][error["predicted_class"]] += 1
    counted = world.atlas.images.filter(~pl.col("is_problematic"))["file_name"].to_list()
    listed = {row["file_name"]: row for row in world.listed.difficulty.to_dicts()}
    assert set(listed) == set(counted)
    for name, row in listed.items():
        answers = [*wrong[name].values(), MODELS - wrong[name].total()]
        shares = [count / MODELS for count in answers if count]
        assert row["wrong"] == wrong[name].total()
        assert row["answers"] == len(shares)
        assert row["entropy"] == pytest.approx(-sum(share * math.log(share) for share in shares), abs=1e-8)
        assert row["common_mistake_models"] == max(wrong[name].values(), default=0)


def test_multi_label_errors_leave_out_what_the_multi_labels_forgive(world):
    real = world.errors.filter(~pl.col("category").is_in(["class_overlap", "multi_label"]))
    assert world.listed.difficulty["multi_label_errors"].sum() == real.height
    assert world.listed.difficulty["wrong"].is_sorted(descending=True)


def test_what_cannot_be_decided_is_null(unchecked):
    assert unchecked.listed.confusions["model_failure"].is_null().all()
    assert unchecked.listed.confusions["provisional_model_failure"].sum() > 0


def test_what_was_decided_has_no_provisional_counts(checked):
    assert checked.listed.confusions["provisional_model_failure"].is_null().all()
    assert checked.listed.confusions["model_failure"].sum() > 0


def test_models_without_errors_leave_every_table_in_order(checked):
    nothing = list_mistakes(checked.errors.lazy().limit(0), ["a", "b"], checked.atlas, checked.evidence)
    assert nothing.mistakes.is_empty()
    assert nothing.difficulty["wrong"].sum() == 0
    assert nothing.class_mistakes.height == 18
    assert nothing.superclass_mistakes["error_share"].max() == 0


def test_the_order_of_the_errors_does_not_matter(world):
    shuffled = world.errors.sample(fraction=1.0, shuffle=True, seed=3)
    again = list_mistakes(shuffled.lazy(), MODEL_NAMES, world.atlas, world.evidence)
    assert all(
        getattr(again, name).equals(getattr(world.listed, name))
        for name in ("mistakes", "class_mistakes", "superclass_mistakes", "confusions", "spurious_pairs", "difficulty")
    )


def test_the_tables_survive_the_way_through_files(world, tmp_path):
    write_mistakes(world.listed, tmp_path, metadata={})
    assert read_mistakes(tmp_path).mistakes.equals(world.listed.mistakes)
    assert len(list(tmp_path.iterdir())) == 6
