from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import fx

from leyden.errors import OnnxImportError

BODY = """<body = b (int64 i, bool c, float[2,3] u) => (bool d, float[2,3] v, float[2,3] o) {
  d = Identity(c)
  z = MatMul(u, w)
  f = CastLike(i, z)
  v = Add(z, f)
  o = Mul(v, x)
}>"""
WEIGHT = "float[3,3] w = {1,0.5,0,0,1,0,0.25,0,1}, bool t = {1}"
COUNTED = f"g (float[2,3] x, int64 n) => (float[2,3] y, float[K,2,3] s) <{WEIGHT}> {{ y, s = Loop(n, t, x) {BODY} }}"
WHILE = """g (float x) => (float y, int64 k) <bool t = {1}, float end = {100.0}, int64 zero = {0}, int64 one = {1}> {
  y, k = Loop(, t, x, zero) <body = b (int64 i, bool c, float u, int64 j) => (bool d, float v, int64 l) {
    v = Add(u, u)
    d = Less(v, end)
    l = Add(j, one)
  }>
}"""
ENDLESS = """g (float x) => (float y) <bool t = {1}> {
  y = Loop(, t, x) <body = b (int64 i, bool c, float u) => (bool d, float v) { d = Identity(c)  v = Add(u, u) }>
}"""
NESTED = """g (float[2] x, int64 n) => (float[2] y) <bool t = {1}, float[2] w = {1,2}> {
  y = Loop(n, t, x) <body = b (int64 i, bool c, float[2] u) => (bool d, float[2] v) {
    d = Identity(c)
    v = Loop(n, t, u) <body = bb (int64 j, bool e, float[2] p) => (bool f, float[2] q) {
      f = Identity(e)
      r = Mul(p, w)
      q = Sub(r, u)
    }>
  }>
}"""
X = np.arange(6, dtype=np.float32).reshape(2, 3)


@pytest.mark.parametrize("rounds", [0, 1, 4])
def test_a_loop_runs_as_often_as_it_is_told(same: Callable[..., fx.GraphModule], rounds: int):
    same(COUNTED, X, np.array(rounds))


def test_no_rounds_give_an_empty_list_of_the_right_shape_and_type(network: Callable[[str], fx.GraphModule]):
    _, pieces = network(COUNTED)(torch.from_numpy(X), torch.tensor(0))
    assert (pieces.shape, pieces.dtype) == ((0, 2, 3), torch.float32)


@pytest.mark.parametrize("start", [3.0, 300.0])
def test_a_condition_ends_a_loop_after_the_round_that_says_so(same: Callable[..., fx.GraphModule], start: float):
    same(WHILE, np.array(start, dtype=np.float32))


def test_a_condition_that_does_not_hold_leaves_out_all_rounds(same: Callable[..., fx.GraphModule]):
    text = COUNTED.replace(", int64 n)", ", bool t)").replace(", bool t = {1}", ", int64 n = {3}")
    same(text, X, np.array(False))


def test_a_loop_in_a_loop_takes_values_of_both(same: Callable[..., fx.GraphModule]):
    same(NESTED, X[0, :2], np.array(2))


@pytest.mark.parametrize("graph", ["fixed", "taking"])
@pytest.mark.parametrize("way", ["compiled", "exported"])
def test_a_known_number_of_rounds_is_compiled_and_exported(traced: dict[str, bool], graph: str, way: str):
    assert traced[f"{graph} {way}"]


def test_the_number_of_the_round_is_a_python_number_to_those_that_want_one(network: Callable[[str], fx.GraphModule]):
    assert network("taking")(torch.arange(4.0)).tolist() == [[0.0], [1.0], [2.0]]


def test_gradients_pass_through_all_rounds(network: Callable[[str], fx.GraphModule]):
    net = network(COUNTED)
    x = torch.from_numpy(X).clone().requires_grad_()
    net(x, torch.tensor(3))[0].sum().backward()
    assert bool((x.grad != 0).all())
    assert all(bool((parameter.grad != 0).any()) for parameter in net.parameters())


def test_a_loop_that_nothing_ends_is_an_error_that_names_it(network: Callable[[str], fx.GraphModule]):
    with pytest.raises(OnnxImportError, match="condition that never ends it"):
        network(ENDLESS)
