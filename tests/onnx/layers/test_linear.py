"""Linear layers, and weights that others use, too."""

import pytest
import torch
from torch import Tensor, nn

import leyden as ly

W, B = torch.randn(4, 3), torch.randn(3)


@pytest.mark.parametrize("turned", [0, 1])
def test_the_general_product_is_a_layer(build, agrees, kinds, turned):
    w = W.t().contiguous() if turned else W
    model = build([("Gemm", ["x", "w", "b"], ["y"], "", {"transB": turned})], {"w": w, "b": B}, (2, 4))
    assert kinds(ly.onnx.load(model)) == {"linear1": "Linear"}
    agrees(model, torch.randn(2, 4))


@pytest.mark.parametrize("said", [{"alpha": 0.5}, {"beta": 2.0}, {"transA": 1}], ids=str)
def test_a_general_product_that_is_more_stays_a_function(build, agrees, kinds, said):
    shape = (4, 2) if "transA" in said else (2, 4)
    model = build([("Gemm", ["x", "w", "b"], ["y"], "", said)], {"w": W, "b": B}, shape)
    assert kinds(ly.onnx.load(model)) == {}
    agrees(model, torch.randn(shape))


@pytest.mark.parametrize("summands", [["h", "b"], ["b", "h"]], ids=str)
def test_a_product_and_the_sum_with_a_bias_on_either_side_are_one_layer(build, agrees, kinds, summands):
    nodes = [("MatMul", ["x", "w"], ["h"], "", {}), ("Add", summands, ["y"], "", {})]
    model = build(nodes, {"w": W, "b": B}, (2, 5, 4))
    net = ly.onnx.load(model)
    assert [node.op for node in net.graph.nodes] == ["placeholder", "call_module", "output"]
    agrees(model, torch.randn(2, 5, 4))


def test_a_product_that_others_take_keeps_its_sum(build, agrees):
    nodes = [
        ("MatMul", ["x", "w"], ["h"], "", {}),
        ("Add", ["h", "b"], ["s"], "", {}),
        ("Mul", ["s", "h"], ["y"], "", {}),
    ]
    model = build(nodes, {"w": W, "b": B}, (2, 4))
    assert ly.onnx.load(model).linear1.bias is None
    agrees(model, torch.randn(2, 4))


def test_a_matrix_that_is_only_shown_turned_is_the_weight_itself(build):
    nodes = [("Transpose", ["w"], ["t"], "", {}), ("MatMul", ["x", "t"], ["y"], "", {})]
    net = ly.onnx.load(build(nodes, {"w": W}, (2, 3)))
    assert net.get_parameter("linear1.weight").shape == W.shape


def test_a_table_and_a_product_with_it_turned_share_their_weight(build):
    nodes = [
        ("Gather", ["w", "x"], ["h"], "", {}), ("Transpose", ["w"], ["t"], "", {"perm": [1, 0]}),
        ("MatMul", ["h", "t"], ["y"], "", {}),
    ]  # fmt: skip
    net = ly.onnx.load(build(nodes, {"w": torch.randn(7, 3)}, (2, 5), dtype=7))
    assert net.get_parameter("embedding1.weight") is net.get_parameter("linear1.weight")


class Perceptron(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(8, 16)
        self.norm = nn.BatchNorm1d(16)
        self.second = nn.Linear(16, 16, bias=False)
        self.last = nn.Linear(16, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.last(self.second(self.norm(self.first(x)).relu()))


class Free(nn.Module):
    """A weight that is no layer's, and a layer that has its weight from another."""

    def __init__(self) -> None:
        super().__init__()
        self.mix_weight = nn.Parameter(torch.randn(6, 4))
        self.tokens = nn.Embedding(9, 4)
        self.head = nn.Linear(4, 9, bias=False)
        self.back = nn.Linear(6, 4)
        self.head.weight = self.tokens.weight

    def forward(self, index: Tensor) -> Tensor:
        return self.head(self.back(nn.functional.linear(self.tokens(index), self.mix_weight)))


@pytest.mark.parametrize(
    ("make", "example"), [(Perceptron, torch.randn(3, 8)), (Free, torch.tensor([[1, 2], [8, 0]]))], ids=["mlp", "free"]
)
def test_the_state_of_an_export_is_that_of_the_source(write, make, example):
    net = make()
    for part in net.parameters():
        part.data += torch.rand_like(part)
    back = ly.onnx.load(write(net, example))
    theirs = {name: value for name, value in net.state_dict().items() if "num_batches" not in name}
    ours = {name: value for name, value in back.state_dict().items() if "num_batches" not in name}
    assert {name: value.tolist() for name, value in ours.items()} == {
        name: value.tolist() for name, value in theirs.items()
    }
    torch.testing.assert_close(back(example), net.eval()(example))
