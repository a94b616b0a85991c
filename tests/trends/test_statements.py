"""Every statement on made-up models for which it holds, does not hold, or cannot be told."""

import math
from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from errata.trends.claims import CLAIMS
from errata.trends.jackknife import Estimate
from errata.trends.statements import (
    above,
    accuracy_predicts_share,
    accuracy_predicts_shares,
    all_of,
    all_statements,
    architecture_matters_little,
    artifact_failures_drop,
    artifacts_fail_more,
    below,
    data_lowers_failures,
    data_raises_accuracy,
    failure_share_bends,
    failure_share_falls,
    failures_fall_faster,
    organisms_fine_grained,
    statement_table,
    statements_of,
)
from errata.trends.tables import STATEMENTS

Make = Callable[..., pl.DataFrame]


def covers(estimate: Estimate, value: float) -> bool:
    return estimate.low <= value <= estimate.high


@pytest.mark.parametrize(
    ("interval", "verdict"), [((2, 1, 3), "yes"), ((-2, -3, -1), "no"), ((1, -1, 3), "cannot tell")]
)
def test_a_number_is_above_a_bound_if_its_whole_interval_is(interval: tuple, verdict: str):
    assert above(Estimate(*interval), 0) == verdict
    assert below(Estimate(*interval), 0) == {"yes": "no", "no": "yes"}.get(verdict, verdict)


def test_without_an_interval_nothing_can_be_told():
    assert above(Estimate(5, math.nan, math.nan), 0) == "cannot tell"


def test_several_verdicts_hold_together_only_if_each_does():
    assert all_of(["yes", "yes"]) == "yes"
    assert all_of(["yes", "cannot tell", "no"]) == "no"
    assert all_of(["yes", "cannot tell"]) == "cannot tell"
    assert all_of([]) == "cannot tell"


@pytest.mark.parametrize(("power", "holds"), [(1.6, "yes"), (0.85, "no"), (1.0, "cannot tell")])
def test_how_fast_failures_fall_is_the_power_that_was_planted(make_models: Make, power: float, holds: str):
    found = failures_fall_faster(make_models(power=power), "artifact")
    assert found.of("power").value == pytest.approx(power, abs=0.03)
    assert covers(found.of("power"), power)
    assert found.holds == holds
    assert found.of("fall_when_errors_halve").value == pytest.approx(100 * (1 - 0.5 ** found.of("power").value))


@pytest.mark.parametrize(("power", "holds"), [(1.6, "yes"), (0.85, "no"), (1.0, "cannot tell")])
def test_the_share_of_failures_falls_or_rises_with_the_mla(make_models: Make, power: float, holds: str):
    assert failure_share_falls(make_models(power=power), "all").holds == holds


def bent(make_models: Make, change: float) -> pl.DataFrame:
    """Models whose failures' share falls by one point per point of MLA, and by `change` more beyond 85."""
    models = make_models(models=400)
    share = 60 - (pl.col("mla") - 70) + change * (pl.col("mla") - 85).clip(0, None)
    noise = pl.Series(np.random.default_rng(3).normal(0, 0.7, models.height))
    failures = (pl.col("mle") * (share + noise).clip(1, 99) / 100).round().cast(pl.Int32)
    return models.with_columns(failures.alias("model_failure"))


@pytest.mark.parametrize(("change", "holds"), [(-1.5, "yes"), (1.5, "no")])
def test_the_inflection_point_and_the_slopes_are_those_that_were_planted(make_models: Make, change: float, holds: str):
    found = failure_share_bends(bent(make_models, change), "all")
    assert covers(found.of("inflection"), 85)
    assert found.of("slope_below").value == pytest.approx(-1, abs=0.1)
    assert found.of("slope_above").value == pytest.approx(-1 + change, abs=0.1)
    assert found.holds == holds
    moved = found.of("inflection_without_a_block")
    assert moved.low <= found.of("inflection").value <= moved.high


@pytest.mark.parametrize(("organism", "holds"), [(0.4, "yes"), (1.5, "no")])
def test_artifacts_have_a_larger_share_of_failures_or_not(make_models: Make, organism: float, holds: str):
    models = make_models(organism=organism)
    found = artifacts_fail_more(models)
    artifacts, organisms = (
        models.filter(group=group).select(100 * pl.col("model_failure").sum() / pl.col("mle").sum()).item()
        for group in ("artifact", "organism")
    )
    assert found.holds == holds
    assert found.of("difference").value == pytest.approx(artifacts - organisms)


@pytest.mark.parametrize(("power", "holds"), [(1.8, "yes"), (1.1, "no")])
def test_the_share_on_artifacts_more_than_halves_or_not(make_models: Make, power: float, holds: str):
    found = artifact_failures_drop(make_models(power=power))
    assert found.holds == holds
    assert found.of("share_of_weak_models").value > found.of("share_of_strong_models").value


@pytest.mark.parametrize(("organism", "holds"), [(0.4, "yes"), (1.5, "no")])
def test_most_errors_on_organisms_are_fine_grained_or_not(make_models: Make, organism: float, holds: str):
    found = organisms_fine_grained(make_models(organism=organism, power=1.2))
    assert found.holds == holds
    assert found.of("share_on_organisms").value > 0


@pytest.mark.parametrize(("data", "holds"), [(-3, "yes"), (3, "no"), (0, "cannot tell")])
def test_what_training_data_change_at_equal_accuracy_is_what_was_planted(make_models: Make, data: float, holds: str):
    found = data_lowers_failures(make_models(data=data), "all")
    assert found.holds == holds
    assert covers(found.of("per_tenfold"), data)
    # the planted larger set is 14 / 1.28 times the smaller one
    assert found.of("matched").value == pytest.approx(data * np.log10(14 / 1.28), abs=0.5)
    assert found.of("fine_grained_per_tenfold").value == pytest.approx(-found.of("per_tenfold").value, abs=0.05)


def test_models_with_training_sets_of_one_size_say_nothing_about_it(make_models: Make):
    models = make_models().with_columns(training_images=pl.lit(1.28e6))
    found = data_lowers_failures(models, "all")
    assert (found.holds, found.measures) == ("cannot tell", ())
    assert found.why == "0 models were trained on more than ImageNet-1k, 200 on no more"


@pytest.mark.parametrize(("gain", "holds"), [(2.0, "yes"), (-2.0, "no"), (0.0, "cannot tell")])
def test_what_training_data_bring_to_the_mla_is_what_was_planted(make_models: Make, gain: float, holds: str):
    noise = pl.Series(np.random.default_rng(4).normal(0, 0.5, make_models().height))
    mla = 50 + 3 * pl.col("parameters").log10() + gain * (pl.col("training_images") / 1.28e6).log10() + noise
    found = data_raises_accuracy(make_models().with_columns(mla.alias("mla")))
    assert found.holds == holds
    assert found.of("per_tenfold").value == pytest.approx(gain, abs=0.3)
    assert found.of("per_tenfold_parameters").value == pytest.approx(3, abs=0.3)


@pytest.mark.parametrize(("difference", "holds"), [(0.0, "yes"), (12.0, "no")])
def test_architecture_matters_as_much_as_was_planted(make_models: Make, difference: float, holds: str):
    models = make_models(architecture=difference, power=1.2)
    found = architecture_matters_little(models, "artifact", "model_failure")
    assert found.holds == holds
    assert found.of("typical_difference").value == pytest.approx(difference, abs=0.7)


def test_chance_differences_of_many_architectures_do_not_count(make_models: Make):
    # 100 architectures of two models each, whose shares differ by chance alone
    models = make_models().with_columns(architecture=pl.col("model").str.slice(1).cast(pl.Int32) % 100)
    found = architecture_matters_little(models.cast({"architecture": pl.String}), "artifact", "model_failure")
    assert abs(found.of("added").value) < 0.3


@pytest.mark.parametrize(("noise", "holds"), [(0.01, "yes"), (0.6, "no")])
def test_top1_predicts_a_share_unless_there_is_more_noise(make_models: Make, noise: float, holds: str):
    found = accuracy_predicts_share(make_models(noise=noise), "artifact", "model_failure")
    assert found.holds == holds


def test_the_least_predictable_category_decides_for_all(make_models: Make):
    models = make_models()
    noise = pl.Series(np.random.default_rng(5).uniform(0, 0.2, models.height))
    models = models.with_columns((pl.col("mle") * noise).cast(pl.Int32).alias("non_prototypical"))
    each = [accuracy_predicts_share(models, "all", name) for name in ("model_failure", "non_prototypical")]
    found = accuracy_predicts_shares(each, "all")
    assert [one.holds for one in each] == ["yes", "no"]
    assert found.holds == "no"
    assert found.measures[0].name == "least_explained_non_prototypical"
    assert found.measures[0].estimate == each[1].of("explained")


def test_too_few_models_make_no_statement(make_models: Make):
    found = failures_fall_faster(make_models(models=19), "all")
    assert (found.holds, found.measures) == ("cannot tell", ())
    assert found.why == "it takes 20 models with known numbers and descriptions, there are 19"


def test_too_few_kinds_of_models_make_no_statement(make_models: Make):
    models = make_models().filter(pl.col("block").is_in(["a1", "a2"]))
    assert failures_fall_faster(models, "all").why == "it takes 6 kinds of models, there are 2"


def test_an_atlas_without_open_world_evidence_says_nothing_about_failures_but_something_about_the_rest(
    make_models: Make,
):
    models = make_models().with_columns(
        model_failure=pl.lit(None, pl.Int32), open_world_unchecked=pl.col("model_failure")
    )
    statements = {(each.name, each.group, each.category): each for each in all_statements(models)}
    failures = statements["failures_fall_faster", "all", "model_failure"]
    assert failures.why == "the category is not told apart for these models"
    assert statements["organisms_fine_grained", "organism", "fine_grained"].holds == "yes"
    assert statements["accuracy_predicts_share", "all", "open_world_unchecked"].holds == "yes"


def test_models_that_are_all_alike_make_no_statement(make_models: Make):
    alike = make_models().with_columns(
        pl.col("mle", "model_failure", "fine_grained", "mla", "top1").first().over("group")
    )
    statements = all_statements(alike)
    assert {each.holds for each in statements if each.group == "all"} == {"cannot tell"}
    assert failures_fall_faster(alike, "all").why == "the models do not differ"


def test_every_statement_has_a_claim_and_every_claim_a_statement(make_models: Make):
    assert {each.name for each in all_statements(make_models())} == set(CLAIMS)


def test_the_table_of_statements_holds_every_number_with_its_limits(make_models: Make):
    statements = [failures_fall_faster(make_models(), "all"), failures_fall_faster(make_models(models=5), "all")]
    table = statement_table({"published": statements[:1], "here": statements[1:]})
    assert table.columns == list(STATEMENTS.columns)
    row = table.filter(measure="power").row(0, named=True)
    power = statements[0].of("power")
    assert (row["value"], row["low"], row["high"]) == (power.value, power.low, power.high)
    assert (row["models"], row["blocks"], row["holds"], row["decides"]) == (200, 20, "yes", True)
    empty = table.filter(models_from="here").row(0, named=True)
    assert (empty["measure"], empty["value"], empty["holds"]) == ("none", None, "cannot tell")
    assert empty["why"].startswith("it takes 20 models")


def test_statements_come_back_from_their_table(make_models: Make):
    models = make_models()
    for each in (models, models.filter(pl.col("model") == models["model"][0])):
        table = statement_table({"here": all_statements(each)})
        assert statement_table({"here": statements_of(table)}).equals(table)


def test_equal_models_in_another_order_give_equal_statements(make_models: Make):
    models = make_models(models=60)
    shuffled = models.sample(fraction=1, shuffle=True, seed=1)
    tables = [statement_table({"here": all_statements(each)}) for each in (models, shuffled)]
    assert tables[0].equals(tables[1])
