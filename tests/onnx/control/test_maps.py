from collections.abc import Callable

import torch
from torch import fx

MAPPED = """g (seq(float[2]) s, float[2] t) => (seq(float[2]) y, seq(float[2]) z) <float[2] w = {2,3}> {
  y, z = SequenceMap <body = b (float[2] u, float[2] v) => (float[2] p, float[2] q) {
    p = Mul(u, w)
    q = Add(p, v)
  }> (s, t)
}"""


def test_each_element_is_mapped_and_tensors_are_the_same_for_all(network: Callable[[str], fx.GraphModule]):
    products, sums = network(MAPPED)([torch.tensor([1.0, 1.0]), torch.tensor([0.0, 2.0])], torch.tensor([1.0, 0.0]))
    assert [part.tolist() for part in products] == [[2, 3], [0, 6]]
    assert [part.tolist() for part in sums] == [[3, 3], [1, 6]]


def test_an_empty_list_gives_empty_lists(network: Callable[[str], fx.GraphModule]):
    assert network(MAPPED)([], torch.ones(2)) == ([], [])


def test_weights_of_the_body_learn(network: Callable[[str], fx.GraphModule]):
    net = network(MAPPED)
    sum(part.sum() for part in net([torch.ones(2), torch.ones(2)], torch.ones(2))[0]).backward()
    assert [parameter.grad.tolist() for parameter in net.parameters()] == [[2, 2]]
