"""The paper's own rows of ImageNet-A, taken for those of a run: each must find itself, and nothing may differ."""

import polars as pl
import pytest

from errata.profiles.tables import PROFILE
from errata.published.paper import published_files
from errata.published.read import read_published
from errata.tables import check_table
from errata.trust.fidelity import MATCHED_ON, check_fidelity

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def published(real) -> pl.DataFrame:
    return read_published(published_files(real / "reference_stats", "imagenet-a"))


@pytest.fixture(scope="module")
def fidelity(published) -> pl.DataFrame:
    rows = published.with_columns(open_world_unchecked=pl.lit(0, pl.Int32)).select(*PROFILE.columns)
    return check_fidelity(check_table(rows, PROFILE, where="ImageNet-A"), published)


def test_every_model_finds_its_own_row(fidelity, published):
    found = fidelity.filter(pl.col("model") == pl.col("published_model"))["model"].unique()
    assert set(found) == set(published["model"])


def test_every_figure_is_exact(fidelity):
    # 954 models, and five pairs of names for the same predictions that match both ways; 44 figures each
    assert fidelity.height == (954 + 2 * 5) * 44 == 42_416
    assert fidelity["is_exact"].all()


def test_without_the_errors_by_group_64_models_would_match_the_row_of_another(published):
    over_all = published.filter(group="all")
    matched = over_all.join(over_all, on=MATCHED_ON, nulls_equal=True)
    assert matched.filter(pl.col("model") != pl.col("model_right"))["model"].n_unique() == 64
    assert matched.height * 44 == 45_320


def test_the_groups_have_the_published_numbers_of_images(published):
    images = dict(published.select("group", "images").unique().iter_rows())
    assert images == {"all": 7_500, "organism": 4_778, "artifact": 2_240, "other": 482}
