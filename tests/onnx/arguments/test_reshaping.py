"""Zeros of Reshape, resolved beforehand."""

import pytest
import torch
from onnx.parser import parse_model
from torch import fx

from leyden.onnx.loading import load


def network(shape: str, sizes: str = "n, 3, 4", allowzero: int = 0) -> fx.GraphModule:
    text = f"""<ir_version: 8, opset_import: ["" : 14]>
    g (float[{sizes}] x) => (y) {{
        s = Constant<value_ints=[{shape}]>()
        y = Reshape<allowzero={allowzero}>(x, s)
    }}"""
    return load(parse_model(text))


@pytest.mark.parametrize(
    ("shape", "expected"), [("0, -1", (2, 12)), ("-1, 0, 2", (4, 3, 2)), ("2, 12", (2, 12)), ("0, 0, 0", (2, 3, 4))]
)
def test_zeros_keep_sizes(shape: str, expected: tuple[int, ...]):
    assert network(shape)(torch.zeros(2, 3, 4)).shape == expected


def test_sizes_that_the_file_says_stand_in_place_of_zeros():
    calls = [node.args[1] for node in network("-1, 0, 2").graph.nodes if node.op == "call_function"]
    assert calls == [(-1, 3, 2)]


def test_zeros_are_sizes_where_that_is_allowed():
    assert network("3, 0", "0, 3", allowzero=1)(torch.zeros(0, 3)).shape == (3, 0)


def test_a_shape_that_is_a_tensor_is_read_when_the_network_runs():
    text = '<ir_version: 8, opset_import: ["" : 14]> g (float[n] x, int64[k] s) => (y) { y = Reshape(x, s) }'
    assert load(parse_model(text))(torch.zeros(6), torch.tensor([2, -1])).shape == (2, 3)
