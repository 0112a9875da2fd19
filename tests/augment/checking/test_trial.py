import pytest
import torch

from leyden.augment import CenterCrop
from leyden.augment.checking.trial import Trial, blob_sample, own_samples
from leyden.errors import DrawError
from leyden.items import items_of


def test_blobs_are_where_the_points_are():
    for sample in own_samples().values():
        for label, place, box in zip((1, 3), sample["points"].data, sample["boxes"].data, strict=True):
            middle = (sample["mask"].data == label).nonzero().double().mean(0)
            assert (middle - place).abs().max() < 0.3
            axes = len(place)
            assert ((box[:axes] < place) & (place < box[axes:])).all()


def test_each_of_the_first_channels_has_one_blob():
    image = blob_sample((30, 40), channels=3)["image"].data
    points = blob_sample((30, 40), channels=3)["points"].data.round().long().tolist()
    brightest = [channel.flatten().argmax().item() for channel in image[:2]]
    assert brightest == [row * 40 + column for row, column in points]


def test_samples_come_with_a_place_in_the_world():
    samples = own_samples()
    assert {name: sample["image"].spacing for name, sample in samples.items()} == {
        "picture": (0.8, 0.8),
        "bytes": (0.8, 0.8),
        "volume": (2.0, 1.0, 1.0),
    }
    assert samples["bytes"]["image"].data.dtype == torch.uint8
    assert len(items_of(samples["volume"])) == 5


def test_a_trial_draws_with_its_seed():
    sample = own_samples()["picture"]
    assert Trial.of(CenterCrop(9), 1, sample).draw.new_size == (9, 9)
    with pytest.raises(DrawError, match="does not fit"):
        Trial.of(CenterCrop(999), 1, sample)
