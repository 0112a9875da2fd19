import numpy as np
import pytest
import torch

from leyden import augment
from leyden.augment.chain.chance import check, demand_generator, interval, range_text, seed_number, seeded, uniform
from leyden.errors import DrawError
from leyden.items import Image, Mask


def test_numbers_are_even_between_0_and_1():
    generator = torch.Generator().manual_seed(0)
    numbers = [uniform(generator) for _ in range(2000)]
    assert 0 <= min(numbers) < 0.01
    assert 0.99 < max(numbers) < 1
    assert sum(numbers) / 2000 == pytest.approx(0.5, abs=0.02)


def test_the_global_generator_is_neither_read_nor_moved():
    torch.manual_seed(1)
    state = torch.get_rng_state()
    first = uniform(torch.Generator().manual_seed(0))
    assert torch.equal(torch.get_rng_state(), state)
    torch.manual_seed(2)
    assert uniform(torch.Generator().manual_seed(0)) == first


def test_a_seed_is_one_whole_number_that_makes_the_same_stream_again():
    generator = torch.Generator().manual_seed(0)
    numbers = [seed_number(generator) for _ in range(500)]
    assert all(number.is_integer() and 0 <= number < 2**31 for number in numbers)
    assert len(set(numbers)) == 500
    torch.manual_seed(3)
    state = torch.get_rng_state()
    streams = [torch.rand(5, generator=seeded(number, "cpu")) for number in (numbers[0], numbers[0], numbers[1])]
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(streams[0], streams[1])
    assert not torch.equal(streams[0], streams[2])


def test_a_range_is_a_number_or_a_pair():
    assert interval(3) == (-3, 3)
    assert interval((0.5, 2)) == (0.5, 2)
    assert range_text((0.5, 2), 100) == "50..200"


def test_all_broken_rules_are_named():
    check("thing", {"sense": True})
    with pytest.raises(DrawError, match="'thing': wants sense; form"):
        check("thing", {"sense": False, "form": False, "age": True})


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: augment.Rotate([-10, 10]), "degrees in plain numbers, several in a tuple, not as list"),
        (lambda: augment.Affine(zoom=[0.9, 1.1]), "zoom in plain numbers, several in a tuple, not as list"),
        (lambda: augment.Affine(degrees=torch.tensor(15.0)), "degrees in plain .* not as Tensor"),
        (lambda: augment.RandomResizedCrop(8, scale=[0.5, 1]), "scale in plain .* not as list"),
        (lambda: augment.RandomErasing([0.1, 0.2]), "area in plain .* not as list"),
        (lambda: augment.CoarseDropout(1, 2, length=[0.1, 0.2]), "length in plain .* not as list"),
        (lambda: augment.CoarseDropout(1, 2, length=0.1), "a length of 0 < low"),
        (lambda: augment.Normalize(mean=[0.4, 0.5], std=[0.2, 0.2]), "mean in plain .* not as list"),
        (lambda: augment.Normalize(np.ones(3), np.ones(3)), "std in plain .* not as ndarray"),
        (lambda: augment.Normalize(float("nan"), 1.0), "a finite mean"),
        (lambda: augment.Contrast([-0.2, 0.2]), "amount in plain .* not as list"),
        (lambda: augment.Brightness(float("inf")), "finite low <= high"),
        (lambda: augment.ChannelGain("much"), "finite -1 < low"),
        (lambda: augment.ChannelShift(float("inf")), "finite low <= high"),
        (lambda: augment.GaussianNoise(0, float("inf")), "finite 0 <= low"),
        (lambda: augment.ShotNoise(1, float("inf")), "finite 0 < low"),
        (lambda: augment.Gamma(1, float("inf")), "finite 0 < low"),
        (lambda: augment.GaussianBlur(0, float("inf")), "finite 0 <= low"),
        (lambda: augment.Invert(float("nan")), "one finite number as white"),
        (lambda: augment.Equalize(16.5), "a whole number"),
        (lambda: augment.CLAHE(tiles=2.5), "a whole number"),
        (lambda: augment.LabelCrop(4, labels=[1, 2]), "labels in a tuple of whole numbers"),
        (lambda: augment.LabelCrop(4, labels=1), "labels in a tuple of whole numbers"),
        (lambda: augment.Orientation(None), "three letters"),
        (lambda: augment.Spacing((1.0, 1.0)), "one length, or one an axis"),
        (lambda: augment.Remap((1, 2)), "pairs of whole numbers"),
        (lambda: augment.MixUp(float("inf")), "a finite alpha"),
        (lambda: augment.CutMix(float("inf")), "a finite alpha"),
        (lambda: augment.Mosaic(8.0, 8.0), "two pixels or more"),
        (lambda: augment.Resize((256, 256)), "sizes one by one, as 256, 256"),
        (lambda: augment.RandomCrop([256, 256]), "sizes one by one, as 256, 256"),
        (lambda: augment.Resize(True), "one size, or one an axis"),
        (lambda: augment.RandAugment(2.5), "a count of 0 and up"),
    ],
)
def test_what_is_no_plain_number_is_told_in_one_sentence(make, told):
    with pytest.raises(DrawError, match=told):
        make()


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("span", [[1, 2], (1, 2, 3), "15", None])
def test_what_is_no_range_has_no_ends(span):
    with pytest.raises(DrawError, match="a range is one number"):
        interval(span)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("generator", [None, 7, np.random.default_rng(0)])
def test_chance_comes_from_a_generator_of_torch(generator):
    image = Image(torch.rand(1, 8, 8))
    asks = [
        lambda: demand_generator(generator),
        lambda: augment.Rotate(15).draw(generator, image),
        lambda: augment.Rotate(15)(generator, image),
        lambda: augment.MixUp(1.0).draw(generator, (image, image)),
        lambda: augment.draw_batch(augment.Rotate(15), generator, image.data[None]),
    ]
    for ask in asks:
        with pytest.raises(DrawError, match=r"wants a torch\.Generator"):
            ask()


@pytest.mark.parametrize(
    ("made", "plain"),
    [
        (lambda: augment.RandomCrop(np.int64(4)), augment.RandomCrop(4)),
        (lambda: augment.Resize(np.int32(8), np.uint8(9)), augment.Resize(8, 9)),
        (lambda: augment.Rotate(np.float64(9)), augment.Rotate(9.0)),
        (lambda: augment.Rotate((np.float32(-2), np.int16(9))), augment.Rotate((-2.0, 9))),
        (lambda: augment.Zoom(np.float32(0.5), 2), augment.Zoom(0.5, 2)),
        (lambda: augment.Remap({np.int64(1): np.uint8(3)}), augment.Remap({1: 3})),
        (lambda: augment.LabelCrop(np.int64(4), labels=(np.int64(1),)), augment.LabelCrop(4, labels=(1,))),
        (lambda: augment.SomeOf(augment.Flip("x"), augment.Flip("y"), count=np.int64(1)),
         augment.SomeOf(augment.Flip("x"), augment.Flip("y"), count=1)),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("unchecked")
def test_numbers_of_numpy_become_plain(made, plain):
    assert repr(made()) == repr(plain)
    sample = Image(torch.rand(1, 12, 12)), Mask(torch.ones(12, 12, dtype=torch.uint8))
    draw = made().draw(torch.Generator(), sample)
    assert augment.Draw.from_json(draw.to_json()) == draw
