"""Arithmetic with sizes of axes: as three exporters write it, never with tensors, symbolic under export and compile."""

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx.parser import parse_model
from torch import Tensor, fx

from leyden.errors import OnnxImportError
from leyden.onnx.loading import load
from leyden.onnx.ops.dtypes import as_tensor

TORCH = """g (float[batch, 3, h, w] x) => (float[a, b, c] y) {
  s = Shape(x)
  zero = Constant<value_int=0>()
  n = Gather<axis=0>(s, zero)
  s2 = Shape(x)
  two = Constant<value_int=2>()
  high = Gather<axis=0>(s2, two)
  s3 = Shape(x)
  three = Constant<value_int=3>()
  wide = Gather<axis=0>(s3, three)
  places = Mul(high, wide)
  axes = Constant<value_ints=[0]>()
  n1 = Unsqueeze(n, axes)
  places1 = Unsqueeze(places, axes)
  channels = Constant<value_ints=[3]>()
  sizes = Concat<axis=0>(n1, channels, places1)
  y = Reshape(x, sizes)
}"""
TENSORFLOW = """g (float[batch, h, w, 4] x) => (float[a, b] y) {
  s = Shape(x)
  s32 = Cast<to=6>(s)
  zero = Constant<value_ints=[0]>()
  one = Constant<value_ints=[1]>()
  n = Slice(s32, zero, one, zero)
  n64 = Cast<to=7>(n)
  n0 = Squeeze(n64, zero)
  n1 = Unsqueeze(n0, zero)
  rest = Constant<value_ints=[-1]>()
  sizes = Concat<axis=0>(n1, rest)
  y = Reshape(x, sizes)
}"""
EXPAND = """g (float[batch, 3, h, w] x) => (float[a, b, c] y) {
  s = Shape(x)
  zero = Constant<value_int=0>()
  n = Gather<axis=0>(s, zero)
  axes = Constant<value_ints=[0]>()
  n1 = Unsqueeze(n, axes)
  rest = Constant<value_ints=[-1, -1]>()
  sizes = Concat<axis=0>(n1, rest)
  three = Constant<value_ints=[3]>()
  ones = ConstantOfShape<value=int64[1]{1}>(three)
  minus = Constant<value_int=-1>()
  unchanged = Mul(ones, minus)
  same = Equal(sizes, unchanged)
  wanted = Where(same, ones, sizes)
  token = Constant<value=float[1, 1, 2] {3.0, 4.0}>()
  y = Expand(token, wanted)
}"""
PAD = """g (float[batch, 3, h, w] x) => (float[a, b, c, d] y) {
  s = Shape(x)
  three = Constant<value_int=3>()
  wide = Gather<axis=0>(s, three)
  eight = Constant<value_int=8>()
  over = Mod(wide, eight)
  more = Sub(eight, over)
  axes = Constant<value_ints=[0]>()
  more1 = Unsqueeze(more, axes)
  nothing = Constant<value_ints=[0, 0, 0, 0, 0, 0]>()
  backwards = Concat<axis=0>(axes, more1, nothing)
  pairs_of = Constant<value_ints=[-1, 2]>()
  pairs = Reshape(backwards, pairs_of)
  last = Constant<value_ints=[-1]>()
  end = Constant<value_ints=[-9223372036854775807]>()
  turned = Slice(pairs, last, end, axes, last)
  columns = Transpose<perm=[1, 0]>(turned)
  flat = Reshape(columns, last)
  pads = Cast<to=7>(flat)
  y = Pad<mode="constant">(x, pads)
}"""
SCALE = """g (float[batch, 3, h, w] x) => (float[a, b, c, d] y) {
  s = Shape(x)
  wide = Gather<axis=0>(s, three)
  f = Cast<to=1>(wide)
  root = Sqrt(f)
  scaled = Div(x, root)
  all = Size(x)
  many = Cast<to=1>(all)
  y = Mul(scaled, many)
}"""
CHAINS = {"torch": TORCH, "expand": EXPAND, "pad": PAD, "scale": SCALE}
SIZES = ((2, 3, 5, 7), (3, 3, 8, 16), (4, 3, 6, 9))
PADDLE = """g (float[batch, 4, h, w] x) => (float[a, b, c, d] y) {
  s = Shape(x)
  two = Constant<value_ints=[2]>()
  four = Constant<value_ints=[4]>()
  axes = Constant<value_ints=[0]>()
  places = Slice(s, two, four, axes)
  whole = Cast<to=6>(places)
  f = Cast<to=1>(whole)
  ratio = Constant<value_float=0.7>()
  part = Mul(f, ratio)
  down = Floor(part)
  ends = Cast<to=7>(down)
  starts = Constant<value_ints=[0, 0]>()
  which = Constant<value_ints=[2, 3]>()
  y = Slice(x, starts, ends, which)
}"""


def model(text: str, opset: int = 13) -> onnx.ModelProto:
    """Read a graph; SCALE takes the place of an axis from a tensor of the file."""
    text = text.replace("{", "\n<int64 three = {3}> {", 1) if text is SCALE else text
    return parse_model(f'<ir_version: 8, opset_import: ["" : {opset}]>\n{text}')


def oracle(proto: onnx.ModelProto, x: Tensor) -> np.ndarray:
    session = onnxruntime.InferenceSession(proto.SerializeToString())
    return np.asarray(session.run(None, {"x": x.numpy()})[0])


def calls(net: fx.GraphModule) -> list[str]:
    return [getattr(node.target, "__name__", "") for node in net.graph.nodes if node.op == "call_function"]


@pytest.mark.parametrize("chain", [*CHAINS, "tensorflow", "paddle"])
def test_sizes_are_what_onnxruntime_says(chain: str):
    proto = model({**CHAINS, "tensorflow": TENSORFLOW, "paddle": PADDLE}[chain], 11 if chain == "paddle" else 13)
    net = load(proto)
    width = {"tensorflow": (10, 4), "paddle": (10, 10)}.get(chain)
    for sizes in SIZES:
        x = torch.randn(*(sizes[:2] if width is None else (sizes[0], 4)), *(width or sizes[2:]))
        torch.testing.assert_close(net(x), torch.from_numpy(oracle(proto, x)))


@pytest.mark.parametrize("chain", [*CHAINS, "tensorflow"])
def test_no_size_becomes_a_tensor(chain: str):
    net = load(model({**CHAINS, "tensorflow": TENSORFLOW}[chain]))
    assert not {as_tensor.__name__, "python_numbers"} & {*calls(net)}


def test_only_the_sizes_that_are_taken_are_asked_for():
    assert calls(load(model(TORCH))) == ["axis_size", "axis_size", "axis_size", "mul", "reshape"]


@pytest.mark.parametrize("chain", CHAINS)
def test_sizes_stay_symbolic_in_an_exported_program(chain: str):
    net = load(model(CHAINS[chain]))
    axes = {0: torch.export.Dim("batch"), 2: torch.export.Dim("h"), 3: torch.export.Dim("w")}
    program = torch.export.export(net, (torch.randn(SIZES[0]),), dynamic_shapes=(axes,)).module()
    for sizes in SIZES:
        x = torch.randn(sizes)
        torch.testing.assert_close(program(x), net(x))


@pytest.mark.parametrize("chain", [*CHAINS, "paddle"])
def test_a_compiled_network_takes_all_sizes(chain: str):
    net = load(model({**CHAINS, "paddle": PADDLE}[chain], 11 if chain == "paddle" else 13))
    graphs: list[fx.GraphModule] = []

    def keep(graph: fx.GraphModule, _: object) -> fx.GraphModule:
        graphs.append(graph)
        return graph

    torch._dynamo.reset()
    compiled = torch.compile(net, fullgraph=True, dynamic=True, backend=keep)
    for sizes in SIZES:
        x = torch.randn(sizes[0], 4 if chain == "paddle" else 3, *sizes[2:])
        torch.testing.assert_close(compiled(x), net(x))
    assert len(graphs) == 1


def test_sizes_that_the_file_says_are_no_question():
    net = load(model("g (float[batch, 4] x) => (float[a, b] y) { s = Shape<start=1>(x) y = Reshape(x, s) }", 15))
    assert calls(net) == ["reshape"]


def test_one_size_is_used_with_tensors_as_a_number():
    text = "g (int64[n] x) => (int64[n] y) { s = Size(x) y = Add(x, s) }"
    assert load(model(text))(torch.tensor([1, 2, 3])).tolist() == [4, 5, 6]


def test_a_size_may_be_an_output():
    text = "g (float[n, 3] x) => (int64[2] y) { y = Shape(x) }"
    assert torch.equal(load(model(text))(torch.zeros(5, 3)), torch.tensor([5, 3]))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("y = ReduceProd<keepdims=0>(s)", 10),
        ("y = ReduceSum(s)", [7]),
        ("m = Constant<value_ints=[2]>() y = Max(s, m)", [5, 2]),
        ("t = Constant<value_ints=[2]>() y = Tile(s, t)", [5, 2, 5, 2]),
        ("a, y = Split<axis=0>(s)", [2]),
        ("f = Cast<to=1>(s) r = Reciprocal(f) y = Cast<to=9>(r)", [True, True]),
        ("m = Constant<value_ints=[3]>() y = Greater(s, m)", [True, False]),
        ("y = CumSum(s, z)", [5, 7]),
        ("p = Constant<value=int64[2, 2, 1] {1, 2, 3, 4}>() y = Mul(s, p)", [[[5, 2], [10, 4]], [[15, 6], [20, 8]]]),
    ],
    ids=["whole", "kept axis", "each", "moves", "many", "floats", "conditions", "not hosted", "more axes"],
)
def test_operators_of_all_kinds_take_sizes(line: str, expected: object):
    text = f"g (float[n, 2] x) => (y) <int64 z = {{0}}> {{ s = Shape(x) {line} }}"
    assert load(model(text, 13))(torch.zeros(5, 2)).tolist() == expected


def test_numbers_of_which_nobody_knows_how_many_are_moved_when_the_network_runs():
    proto = model("g (float[n] x) => (float[n] y) { s = Shape(x) o = Constant<value_ints=[1]>()"
                  " t = Concat<axis=0>(o, s) y = Reshape(x, t) }")  # fmt: skip
    for value in (*proto.graph.input, *proto.graph.output):
        value.type.tensor_type.ClearField("shape")
    assert load(proto)(torch.zeros(2, 3)).shape == (1, 2, 3)


def test_numbers_that_do_not_fit_are_an_error_that_says_where():
    text = """g (float[n, 3] x) => (y) {
        s = Shape(x)
        f = Constant<value_int=5>()
        y = Gather(s, f)
    }"""
    with pytest.raises(OnnxImportError, match=r"it cannot be computed: tuple index out of range"):
        load(model(text))
