"""The truth test: how often the recommended atlas names the cause that was planted, in two independent worlds."""

import polars as pl
import pytest

from demo_run.conftest import Demo
from errata.truth.recall import CAUSES, rank_atlases

pytestmark = pytest.mark.slow

AS_PLANTED, ALL_ERRORS = 90, 80
"""What the recommended atlas must recover, in per cent, of errors as planted and of all errors on a cause's images."""


def recovered(demo: Demo, *, as_planted: bool, atlas: str = "errata") -> dict[str, float]:
    """Return the recall of every cause in per cent."""
    rows = pl.read_parquet(demo.path("demo/recall.parquet")).filter(
        pl.col("cause") == pl.col("category"), atlas=atlas, as_planted=as_planted
    )
    return dict(rows.select("cause", "share").rows())


def test_every_cause_is_planted_and_leads_models_astray(finished):
    rows = pl.read_parquet(finished.path("demo/recall.parquet")).filter(
        pl.col("cause") == pl.col("category"), atlas="errata", as_planted=True
    )
    assert set(rows["cause"]) == set(CAUSES)
    assert rows["of_images"].min() >= 20


@pytest.mark.parametrize("cause", CAUSES)
def test_the_recommended_atlas_names_a_planted_cause(finished, cause):
    assert recovered(finished, as_planted=True)[cause] >= AS_PLANTED
    assert recovered(finished, as_planted=False)[cause] >= ALL_ERRORS


@pytest.mark.parametrize("cause", CAUSES)
def test_it_names_it_in_a_second_world_too(second_world, cause):
    assert recovered(second_world, as_planted=True)[cause] >= AS_PLANTED
    assert recovered(second_world, as_planted=False)[cause] >= ALL_ERRORS


def test_the_second_world_has_other_drawings(second_world, finished):
    drawings = [demo.path("demo-world/val.tar").read_bytes() for demo in (finished, second_world)]
    assert drawings[0] != drawings[1]


def test_no_atlas_recovers_more_than_the_recommended_one(finished):
    ranking = rank_atlases(pl.read_parquet(finished.path("demo/recall.parquet")))
    assert ranking["atlas"][0] == "errata"


def test_with_a_weaker_encoder_the_recommended_rules_recover_more_than_the_papers(finished):
    ranking = rank_atlases(pl.read_parquet(finished.path("demo/recall.parquet")))
    average = dict(ranking.select("atlas", "as_planted").rows())
    assert average["small-encoder-errata"] > average["small-encoder"]
