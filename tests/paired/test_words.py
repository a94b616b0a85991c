import json
from dataclasses import replace

import pytest

from errata.paired.compare import compare_pair
from errata.paired.gate import NO_RISE, check_gate
from errata.paired.layout import comparison_markdown, comparison_text, comparison_values, gate_text
from errata.paired.words import NOUNS, count_sentence, fixed, signed, summary
from paired.made_pairs import made_pair

BETTER = {
    ("correct", "correct"): 2000,
    ("model_failure", "correct"): 60,
    ("correct", "model_failure"): 19,
    ("model_failure", "model_failure"): 280,
    ("fine_grained", "model_failure"): 3,
}


def sentence(cells, statistic):
    return count_sentence(compare_pair(*made_pair(cells)).row("all", statistic), "B", NOUNS[statistic])


def test_a_sentence_names_the_change_its_interval_and_a_word():
    assert sentence(BETTER, "model_failure") == "B makes 38 fewer model failures (−11 % [−16, −6]); better."


def test_a_sentence_about_few_errors_gives_the_difference_instead_of_per_cent():
    assert sentence({("correct", "correct"): 900, ("non_prototypical", "correct"): 1}, "non_prototypical") == (
        "B makes 1 fewer non-prototypical error (−1 [−4, +2]); cannot tell."
    )


def test_no_change_is_said_as_such():
    cells = {("correct", "correct"): 900, ("model_failure", "model_failure"): 100}
    assert sentence(cells, "model_failure") == "B makes as many model failures (0.0 % [−2.8, +2.9]); cannot tell."


def test_a_sentence_gives_the_reason_where_the_change_alone_would_say_something_else():
    to_failure = {
        ("correct", "correct"): 900,
        ("fine_grained", "model_failure"): 40,
        ("fine_grained", "fine_grained"): 60,
    }
    assert sentence(to_failure, "fine_grained") == (
        "B makes 40 fewer fine-grained errors (−40 % [−50, −30]); "
        "worse, since more of these answers became more severe than milder."
    )
    back = {(b, a): images for (a, b), images in to_failure.items()}
    assert sentence(back, "fine_grained").endswith(
        "better, since more of these answers became milder than more severe."
    )
    both = {("correct", "correct"): 900, ("correct", "fine_grained"): 20, ("model_failure", "fine_grained"): 20}
    assert sentence(both, "fine_grained").endswith("; whether that is better, these images cannot tell.")


def test_one_image_is_no_images():
    said = summary(compare_pair(*made_pair({("correct", "correct"): 90, ("fine_grained", "correct"): 1})))
    assert said[1].startswith("B is right on 1 image where A is wrong")


def test_the_summary_begins_with_the_verdict_and_tells_of_fixed_and_broken_images():
    said = summary(compare_pair(*made_pair(BETTER)))
    assert said[0].startswith("B is better than A: multi-label accuracy (MLA) is ")
    assert said[1] == "B is right on 60 images where A is wrong, and wrong on 19 where A is right."
    assert said[-1] == "Where both are wrong, the mistake of B is milder on 0 images and more severe on 3; cannot tell."
    assert summary(compare_pair(*made_pair({("correct", "correct"): 90})))[0].startswith(
        "These images cannot tell whether B is better or worse than A: "
    )


def test_the_text_shows_the_matrix_of_the_categories_that_occur():
    text = comparison_text(compare_pair(*made_pair(BETTER)))
    matrix = text.split("columns):\n")[1].splitlines()
    assert matrix[0].split() == ["1", "2", "3"]
    assert [row[:15].strip() for row in matrix[1:4]] == ["1 right answers", "2 fine-grained", "3 model failure"]
    assert matrix[3].split()[-3:] == ["60", "0", "280"]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_text_fits_the_terminal(width):
    text = comparison_text(compare_pair(*made_pair(BETTER)), width=width)
    assert max(map(len, text.splitlines())) <= width


def test_markdown_keeps_markup_in_names_from_becoming_any():
    atlas, answers = made_pair(BETTER)
    hostile = type(answers)(("a|b\n# c", "<b>[x](y)"), answers.predictions, answers.outcomes)
    text = comparison_markdown(compare_pair(atlas, hostile))
    assert "a\\|b \\# c" in text
    assert "\\<b\\>\\[x\\](y)" in text
    assert "a|b" not in text
    assert "<b>" not in text


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(12.5, 0, "13"), (-12.5, 0, "-13"), (0.25, 1, "0.3"), (1234.5, 0, "1,235"), (0.04, 1, "0.0")],
)
def test_halves_are_rounded_away_from_zero(value, digits, text):
    assert fixed(value, digits) == text


def test_a_signed_zero_has_no_sign():
    assert [signed(value, 1) for value in (-0.04, 0.04, -0.05)] == ["0.0", "0.0", "−0.1"]


@pytest.mark.parametrize(
    ("undefined", "accuracy", "others"),
    [
        (("multi_label",), "mean per-class accuracy is", {"per-class accuracy", "other errors"}),
        (("multi_label", "class_overlap"), "accuracy per class is", {"accuracy per class", "accuracy", "errors"}),
    ],
)
def test_where_images_have_one_label_nothing_is_called_multi_label(undefined, accuracy, others):
    atlas, answers = made_pair(BETTER)
    found = compare_pair(replace(atlas, undefined=undefined), answers)
    assert accuracy in summary(found)[0]
    for text in (comparison_text(found), comparison_markdown(found), json.dumps(comparison_values(found)["summary"])):
        assert "MLA" not in text
        assert "multi-label" not in text
    rows = {line.split("  ")[0].strip("| ") for line in comparison_text(found).splitlines()}
    assert others <= rows
    gate = check_gate(found.transitions[0], found.atlas, {"mle": NO_RISE})
    assert "multi-label" not in gate_text(gate, found.models)
