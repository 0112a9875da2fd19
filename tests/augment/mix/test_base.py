import json
from dataclasses import dataclass

import pytest
import torch

import leyden as ly
from leyden.augment.mix import CutMix, Mix, MixDraw, MixUp, Mosaic
from leyden.errors import DrawError, ItemError
from leyden.items import Image, Keypoints, Label, Mask, Row
from leyden.items.boxes import Boxes
from leyden.items.heatmap import Heatmap

MIXES = [MixUp(0.4, classes=3), CutMix(1.0, classes=3), Mosaic(8, 10, classes=3)]


@dataclass(frozen=True, repr=False)
class Second(Mix):
    def numbers(self, generator, sizes):
        return (1,)

    def mixed(self, numbers, items):
        return items[int(numbers[0])]


def samples_for(mix, size=(12, 14), seed=0):
    generator = torch.Generator().manual_seed(seed)
    return tuple(
        {
            "image": Image(torch.rand(3, *size, generator=generator)),
            "heat": Heatmap(torch.rand(1, *size, generator=generator)),
            "boxes": Boxes(torch.tensor([[1.0, 1.0, 6.0, 7.0]]), size, labels=(number,)),
            "label": Label(number % 3),
            "row": Row({"age": number}),
            "file": f"{number}.png",
        }
        for number in range(mix.count(len(size)))
    )


def draw_for(mix, samples, seed=3):
    return mix.draw(torch.Generator().manual_seed(seed), samples)


@pytest.mark.parametrize("mix", MIXES, ids=repr)
def test_a_draw_is_replayed_from_its_json_byte_for_byte(mix):
    samples = samples_for(mix)
    draw = draw_for(mix, samples)
    again = MixDraw.from_json(draw.to_json())
    assert again == draw
    assert repr(again) == repr(draw)
    assert again(samples) == draw(samples) == mix(torch.Generator().manual_seed(3), samples)
    assert again.to_json() == draw.to_json()


@pytest.mark.parametrize("mix", MIXES, ids=repr)
def test_samples_stay_as_they_were_and_the_rest_is_that_of_the_first(mix):
    samples, before = samples_for(mix), samples_for(mix)
    mixed = draw_for(mix, samples)(samples)
    assert samples == before
    assert (mixed["row"], mixed["file"], list(mixed)) == (Row({"age": 0}), "0.png", list(samples[0]))


@pytest.mark.parametrize("mix", MIXES, ids=repr)
def test_it_is_a_step_of_a_pipeline(mix):
    photos = [(Image(torch.full((1, 6, 6), index / 9)), Label(index % 3)) for index in range(10)]
    partners = [photos | ly.data.shuffle(seed=seed) for seed in range(1, mix.count(2))]
    pipe = ly.data.zip(photos, *partners) | ly.data.map_random(mix, seed=0)
    images, labels = (pipe | ly.data.batch(10))[0]
    assert labels.shape == (10, 3)
    assert torch.allclose(labels.sum(1), torch.ones(10))
    assert len(images) == 10
    assert pipe[4][0] == pipe[4][0]


def test_a_mix_of_ones_own_takes_two_methods_and_is_found_by_name():
    samples = samples_for(Second())
    draw = draw_for(Second(), samples)
    assert MixDraw.from_json(draw.to_json())(samples)["image"] == samples[1]["image"]


def test_a_name_is_taken_once():
    with pytest.raises(DrawError, match=r"two mixes named 'MixUp'.*rename one"):
        type("MixUp", (Mix,), {})


def test_other_grids_or_numbers_of_samples_are_refused():
    samples = samples_for(CutMix(1.0))
    draw = draw_for(CutMix(1.0), samples)
    with pytest.raises(DrawError, match="12 x 14 and 12 x 14, got 8 x 8 and 8 x 8; draw again"):
        draw(samples_for(CutMix(1.0), (8, 8)))
    with pytest.raises(
        DrawError, match=r"CutMix\(1.0\) wants 2 samples of as many axes, got 12 x 14; use leyden.data.zip"
    ):
        draw_for(CutMix(1.0), samples[:1])
    with pytest.raises(DrawError, match="got none"):
        draw_for(MixUp(1.0), ())
    with pytest.raises(DrawError, match="one grid, got 12 x 14 and 8 x 8; Resize them first"):
        draw_for(MixUp(1.0), (samples[0], samples_for(MixUp(1.0), (8, 8))[0]))
    with pytest.raises(DrawError, match="as many axes, got 8 x 8 and 8 x 8 x 8"):
        draw_for(MixUp(1.0), (Image(torch.zeros(1, 8, 8)), Image(torch.zeros(1, 8, 8, 8))))
    with pytest.raises(DrawError, match="a bare tensor is no item"):
        draw_for(MixUp(1.0), (torch.zeros(1, 8, 8), torch.zeros(1, 8, 8)))


def test_samples_of_different_builds_are_refused():
    image, mask = Image(torch.zeros(1, 4, 4)), Mask(torch.zeros(4, 4, dtype=torch.uint8))
    with pytest.raises(ItemError, match="got tuple of 1, tuple of 2"):
        CutMix(1.0)(torch.Generator(), ((image,), (image, mask)))
    with pytest.raises(DrawError, match="Image, Mask stand in one place"):
        CutMix(1.0)(torch.Generator(), (image, mask))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"leyden.mix": 9}, "version 9; this leyden reads version 1"),
        ({"mix": "Blend"}, "no mix named 'Blend'; import"),
        ({"numbers": None, "sizes": None, "options": {"beta": 1}}, "not a stored draw"),
    ],
)
def test_what_is_no_stored_draw_is_refused(change, message):
    stored = json.loads(draw_for(MIXES[0], samples_for(MIXES[0])).to_json())
    with pytest.raises(DrawError, match=message):
        MixDraw.from_json(json.dumps(stored | change))
    with pytest.raises(DrawError, match="not a stored draw"):
        MixDraw.from_json("{}")


def test_points_of_another_kind_are_refused_by_name():
    points = Keypoints(torch.zeros(1, 2), (4, 4))
    boxes = Boxes(torch.zeros(1, 4), (4, 4))
    with pytest.raises(DrawError, match="Keypoints, Boxes stand in one place of the samples; give the same kind"):
        CutMix(1.0)(torch.Generator(), (points, boxes))


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("mix", MIXES, ids=repr)
def test_one_sample_alone_and_pictures_with_nan_are_refused(mix):
    image = Image(torch.rand(3, 12, 14))
    with pytest.raises(DrawError, match="wants a tuple of samples, got one Image"):
        mix.draw(torch.Generator(), image)
    with pytest.raises(DrawError, match="wants a tuple of samples, got one dict"):
        mix.draw(torch.Generator(), samples_for(mix))({"image": image})
    bad = [Image(torch.full((3, 12, 14), float("nan")))] * mix.count(2)
    with pytest.raises(DrawError, match="an image with NaN"):
        mix(torch.Generator(), bad)


@pytest.mark.parametrize("mix", MIXES, ids=repr)
@pytest.mark.parametrize("other", [{"labels": ("right", "left")}, {"labels": ("left", "right"), "pairs": ((0, 1),)}])
def test_heat_maps_of_other_things_are_not_mixed(mix, other):
    data = torch.rand(2, 12, 14)
    heats = [Heatmap(data, labels=("left", "right"))] * mix.count(2)
    assert mix(torch.Generator().manual_seed(0), heats).labels == ("left", "right")
    with pytest.raises(DrawError, match="heat maps of other things"):
        mix(torch.Generator(), [*heats[:-1], Heatmap(data, **other)])
