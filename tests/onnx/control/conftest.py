"""Files written as text, made into networks, and compared with what onnxruntime says of them."""

import json
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import onnx
import pytest
import torch
from torch import fx

from leyden.onnx import load, run

_HEAD = '<ir_version: 8, opset_import: ["" : 18]>\n'
GRAPHS = {
    "nested": """g (float[2,3] x, bool c) => (float[2,3] y)
<float[3,3] w = {1,2,3,4,5,6,7,8,9}, float[3] b = {1,2,3}> {
  h = Mul(x, x)
  y = If(c) <
    then_branch = t () => (float[2,3] p) <float[3,3] v = {1,0,2,0,1,0,3,0,1}> {
      q = MatMul(h, w)
      r = MatMul(q, v)
      p = If(c) <
        then_branch = tt () => (float[2,3] aa) { aa = Add(r, b) },
        else_branch = te () => (float[2,3] ab) { ab = Sub(h, b) }>
    },
    else_branch = e () => (float[2,3] d) { s = MatMul(x, w)  d = Add(s, b) }>
}""",
    "sized": """g (float[N,3] x) => (float[N,3] y) <int64 one = {1}, int64 zero = {0}> {
  s = Shape(x)
  n = Gather(s, zero)
  c = Equal(n, one)
  y = If(c) <
    then_branch = t () => (float[N,3] p) { p = Neg(x) },
    else_branch = e () => (float[N,3] q) { q = Abs(x) }>
}""",
    "fixed": """g (float[2,3] x) => (float[2,3] y, float[4,2,3] s)
<float[3,3] w = {1,0.5,0,0,1,0,0.25,0,1}, bool t = {1}, int64 n = {4}> {
  y, s = Loop(n, t, x) <body = b (int64 i, bool c, float[2,3] u) => (bool d, float[2,3] v, float[2,3] o) {
    d = Identity(c)
    z = MatMul(u, w)
    f = CastLike(i, z)
    v = Add(z, f)
    o = Mul(v, x)
  }>
}""",
    "taking": """g (float[4] x) => (float[K,1] y) <bool t = {1}, int64 n = {3}> {
  parts = SplitToSequence(x)
  y = Loop(n, t) <body = b (int64 i, bool c) => (bool d, float[1] v) { d = Identity(c)  v = SequenceAt(parts, i) }>
}""",
    "turned": """g (float[3] h0, float[4,T,3] x) => (float[3] hn, float[4,3,T] s) <int64[1] axes = {0}> {
  hn, s = Scan <num_scan_inputs = 1, scan_input_axes = [1], scan_input_directions = [1], scan_output_axes = [-1],
                scan_output_directions = [1],
    body = b (float[3] h, float[4,3] u) => (float[3] k, float[4,3] o) {
      r = ReduceSum<keepdims=0>(u, axes)
      k = Add(h, r)
      o = Mul(u, k)
    }> (h0, x)
}""",
}
"""What several tests look at."""


@pytest.fixture
def network() -> Callable[[str], fx.GraphModule]:
    """Make a network of a graph in ONNX's text form."""
    return lambda text: load(onnx.parser.parse_model(_HEAD + GRAPHS.get(text, text)))


@pytest.fixture
def same() -> Callable[..., fx.GraphModule]:
    """Make a network of a graph, and hold that it gives what onnxruntime gives; give the network."""

    def compare(text: str, *arrays: np.ndarray) -> fx.GraphModule:
        model = onnx.parser.parse_model(_HEAD + GRAPHS.get(text, text))
        net = load(model)
        got = net(*(torch.from_numpy(array) for array in arrays))
        got = got if isinstance(got, tuple) else (got,)
        for value, wanted in zip(got, run(model.SerializeToString(), *arrays), strict=True):
            np.testing.assert_allclose(value.detach().numpy(), wanted, rtol=1e-5, atol=1e-6)
            assert value.numpy(force=True).dtype == wanted.dtype
        return net

    return compare


_COMPILE = """
import json, sys
import onnx, torch
from leyden.onnx import load

said = {}
for name, (text, sizes) in json.load(sys.stdin).items():
    net, values = load(onnx.parser.parse_model(text)), [torch.rand(size) for size in sizes]
    compiled = torch.compile(net, fullgraph=True, backend="eager")
    exported = torch.export.export(net, tuple(values)).module()
    for kind, other in (("compiled", compiled), ("exported", exported)):
        ours, theirs = net(*values), other(*values)
        pairs = zip(ours, theirs) if isinstance(ours, tuple) else [(ours, theirs)]
        said[f"{name} {kind}"] = all(torch.allclose(a, b) for a, b in pairs)
print(json.dumps(said))
"""


@pytest.fixture(scope="session")
def traced() -> dict[str, bool]:
    """Say of graphs whether they give the same compiled or exported; elsewhere: checks of types cannot be traced."""
    asked = (
        GRAPHS["nested"].replace("bool c) =>", "float z) =>").replace("  h = Mul", "  c = Cast<to = 9>(z)\n  h = Mul")
    )
    sizes = {"sized": [[2, 3]], "fixed": [[2, 3]], "taking": [[4]], "turned": [[3], [4, 5, 3]]}
    graphs = {name: (_HEAD + GRAPHS[name], size) for name, size in sizes.items()} | {
        "asked": (_HEAD + asked, [[2, 3], []])
    }
    command = [sys.executable, "-c", _COMPILE]
    done = subprocess.run(command, input=json.dumps(graphs), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
