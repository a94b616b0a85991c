"""What only a GPU can show: copies beside its work, exact float32, memory that runs out."""

import re

import numpy as np
import pytest
import torch

from errata.inference.device import exact_float32
from errata.inference.forward import HostCopy, Upload
from errata.inference.progress import Progress
from errata.zoo.predict import Running, load_classifier, predict, run

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="torch finds no GPU"),
]


def test_pixels_arrive_whole_while_the_gpu_is_busy():
    device = torch.device("cuda")
    upload = Upload(device)
    busy = torch.rand(4096, 4096, device=device)
    arrived = []
    for number in range(40):
        busy = busy @ busy / busy.norm()
        # freed at once: its memory must not be reused before the copy has ended
        pixels = torch.full((64, 224, 224, 3), number, dtype=torch.uint8, pin_memory=True)
        arrived.append(HostCopy(upload(pixels).float().mean(dim=(1, 2, 3))))
    assert [copy.wait().tolist() for copy in arrived] == [[float(number)] * 64 for number in range(40)]


def test_float32_products_have_the_digits_of_float32():
    a, b = (torch.randn(1024, 1024, dtype=torch.float64, device="cuda") for _ in range(2))
    torch.backends.cuda.matmul.allow_tf32 = True
    try:
        rounded = (a.float() @ b.float() - a @ b).abs().max()
        with exact_float32():
            exact = (a.float() @ b.float() - a @ b).abs().max()
    finally:
        torch.backends.cuda.matmul.allow_tf32 = False
    assert exact < 1e-3 < rounded


def test_close_calls_have_the_classes_of_float32(checkpoint, pictures):
    where = {**pictures.tables, "view_file": pictures.view_file}
    half = predict(checkpoint, **where, device="cuda")
    full = predict(checkpoint, **where, device="cuda", precision="fp32")
    assert half.rows["predicted_class"].equals(full.rows["predicted_class"])
    assert half.notes["recheck"]["images"] == 19


@pytest.fixture
def readable(pictures):
    """Position and target of the images that can be read."""
    named = pictures.targets.select("file_name", "target")
    return pictures.index.filter(pictures.index["problem"].is_null()).join(named, on="file_name")


def test_every_batch_of_a_precision_has_the_same_size(checkpoint, pictures, readable):
    device = torch.device("cuda")
    classifier = load_classifier(checkpoint, classes=pictures.classes, device=device)
    sizes = {}

    def counted(module, inputs):
        dtype = torch.get_autocast_dtype("cuda") if torch.is_autocast_enabled("cuda") else torch.float32
        sizes.setdefault(dtype, []).append(len(inputs[0]))

    classifier.logits.register_forward_pre_hook(counted)
    running = Running(device=device, precision="amp", batch=8, threads=2)
    run(
        classifier,
        readable,
        index=pictures.index,
        view_file=pictures.view_file,
        images=None,
        running=running,
        progress=Progress("some", 19),
    )
    assert sizes == {torch.float16: [8] * 3, torch.float32: [4] * 5}


def test_a_view_is_answered_alike_in_any_batches(checkpoint, pictures, readable):
    device = torch.device("cuda")
    classifier = load_classifier(checkpoint, classes=pictures.classes, device=device)
    found = [
        run(
            classifier,
            readable,
            index=pictures.index,
            view_file=pictures.view_file,
            images=None,
            running=Running(device=device, precision="fp32", batch=batch, threads=4),
            progress=Progress("some", 19),
        ).found
        for batch in (1, 4, 32)
    ]
    for other in found[1:]:
        assert np.array_equal(found[0]["top_classes"][:, 0], other["top_classes"][:, 0])
        np.testing.assert_allclose(found[0]["top_probabilities"], other["top_probabilities"], atol=1e-4)


def test_a_gpu_has_a_name_by_which_jobs_can_lock_it():
    assert re.search(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", str(torch.cuda.get_device_properties(0).uuid))
