"""Convolutions as layers."""

import pytest
import torch
from torch import nn

import leyden as ly

W, B = torch.randn(6, 2, 3, 2), torch.randn(6)


@pytest.mark.parametrize(
    ("said", "shape"),
    [
        ({"pads": [1, 0, 1, 0], "strides": [2, 1], "dilations": [1, 2]}, (2, 4, 7, 8)),
        ({"pads": [1, 0, 0, 2]}, (2, 4, 7, 8)),
        ({"auto_pad": "SAME_UPPER", "strides": [2, 2]}, (2, 4, 7, 8)),
        ({"auto_pad": "SAME_LOWER", "strides": [2, 2]}, ("batch", 4, "height", "width")),
        ({"auto_pad": "SAME_UPPER"}, ("batch", 4, "height", "width")),
        ({"auto_pad": "VALID"}, (2, 4, 7, 8)),
    ],
    ids=str,
)
def test_a_layer_agrees_with_onnxruntime_whatever_the_padding(build, agrees, kinds, said, shape):
    model = build([("Conv", ["x", "w", "b"], ["y"], "", {"group": 2, **said})], {"w": W, "b": B}, shape)
    assert kinds(ly.onnx.load(model)) == {"conv1": "Conv2d"}
    agrees(model, torch.randn(2, 4, 7, 8))


@pytest.mark.parametrize(("axes", "kind"), [(1, "Conv1d"), (2, "Conv2d"), (3, "Conv3d")])
def test_there_is_a_layer_for_one_to_three_axes(build, agrees, kinds, axes, kind):
    w = torch.randn(6, 4, *(3,) * axes)
    model = build([("Conv", ["x", "w"], ["y"], "", {"auto_pad": "SAME_UPPER"})], {"w": w}, (2, 4, *(5,) * axes))
    assert list(kinds(ly.onnx.load(model)).values()) == [kind]
    agrees(model, torch.randn(2, 4, *(5,) * axes))


@pytest.mark.parametrize(
    ("said", "layers"),
    [
        ({"strides": [2, 2], "output_padding": [1, 0]}, 1),
        ({"strides": [2, 2], "pads": [1, 1, 0, 1]}, 1),
        ({"strides": [2, 2], "pads": [0, 0, 1, 1]}, 0),
        ({"strides": [2, 2], "output_shape": [9, 9]}, 0),
    ],
    ids=str,
)
def test_the_transpose_is_a_layer_where_torch_has_it(build, agrees, kinds, said, layers):
    model = build(
        [("ConvTranspose", ["x", "w", "b"], ["y"], "", said)], {"w": torch.randn(4, 6, 3, 2), "b": B}, (2, 4, 4, 5)
    )
    assert len(kinds(ly.onnx.load(model))) == layers
    agrees(model, torch.randn(2, 4, 4, 5))


def test_a_layer_called_twice_stays_one(build, kinds):
    nodes = [("Conv", ["x", "w"], ["h"], "", {}), ("Conv", ["h", "w"], ["y"], "", {})]
    net = ly.onnx.load(build(nodes, {"w": torch.randn(2, 2, 1, 1)}, (1, 2, 3, 3)))
    assert kinds(net) == {"conv1": "Conv2d"}


def test_a_convolution_tells_how_many_axes_there_are(build, kinds):
    nodes = [
        ("Conv", ["x", "w"], ["c"], "", {"group": 2}),
        ("BatchNormalization", ["c", "s", "b", "m", "v"], ["y"], "", {}),
    ]
    norm = dict.fromkeys("sbmv", torch.ones(6))
    model = build(nodes, {"w": W, **norm}, None)
    assert kinds(ly.onnx.load(model)) == {"conv1": "Conv2d", "bn1": "BatchNorm2d"}


def test_layers_that_share_a_kernel_share_its_parameter(build):
    nodes = [("Conv", ["x", "w"], ["h"], "", {}), ("Conv", ["h", "w"], ["y"], "", {"pads": [1, 1, 1, 1]})]
    net = ly.onnx.load(build(nodes, {"w": torch.randn(2, 2, 1, 1)}, (1, 2, 3, 3)))
    assert net.get_parameter("conv1.weight") is net.get_parameter("conv2.weight")


def test_a_bias_of_zeros_that_the_file_holds_stays(build):
    model = build([("Conv", ["x", "w", "b"], ["y"], "", {})], {"w": W[:, :, :1, :1], "b": torch.zeros(6)}, (1, 2, 3, 3))
    assert ly.onnx.load(model).get_parameter("conv1.bias").tolist() == [0] * 6


def test_a_bias_of_zeros_that_an_exporter_computed_is_left_out(build):
    nodes = [("ConstantOfShape", ["n"], ["b"], "", {}), ("Conv", ["x", "w", "b"], ["y"], "", {})]
    net = ly.onnx.load(build(nodes, {"n": torch.tensor([6]), "w": W[:, :, :1, :1]}, (1, 2, 3, 3)))
    assert sorted(net.state_dict()) == ["conv1.weight"]


class Convolutions(nn.Module):
    """A zero bias that is real, none, and a transpose without."""

    def __init__(self) -> None:
        super().__init__()
        self.real = nn.Conv2d(3, 4, 3)
        self.none = nn.Conv2d(4, 4, 1, bias=False)
        self.up = nn.ConvTranspose2d(4, 2, 2, stride=2, bias=False)
        self.real.bias = nn.Parameter(torch.zeros(4))

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return self.up(self.none(self.real(image)))


def test_exports_keep_zero_biases_that_are_real_and_add_none(write):
    net, x = Convolutions(), torch.randn(2, 3, 6, 6)
    back = ly.onnx.load(write(net, x))
    assert sorted(back.state_dict()) == sorted(net.state_dict())
