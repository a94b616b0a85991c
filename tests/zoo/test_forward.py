"""What a forward pass does when logits overflow or memory runs out, with functions in place of models."""

import pytest
import torch

from errata.inference.forward import Forward, NotFiniteError, TooLargeError
from errata.views.view import parse_view
from errata.zoo.classifier import Classifier


def forward_of(logits, *, precision="amp", batch=8, filled_up=None) -> Forward:
    classifier = Classifier(logits, (0.5, 0.5, 0.5), (0.25, 0.25, 0.25), parse_view("2-2-bilinear-center"), None, 3)
    return Forward(classifier, device=torch.device("cpu"), precision=precision, batch=batch, filled_up=filled_up)


def pixels(images: int) -> torch.Tensor:
    return torch.arange(images * 12, dtype=torch.uint8).reshape(images, 2, 2, 3)


def autocast_dtype() -> torch.dtype | None:
    return torch.get_autocast_dtype("cpu") if torch.is_autocast_enabled("cpu") else None


def overflowing_in(*dtypes, attempts=None):
    """A model whose logits are infinite in some precisions."""

    def logits(images: torch.Tensor) -> torch.Tensor:
        if attempts is not None:
            attempts.append((len(images), autocast_dtype()))
        values = images.mean(dim=(2, 3))
        return values / 0 if autocast_dtype() in dtypes else values

    return logits


def test_images_are_normalised_channel_by_channel():
    seen = forward_of(lambda images: images.flatten(1)[:, :3], precision="fp32")(pixels(1))
    # the first three values of channel red: pixels 0, 3, 6
    assert seen[0].tolist() == pytest.approx([(value / 255 - 0.5) / 0.25 for value in (0, 3, 6)])


def test_half_precision_is_used_while_logits_are_finite():
    forward = forward_of(overflowing_in())
    forward(pixels(4))
    assert dict(forward.images_at) == {"fp16": 4}
    assert not forward.fallbacks


def test_logits_that_overflow_in_fp16_are_computed_again_in_bf16():
    forward = forward_of(overflowing_in(torch.float16))
    assert torch.isfinite(forward(pixels(4))).all()
    assert dict(forward.images_at) == {"bf16": 4}
    assert forward.fallbacks == ["bf16 after fp16 overflowed"]


def test_float32_is_the_last_resort():
    forward = forward_of(overflowing_in(torch.float16, torch.bfloat16))
    assert torch.isfinite(forward(pixels(4))).all()
    assert dict(forward.images_at) == {"fp32": 4}
    assert forward.fallbacks == ["bf16 after fp16 overflowed", "fp32 after bf16 overflowed"]


def test_later_batches_begin_with_the_precision_that_worked():
    attempts = []
    forward = forward_of(overflowing_in(torch.float16, attempts=attempts))
    forward(pixels(4))
    forward(pixels(2))
    assert attempts == [(4, torch.float16), (4, torch.bfloat16), (2, torch.bfloat16)]


def test_a_linear_layer_overflows_in_fp16_and_is_computed_again():
    layer = torch.nn.Linear(12, 3, bias=False)
    torch.nn.init.constant_(layer.weight, 60_000.0)
    forward = forward_of(lambda images: layer(images.flatten(1)))
    assert torch.isfinite(forward(pixels(2))).all()
    assert dict(forward.images_at) == {"bf16": 2}


def test_float32_has_nothing_to_fall_back_to():
    forward = forward_of(lambda images: images.mean(dim=(2, 3)) / 0, precision="fp32")
    with pytest.raises(NotFiniteError):
        forward(pixels(2))


def test_the_place_of_the_image_is_counted_over_the_parts_of_a_batch():
    def broken_last(images):
        logits = images.mean(dim=(2, 3))
        logits[-1] = float("nan") if len(images) == 1 else logits[-1]
        return logits

    with pytest.raises(NotFiniteError) as raised:
        forward_of(broken_last, precision="fp32", batch=2)(pixels(5))
    assert raised.value.place == 4


@pytest.mark.parametrize(
    "error",
    [
        torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB"),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"),
        RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes."),
        MemoryError(),
    ],
    ids=["cuda", "linux", "windows", "python"],
)
def test_lack_of_memory_halves_the_batch_for_good(error):
    sizes = []

    def fits_three(images):
        sizes.append(len(images))
        if len(images) > 3:
            raise error
        return images.mean(dim=(2, 3))

    forward = forward_of(fits_three, precision="fp32")
    whole = forward_of(lambda images: images.mean(dim=(2, 3)), precision="fp32")(pixels(7))
    assert torch.equal(forward(pixels(7)), whole)
    forward(pixels(3))
    assert sizes == [7, 3, 3, 1, 3]
    assert forward.fallbacks == ["batches of 3 after running out of memory"]


def test_batches_that_are_filled_up_have_one_size_and_the_same_logits():
    sizes = []

    def counted(images):
        sizes.append(len(images))
        return images.mean(dim=(2, 3))

    forward = forward_of(counted, precision="fp32", batch=4, filled_up=True)
    whole = forward_of(lambda images: images.mean(dim=(2, 3)), precision="fp32")(pixels(7))
    assert torch.equal(forward(pixels(7)), whole)
    assert torch.equal(forward(pixels(1)), whole[:1])
    assert sizes == [4, 4, 4]
    assert dict(forward.images_at) == {"fp32": 8}


def test_a_filled_up_batch_that_lacks_memory_is_halved_from_the_size_that_was_tried():
    sizes = []

    def fits_three(images):
        sizes.append(len(images))
        if len(images) > 3:
            raise torch.cuda.OutOfMemoryError
        return images.mean(dim=(2, 3))

    forward = forward_of(fits_three, precision="fp32", batch=8, filled_up=True)
    assert len(forward(pixels(3))) == 3
    assert sizes == [8, 4, 2, 2]


def test_on_a_cpu_nothing_is_filled_up():
    sizes = []
    forward_of(lambda images: sizes.append(len(images)) or images.mean(dim=(2, 3)), batch=8)(pixels(3))
    assert sizes == [3]


def test_halving_ends_at_one_image():
    sizes = []

    def never_fits(images):
        sizes.append(len(images))
        raise torch.cuda.OutOfMemoryError

    with pytest.raises(TooLargeError):
        forward_of(never_fits)(pixels(5))
    assert sizes == [5, 2, 1]


def test_other_faults_are_not_taken_for_lack_of_memory():
    def faulty(images):
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    with pytest.raises(RuntimeError, match="mat1"):
        forward_of(faulty)(pixels(5))
