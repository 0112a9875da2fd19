"""Files that both exporters write of a pruned model itself, without `bake`."""

import threading
import warnings

import onnx
import pytest
import torch
from torch import nn

import leyden.onnx
from leyden.prune import Magnitude, bake, masks, prune, sparsity
from prune.promise.cases import CASES, loss
from prune.promise.graphs import written, zeros_in


def operators(graph):
    return sorted(node.op_type for node in graph.node)


@pytest.mark.parametrize("dynamo", [True, False], ids=["exporter", "older exporter"])
@pytest.mark.parametrize("case", CASES[1:], ids=lambda case: case.title)
def test_the_file_of_a_pruned_model_is_that_of_the_baked_one(case, dynamo):
    sparse = prune(case.model().eval(), Magnitude(0.5))
    graph, plain = (written(model, case.example, dynamo=dynamo) for model in (sparse, bake(sparse)))
    assert operators(graph) == operators(plain)
    assert [weight.name for weight in graph.initializer] == [weight.name for weight in plain.initializer]
    assert zeros_in(graph) == zeros_in(plain) > 0


@pytest.mark.parametrize("dynamo", [True, False], ids=["exporter", "older exporter"])
def test_what_was_written_into_pruned_parameters_does_not_reach_the_file(dynamo):
    sparse = prune(nn.Linear(8, 4).eval(), Magnitude(0.75))
    sparse._parameters["weight"].data.fill_(0.5)
    assert zeros_in(written(sparse, torch.randn(2, 8), dynamo=dynamo)) == 24


def test_our_export_of_a_pruned_model_holds_no_mask(tmp_path):
    sparse = prune(nn.Sequential(nn.Linear(640, 640), nn.ReLU(), nn.Linear(640, 2)), Magnitude(0.5))
    report = leyden.onnx.export(sparse, torch.randn(2, 640), tmp_path / "sparse.onnx")
    graph = onnx.load(report.path).graph
    assert operators(graph) == ["Gemm", "Gemm", "Relu"]
    assert zeros_in(graph) == sum(row.zeros for row in sparsity(sparse).rows if row.touched)


class Watched(nn.Module):
    """Does something else in the midst of its forward."""

    def __init__(self, meanwhile):
        super().__init__()
        self.layer, self.meanwhile = nn.Linear(4, 4), meanwhile

    def forward(self, x):
        self.meanwhile()
        return self.layer(x)


@pytest.mark.parametrize("dynamo", [True, False], ids=["exporter", "older exporter"])
def test_a_model_that_trains_in_another_thread_stays_masked_meanwhile(dynamo, tmp_path):
    other, seen = prune(nn.Linear(4, 4), Magnitude(0.5)), []

    def train_beside():
        with torch.enable_grad():
            loss(other(torch.ones(2, 4))).backward()
        seen.append(torch.onnx.is_in_onnx_export())

    def meanwhile():
        thread = threading.Thread(target=train_beside)
        thread.start()
        thread.join()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # both exporters warn of themselves
        torch.onnx.export(
            Watched(meanwhile).eval(), (torch.ones(1, 4),), tmp_path / "x.onnx", dynamo=dynamo, verbose=False
        )
    assert set(seen) == {True}
    assert not other._parameters["weight"].grad[~masks(other)["weight"]].any()
