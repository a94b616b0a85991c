"""Estimated times: measured where they were, fitted elsewhere."""

import numpy as np
import pytest

from errata.catalogue.facts import IMAGES, Measured, fit_seconds, read_throughput
from errata.errors import InputError

TABLE = """\
model,infer_img_size,infer_samples_per_sec,infer_step_time,infer_batch_size,param_count,infer_gmacs,infer_macts
small,224,1000.0,1.0,256,5.29,0.4,6.75
large,384,25.0,1.0,256,"1,014.45",604.0,1.0
unknown,224,500.0,1.0,256,1.0,,
"""


def test_throughputs_become_seconds_for_imagenet_val(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text(TABLE)
    measured = read_throughput(path)
    assert measured["small", 224] == Measured(IMAGES / 1000, 0.4, 5.29e6)
    assert measured["large", 384].parameters == 1014.45e6
    assert np.isnan(measured["unknown", 224].gmacs)


def test_another_table_is_refused(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("model,top1\na,80\n")
    with pytest.raises(InputError, match=r"lacks the column.* infer_img_size"):
        read_throughput(path)


def test_the_fit_finds_a_power_law_and_how_far_it_is_off():
    random = np.random.default_rng(0)
    sizes, gmacs = random.choice([224, 384], 200), np.exp(random.normal(1, 1, 200))
    parameters = 1e6 * np.exp(random.normal(3, 1, 200))
    noise = np.exp(random.normal(0, 0.1, 200))
    factor = {"A": 1.0, "B": 3.0}
    measured = {
        (f"{'AB'[i % 2]}{i}", int(sizes[i])): Measured(
            factor["AB"[i % 2]] * noise[i] * gmacs[i] ** 0.6 * parameters[i] ** 0.1 * sizes[i], gmacs[i], parameters[i]
        )
        for i in range(200)
    }
    fit = fit_seconds(measured, group_of=lambda name: name[0])
    assert fit.slopes == pytest.approx([0.6, 0.1, 1.0], abs=0.1)
    assert fit.error == pytest.approx(0.07, abs=0.02)
    estimate = fit.seconds(gmacs=4.0, parameters=25e6, size=224, group="B")
    assert estimate == pytest.approx(3 * 4**0.6 * 25e6**0.1 * 224, rel=0.1)


def test_models_whose_operations_nobody_counted_are_left_out_of_the_fit():
    measured = {(f"a{i}", 224): Measured(1.0 + i, 1.0 + i, 1e6 * (i + 1)) for i in range(30)}
    with_unknown = measured | {("b", 224): Measured(1e9, float("nan"), 1e6)}
    known, more = (fit_seconds(table, group_of=lambda _: "A") for table in (measured, with_unknown))
    assert np.array_equal(known.slopes, more.slopes)
