"""The profile as people read it: on a terminal and in Markdown; and as values."""

import polars as pl
import pytest

from errata.profiles.summary import profile_markdown, profile_text, profile_values
from errata.results import Results
from errata.text_tables import aligned, cut, stacked, width_of

ONE_MODEL = """\
resnet.v2: top-1 accuracy 68.5 % (62.8–73.7), multi-label accuracy (MLA) 78.1 %
(72.7–82.6), on 276 images of world, atlas labels.

                          errors   share  95 % interval
87 top-1 errors
  class overlap                7   8.0 %       4.0–15.5
  multi-label                 20  23.0 %      15.4–32.9
60 multi-label errors
  fine-grained                18  30.0 %      20.0–42.3
  open world not checked      42  70.0 %      57.7–80.0
    spurious correlation    ≤ 16  26.7 %
    non-prototypical         ≤ 7  11.7 %
    model failure           ≤ 19  31.7 %

≤: at most; every one that is out of vocabulary lowers it.

Biggest lever: fine-grained errors. Without them, the MLA would be 84.8 % (+6.8
points, 4.3–10.4). The errors that were not checked for the open world cost 15.2
points together."""


@pytest.fixture(scope="module")
def results(classified):
    return Results(classified)


def several(results, **mla):
    """The same model under several names, with MLAs of their own."""

    def renamed(table, name):
        return table.with_columns(model=pl.lit(name))

    profile = [
        renamed(results.profile, name).with_columns(mla=pl.lit(value, pl.Float64)) for name, value in mla.items()
    ]
    what_if = [renamed(results.what_if, name) for name in mla]
    return results.having(profile=pl.concat(profile), what_if=pl.concat(what_if))


def test_one_model_gets_its_accuracies_a_line_per_category_and_its_biggest_lever(results):
    assert profile_text(results) == ONE_MODEL


def test_several_models_get_a_row_each_the_best_first(results):
    text = profile_text(several(results, weak=60.0, strong=90.0, middling=70.0))
    rows = [line.split() for line in text.splitlines()]
    models = [row[0] for row in rows if row and row[0] in ("weak", "strong", "middling")]
    assert models == ["strong", "middling", "weak"]
    assert "Biggest lever of all 3 models: fine-grained errors" in text


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize(
    "names", [("resnet",), ("resnet", "a_model_with_a_name_as_long_as_they_come_384.in21k_ft_in1k")]
)
def test_every_line_fits_the_terminal(results, names, width):
    text = profile_text(several(results, **dict.fromkeys(names, 70.0)), width=width)
    assert max(map(width_of, text.splitlines())) <= width


def test_a_narrow_terminal_loses_no_category_of_several_models(results):
    text = profile_text(several(results, a=60.0, b=70.0), width=40)
    words = set(text.split())
    assert {"overlap", "multi-", "fine-", "checked"} <= words


def test_colours_are_squares_of_the_categories_and_change_no_column(results):
    plain, coloured = profile_text(results), profile_text(results, colour=True)
    assert "\x1b" not in plain
    line = next(line for line in coloured.splitlines() if "fine-grained  " in line)
    assert line.startswith("\x1b[38;5;36m■\x1b[0m fine-grained ")
    assert line.split("\x1b[0m ")[1] in plain


def test_values_are_the_counts_of_the_profile_and_add_up(results):
    values = profile_values(results)
    row = results.profile.row(by_predicate=pl.col("group") == "all", named=True)
    (model,) = values["models"]
    assert {each["category"]: each["errors"] for each in model["categories"]} == {
        name: row[name] for name in ("class_overlap", "multi_label", "fine_grained", "open_world_unchecked")
    }
    assert sum(each["errors"] for each in model["categories"]) == model["top1_errors"] == row["top1_errors"]
    assert model["mla"] == {"value": row["mla"], "low": row["mla_low"], "high": row["mla_high"]}
    assert values["undefined"]["model_failure"] == "not checked in this atlas"


def test_the_lever_is_the_decided_category_that_costs_the_most(results):
    gains = results.what_if.filter(group="all", accuracy="mla").select("category", "gain")
    decided = gains.filter(~pl.col("category").str.contains("unchecked|provisional"))
    lever = profile_values(results)["models"][0]["lever"]
    assert (lever["category"], lever["gain"]["value"]) == decided.sort("gain").row(-1)


@pytest.mark.parametrize("names", [("a|b*c",), ("a|b*c", "d_e")])
def test_a_markdown_table_keeps_its_columns_whatever_a_model_is_called(results, names):
    text = profile_markdown(several(results, **dict.fromkeys(names, 70.0)))
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len({line.replace(r"\|", "").count("|") for line in rows}) == 1
    assert r"a\|b\*c" in text


def test_a_text_is_cut_in_its_middle():
    assert cut("vit_base_patch16_224.augreg_in21k", 20) == "vit_base_patc…_in21k"
    assert width_of(cut("図" * 30, 20)) <= 20


def test_wide_characters_count_twice_when_columns_are_aligned():
    assert aligned([["図", "1"], ["abc", "22"]]) == ["図    1", "abc  22"]


def test_headings_are_broken_at_words_and_hyphens():
    assert stacked(["model", "fine-grained"]) == [("", "fine-"), ("model", "grained")]
