"""The proposals that verdicts are decided from, against every published out-of-vocabulary decision."""

import numpy as np
import polars as pl
import pytest

from errata.classes.proposals import Proposer
from errata.openworld.prompts import ProposalIndex, list_prompts

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def examples(real, imagenet) -> pl.DataFrame:
    ids = {wnid: class_id for class_id, wnid in enumerate(imagenet.wnids)}
    return (
        pl.read_parquet(real / "published_examples.parquet")
        .filter(published_category="fg-OOV")
        .with_columns(prediction=pl.col("pred_wnid").replace_strict(ids, return_dtype=pl.Int16))
        .join(imagenet.targets, on="file_name")
    )


@pytest.fixture(scope="module")
def index(imagenet) -> ProposalIndex:
    proposer = Proposer.of_classes(imagenet.wordnet, imagenet.wnids, imagenet.sharing)
    return ProposalIndex(proposer, list_prompts(proposer, "A photo of a {lemma}"), ancestors="count")


def test_as_many_prompts_compete_as_were_published(examples, index):
    counted = []
    for prediction, target in examples.select("prediction", "target").iter_rows():
        competing = index.competing(np.array([prediction]))
        counted.append(int((~index.blocked(competing, np.array([target]))).sum()))
    assert len(counted) == 518
    assert counted == examples["n_proposals"].to_list()


def test_every_published_winner_is_proposed_and_out_of_vocabulary(examples, index):
    lost = []
    for row in examples.iter_rows(named=True):
        competing = index.competing(np.array([row["prediction"]]))
        blocked = index.blocked(competing, np.array([row["target"]]))
        winner = index.offsets[competing.synsets] == row["oov_top5"][0]["offset"]
        if not (winner & ~blocked & competing.is_oov).any():
            lost.append(row["file_name"])
    assert lost == []


def test_as_many_published_winners_name_an_ancestor_of_the_prediction_as_are_known(examples, imagenet):
    # REFERENCE: of the 518 published out-of-vocabulary wins, 158 name only an ancestor of the prediction
    proposer = Proposer.of_classes(imagenet.wordnet, imagenet.wnids, imagenet.sharing)
    prompts = list_prompts(proposer, "A photo of a {lemma}")
    index = ProposalIndex(proposer, prompts, ancestors="not_oov")
    ancestors = 0
    for row in examples.iter_rows(named=True):
        competing = index.competing(np.array([row["prediction"]]))
        winner = index.offsets[competing.synsets] == row["oov_top5"][0]["offset"]
        ancestors += int(not competing.is_oov[winner].all())
    assert ancestors == 158
