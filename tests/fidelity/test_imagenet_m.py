"""The published errors on ImageNet-M, whose list of images is not at hand, against the mistakes it was chosen from.

Its 68 images are major mistakes of ViT-3B (Vasudevan et al. 2022), which the expert list names, 154 of them. A run with
the published multi-label file knows the list; then every count is compared (`errata.trust.fidelity`).
"""

import json

import polars as pl
import pytest

from errata.groups import GROUPS
from errata.published.read import read_published

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def major(real, imagenet) -> pl.DataFrame:
    judged = json.loads((real / "mirror/vit3b_mistakes.json").read_text())
    names = [name for name, one in judged.items() if one["failure severity"] == "Major"]
    assert len(names) == 154
    return imagenet.labels.filter(pl.col("file_name").is_in(names)).select("file_name", "multi_labels")


@pytest.mark.parametrize("group", GROUPS)
def test_no_model_errs_more_or_less_often_on_68_of_these_images_than_it_can(unseen, imagenet, major, group):
    rows = read_published({each: unseen / f"rows_{each}.csv" for each in GROUPS}).filter(group=group)
    inside = imagenet.atlas.images.filter(imagenet.atlas.in_group(group)).select("file_name")
    size = {"all": 68, "organism": 21, "artifact": 47, "other": 11}[group]
    for model, published in rows.select("model", "imagenet_m_errors").iter_rows():
        answers = pl.read_parquet(unseen / f"predictions/{model.removeprefix('torchvision--')}.parquet")
        answered = major.join(inside, on="file_name").join(answers, on="file_name")
        wrong = answered.filter(~pl.col("multi_labels").list.contains(pl.col("predicted_class"))).height
        assert size - (answered.height - wrong) <= published <= wrong
