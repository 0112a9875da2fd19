import pytest
import torch

from leyden.augment import Contrast, Draw
from leyden.augment.colour.channel import ChannelDrop, ChannelGain, ChannelShift, ChannelShuffle
from leyden.errors import DrawError
from leyden.items import Image, Mask


def draw_for(transform, sample, seed=0):
    return transform.draw(torch.Generator().manual_seed(seed), sample)


@pytest.mark.parametrize("channels", [1, 3, 5])
@pytest.mark.parametrize("size", [(4, 5), (2, 3, 4)])
def test_shuffling_gives_every_order_and_comes_back(channels, size):
    image = Image(torch.rand(channels, *size))
    orders = set()
    for seed in range(16):
        draw = draw_for(ChannelShuffle(), image, seed)
        order = tuple(map(int, draw.steps[0].numbers))
        orders.add(order)
        torch.testing.assert_close(draw(image).data, image.data[list(order)])
        torch.testing.assert_close(draw.invert(draw(image)).data, image.data)
    assert all(sorted(order) == list(range(channels)) for order in orders)
    assert len(orders) >= min(channels, 4)


def test_some_channels_are_dropped_and_the_others_stay_as_they_are():
    image, dropped = Image(torch.rand(4, 3, 3) + 1), set()
    for seed in range(15):
        result = draw_for(ChannelDrop(2, fill=0.5), image, seed)(image).data
        gone = [channel for channel in range(4) if (result[channel] == 0.5).all()]
        kept = [channel for channel in range(4) if channel not in gone]
        assert len(gone) == 2
        assert torch.equal(result[kept], image.data[kept])
        dropped |= set(gone)
    assert dropped == {0, 1, 2, 3}


def test_each_channel_has_a_gain_and_a_shift_of_its_own():
    image = Image(torch.ones(3, 2, 2))
    for transform, low, high in ((ChannelGain((0.1, 0.3)), 1.1, 1.3), (ChannelShift((0.5, 0.7)), 1.5, 1.7)):
        draw = draw_for(transform, image)
        values = draw(image).data[:, 0, 0].tolist()
        assert len(set(values)) == 3
        assert all(low <= value <= high for value in values)
        torch.testing.assert_close(draw.invert(draw(image)).data, image.data)


def test_channel_steps_fuse_and_replay_from_text():
    image = Image(torch.rand(3, 4, 4))
    draw = draw_for(ChannelShuffle() | ChannelGain(0.2) | Contrast(0.2) | ChannelShift(0.1) | ChannelDrop(), image)
    assert len(draw.fusion.colours) == 1
    assert Draw.from_json(draw.to_json())(image) == draw(image)


def test_samples_without_images_pass():
    mask = Mask(torch.ones(4, 4, dtype=torch.uint8))
    for transform in (ChannelShuffle(), ChannelDrop(), ChannelGain(0.1), ChannelShift(0.1)):
        assert draw_for(transform, mask)(mask) == mask


def test_bad_numbers_are_refused_at_the_door():
    with pytest.raises(DrawError, match="would leave none of 2 channels; drop fewer"):
        draw_for(ChannelDrop(2), Image(torch.rand(2, 3, 3)))
    with pytest.raises(DrawError, match="a whole count of 1 and up"):
        ChannelDrop(0)
    with pytest.raises(DrawError, match="-1 < low <= high"):
        ChannelGain(1)
    with pytest.raises(DrawError, match="low <= high"):
        ChannelShift((1, 0))


def test_words():
    chain = ChannelShuffle() | ChannelDrop() | ChannelDrop(2) | ChannelGain(0.2) | ChannelShift((0, 1))
    assert chain.plan() == (
        "1.) one linear colour step: shuffle channels, drop 1 channel, drop 2 channels, gain +-0.2 a channel, "
        "shift 0..1 a channel"
    )
