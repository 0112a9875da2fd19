import copy
import io
import pickle
from typing import Any

import pytest
import torch
from torch import fx

from leyden.onnx.loading import load
from leyden.onnx.lower.result.network import Network

TEXT = (
    "net (float[batch, 2] x) => (float[batch, 2] y, float[2] z) <float[2] w = {1, 2}> "
    "{ h = Mul(x, w) y = Softmax<axis = 1>(h) z = RandomUniform<shape = [2]>() }"
)


def through_pickle(network: fx.GraphModule) -> fx.GraphModule:
    return pickle.loads(pickle.dumps(network))  # what is loaded was made here


def through_file(network: fx.GraphModule) -> fx.GraphModule:
    file = io.BytesIO()
    torch.save(network, file)
    file.seek(0)
    return torch.load(file, weights_only=False)


@pytest.fixture(params=[copy.deepcopy, through_pickle, through_file], ids=["deepcopy", "pickle", "save"])
def pair(request: pytest.FixtureRequest, written: Any) -> tuple[fx.GraphModule, fx.GraphModule]:
    network = load(written(TEXT))
    return network, request.param(network)


def test_a_copy_computes_the_same_with_weights_of_its_own(pair: tuple[fx.GraphModule, fx.GraphModule]):
    network, twin = pair
    x = torch.rand(3, 2)
    assert torch.equal(network(x)[0], twin(x)[0])
    with torch.no_grad():
        next(twin.parameters()).zero_()
    assert not torch.equal(network(x)[0], twin(x)[0])


def test_a_copy_knows_where_it_comes_from(pair: tuple[fx.GraphModule, fx.GraphModule]):
    network, twin = pair
    assert twin.meta["onnx"] == network.meta["onnx"]
    rows = [[(node.name, node.op, node.meta.get("onnx")) for node in part.graph.nodes] for part in pair]
    assert rows[0] == rows[1]


def test_a_copy_is_still_random_where_the_file_is(pair: tuple[fx.GraphModule, fx.GraphModule]):
    x = torch.rand(1, 2)
    assert not torch.equal(pair[1](x)[1], pair[1](x)[1])


def test_a_copy_is_such_a_network_too(pair: tuple[fx.GraphModule, fx.GraphModule]):
    assert isinstance(pair[1], Network)
    assert pair[1].training is False
