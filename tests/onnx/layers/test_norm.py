"""Normalisations as layers."""

import pytest
import torch
from torch import nn

import leyden as ly

SCALE, BIAS, MEAN, VAR = torch.rand(4) + 0.5, torch.randn(4), torch.randn(4), torch.rand(4) + 0.5
WEIGHTS = {"s": SCALE, "b": BIAS, "m": MEAN, "v": VAR}


@pytest.mark.parametrize("shape", [(3, 4), (3, 4, 5), (3, 4, 2, 3), (3, 4, 2, 2, 2)], ids=str)
def test_batch_normalisation_is_a_layer_of_its_number_of_axes(build, agrees, kinds, shape):
    model = build([("BatchNormalization", ["x", "s", "b", "m", "v"], ["y"], "", {})], WEIGHTS, shape)
    assert list(kinds(ly.onnx.load(model)).values()) == [f"BatchNorm{max(len(shape) - 2, 1)}d"]
    agrees(model, torch.randn(shape))


def test_batch_normalisation_moves_its_statistics_as_the_file_says(build):
    said = {"momentum": 0.75, "epsilon": 1e-3}
    model = build([("BatchNormalization", ["x", "s", "b", "m", "v"], ["y"], "", said)], WEIGHTS, (3, 4))
    layer = ly.onnx.load(model).bn1
    assert (layer.momentum, layer.eps) == (0.25, 1e-3)


def test_batch_normalisation_that_trains_is_no_layer(build, kinds):
    model = build([("BatchNormalization", ["x", "s", "b", "m", "v"], ["y"], "", {"training_mode": 1})], WEIGHTS, (3, 4))
    assert kinds(ly.onnx.load(model)) == {}


@pytest.mark.parametrize(
    ("op", "inputs", "said", "kind", "opset"),
    [
        ("InstanceNormalization", ["x", "s", "b"], {}, "InstanceNorm1d", 21),
        ("GroupNormalization", ["x", "s", "b"], {"num_groups": 2}, "GroupNorm", 21),
        ("LayerNormalization", ["x", "w", "c"], {}, "LayerNorm", 17),
        ("LayerNormalization", ["x", "w"], {"axis": 2}, "LayerNorm", 17),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_normalisation_is_its_layer(build, agrees, kinds, op, inputs, said, kind, opset):
    weights = {**WEIGHTS, "w": torch.rand(5), "c": torch.rand(5)}
    model = build([(op, inputs, ["y"], "", said)], {name: weights[name] for name in inputs[1:]}, (3, 4, 5), opset=opset)
    assert list(kinds(ly.onnx.load(model)).values()) == [kind]
    agrees(model, torch.randn(3, 4, 5))


def test_mean_squares_are_a_layer(build):
    model = build(
        [("RMSNormalization", ["x", "w"], ["y"], "", {"epsilon": 1e-6})], {"w": torch.rand(5)}, (3, 5), opset=23
    )
    assert str(ly.onnx.load(model).rmsnorm1) == "RMSNorm((5,), eps=1e-06, elementwise_affine=True)"


@pytest.mark.parametrize(
    ("op", "scale", "shape", "said", "opset"),
    [
        ("GroupNormalization", torch.rand(2), (2, 4, 3), {"num_groups": 2}, 18),
        ("LayerNormalization", torch.rand(1), (2, 4), {}, 17),
        ("LayerNormalization", torch.rand(4), (2, 3, 4), {"axis": 1}, 17),
    ],
    ids=["scale of groups", "scale of one", "scale of the last axis"],
)
def test_weights_of_another_shape_are_left_to_the_function(build, kinds, op, scale, shape, said, opset):
    inputs = ["x", "s", "b"] if op == "GroupNormalization" else ["x", "s"]
    model = build([(op, inputs, ["y"], "", said)], dict.fromkeys(inputs[1:], scale), shape, opset=opset)
    net = ly.onnx.load(model)
    assert kinds(net) == {}
    assert net(torch.randn(shape)).shape == shape


class Norms(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.group = nn.GroupNorm(2, 4)
        self.instance = nn.InstanceNorm1d(4, affine=True)
        self.plain = nn.InstanceNorm1d(4)
        self.layer = nn.LayerNorm(6)
        self.free = nn.LayerNorm(6, elementwise_affine=False)
        self.scale = nn.LayerNorm(6, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.scale(self.free(self.layer(self.plain(self.instance(self.group(x))))))


def test_exports_give_the_layers_back_with_their_weights(write):
    net, x = Norms(), torch.randn(2, 4, 6)
    for part in net.parameters():
        part.data += torch.rand_like(part)
    back = ly.onnx.load(write(net, x))
    assert {name: value.tolist() for name, value in back.state_dict().items()} == {
        name: value.tolist() for name, value in net.state_dict().items()
    }
    assert [type(back.get_submodule(name)) for name in ("group", "instance", "layer", "scale")] == [
        nn.GroupNorm, nn.InstanceNorm1d, nn.LayerNorm, nn.LayerNorm,
    ]  # fmt: skip
    torch.testing.assert_close(back(x), net(x))


def test_batch_normalisation_with_weights_of_another_type_than_its_statistics_is_a_function(build, kinds):
    weights = {name: value.half() if name in "sb" else value for name, value in WEIGHTS.items()}
    nodes = [("BatchNormalization", ["x", "s", "b", "m", "v"], ["y"], "", {})]
    net, x = ly.onnx.load(build(nodes, weights, (2, 4, 3), opset=15, dtype=10)), torch.randn(2, 4, 3).half()
    wanted = nn.functional.batch_norm(x.float(), MEAN, VAR, weights["s"].float(), weights["b"].float())
    assert kinds(net) == {}
    torch.testing.assert_close(net(x), wanted.half())
