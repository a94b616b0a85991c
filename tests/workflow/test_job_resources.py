"""What a model's job asks a cluster for."""

import pytest

from errata.models import Model, read_models
from errata.plan.jobs import job_resources


def model(**facts: float) -> Model:
    return Model("a@224", "timm", "a", "pretrained", 224, "imagenet1k", "224-256-bicubic-center", **facts)


def minutes(seconds: float | None, *, uses_gpu: bool = True) -> int:
    return job_resources(model(seconds=seconds), uses_gpu=uses_gpu).minutes


def test_time_is_ten_minutes_and_five_times_the_sheets_seconds():
    assert minutes(12) == 10 + 1
    assert minutes(120) == 10 + 10
    assert minutes(486) == 10 + 41  # 2,430 s, rounded up


def test_a_model_of_unknown_cost_gets_as_much_time_on_a_gpu_as_one_of_two_minutes():
    assert minutes(None) == minutes(120)


def test_without_a_gpu_a_model_of_unknown_cost_is_taken_for_a_small_one():
    assert minutes(None, uses_gpu=False) == 120


def test_one_core_gets_two_thousand_times_the_sheets_seconds_and_at_most_a_day():
    assert minutes(4.11, uses_gpu=False) == 10 + 137
    assert minutes(486, uses_gpu=False) == 24 * 60


def test_memory_grows_with_the_parameters():
    # 4,350,556,928 parameters, twelve bytes each
    assert job_resources(model(parameters=4_350_556_928), uses_gpu=True).megabytes == 4000 + 52_207
    assert job_resources(model(), uses_gpu=True).megabytes == 4000


@pytest.mark.parametrize("uses_gpu", [True, False])
def test_a_dearer_model_never_asks_for_less(project, uses_gpu):
    models = sorted(
        (row for row in read_models(project / "config/models.tsv").values() if row.seconds), key=lambda row: row.seconds
    )
    asked = [job_resources(row, uses_gpu=uses_gpu).minutes for row in models]
    assert len(asked) > 1000
    assert asked == sorted(asked)


def test_on_a_gpu_no_model_of_the_sheet_asks_for_more_than_three_hours(project):
    models = read_models(project / "config/models.tsv").values()
    assert max(job_resources(row, uses_gpu=True).minutes for row in models) <= 180
