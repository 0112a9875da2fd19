import pytest
import torch

from leyden.errors import VisionError
from leyden.vision import create, fit_channels, read_lite0, rename


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("_conv_stem.weight", "stem.convolution.weight"),
        ("_bn0.num_batches_tracked", "stem.norm.num_batches_tracked"),
        ("_blocks.0._depthwise_conv.weight", "stages.stage1.block1.depthwise.convolution.weight"),
        ("_blocks.0._bn1.bias", "stages.stage1.block1.depthwise.norm.bias"),
        ("_blocks.1._expand_conv.weight", "stages.stage2.block1.expand.convolution.weight"),
        ("_blocks.2._bn0.weight", "stages.stage2.block2.expand.norm.weight"),
        ("_blocks.8._bn2.running_var", "stages.stage5.block1.project.norm.running_var"),
        ("_blocks.15._project_conv.weight", "stages.stage7.block1.project.convolution.weight"),
        ("_conv_head.weight", "neck.convolution.weight"),
        ("_bn1.running_mean", "neck.norm.running_mean"),
        ("_fc.bias", "head.linear.bias"),
    ],
)
def test_keys_of_the_reference_become_ours(theirs, ours):
    assert rename(theirs) == ours


@pytest.mark.parametrize("key", ["_blocks.16._bn0.weight", "_blocks.0._se_reduce.weight", "classifier.weight", ""])
def test_keys_of_another_network_are_refused(key):
    with pytest.raises(VisionError, match="no key of the reference with 16 blocks"):
        rename(key)


def test_weights_fit_the_network_key_by_key():
    model, _ = create("efficientnet_lite0")
    state, fresh = read_lite0(), model.state_dict()
    assert list(state) == list(fresh)
    assert [value.shape for value in state.values()] == [value.shape for value in fresh.values()]
    assert [value.dtype for value in state.values()] == [value.dtype for value in fresh.values()]


@pytest.mark.parametrize("channels", [1, 2, 4, 7])
def test_equal_channels_are_answered_as_their_grey_photograph(channels):
    weight, grey = torch.randn(5, 3, 3, 3), torch.rand(1, 1, 9, 9)
    expected = torch.conv2d(grey.expand(-1, 3, -1, -1), weight)
    found = torch.conv2d(grey.expand(-1, channels, -1, -1), fit_channels(weight, channels))
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-5)


def test_an_equal_number_of_channels_gives_a_plain_copy():
    weight = torch.randn(5, 3, 3, 3)
    copied = fit_channels(weight, 3)
    assert torch.equal(copied, weight)
    assert copied.data_ptr() != weight.data_ptr()


def test_one_channel_network_answers_a_scan_as_the_colour_network_does():
    scan = torch.rand(1, 40, 40)
    answers = []
    for channels in (1, 3):
        model, prep = create("efficientnet_lite0", pretrained=True, channels=channels)
        assert prep.channels == channels
        with torch.no_grad():
            answers.append(model.eval()(prep.normalise(scan)[None]))
    torch.testing.assert_close(answers[0], answers[1], atol=1e-4, rtol=1e-4)
