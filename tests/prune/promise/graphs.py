"""What reads a pruned model as a graph: tracers, compilers, exporters."""

import functools
import tempfile
import warnings
from pathlib import Path

import onnx
import onnxruntime
import torch
from onnx import numpy_helper
from torch import fx, nn
from torch.func import functional_call, grad

from prune.promise.cases import Case, loss, train, zero_in_forward, zero_in_gradients
from prune.promise.designs import Design

_WIDE = 640  # squared, more numbers than the exporters fold into constants


def a_symbolic_trace_trains_pruned(design: Design, case: Case) -> bool:
    sparse = design.prune(case.model())
    traced = fx.symbolic_trace(sparse)
    if not torch.equal(traced(case.example), sparse(case.example)):
        return False
    train(traced, case.example)
    return zero_in_forward(design, sparse, case) and torch.equal(traced.eval()(case.example), sparse(case.example))


def an_exported_program_keeps_names_and_numbers(design: Design, case: Case) -> bool:
    return _exported(design, case, strict=False)


def a_strictly_exported_program_keeps_names_and_numbers(design: Design, case: Case) -> bool:
    return _exported(design, case, strict=True)


def it_trains_compiled_in_one_graph(design: Design, case: Case) -> bool:
    sparse = design.prune(case.model())
    try:
        with torch._dynamo.config.patch(allow_rnn=True):
            train(torch.compile(sparse, fullgraph=True, backend="aot_eager"), case.example)
    finally:
        torch._dynamo.reset()
    return zero_in_gradients(design, sparse) and zero_in_forward(design, sparse, case)


def a_jit_trace_trains_pruned(design: Design, case: Case) -> bool:
    sparse = design.prune(case.model())  # in evaluation mode, torch's attention has two graphs for one trace
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch.jit is deprecated; it says so more than once
        traced = torch.jit.trace(sparse, (case.example,))
        train(traced, case.example)
    return zero_in_forward(design, sparse, case) and zero_in_gradients(design, sparse)


def torch_func_gives_zero_gradients(design: Design, case: Case) -> bool:
    sparse = design.prune(case.model()).eval()
    slopes = grad(lambda given: loss(functional_call(sparse, given, (case.example,))))(dict(sparse.named_parameters()))
    return all(not slopes[design.key(name)][~mask].any() for name, mask in design.kept(sparse).items())


def onnx_holds_no_mask(design: Design, case: Case) -> bool:
    return _bare(_written(design, dynamo=True))


def onnx_keeps_the_names_of_the_weights(design: Design, case: Case) -> bool:
    return _named(_written(design, dynamo=True))


def onnx_of_the_older_exporter_holds_no_mask(design: Design, case: Case) -> bool:
    return _bare(_written(design, dynamo=False))


def onnx_of_the_older_exporter_keeps_the_names_of_the_weights(design: Design, case: Case) -> bool:
    return _named(_written(design, dynamo=False))


@functools.cache
def _written(design: Design, *, dynamo: bool) -> onnx.GraphProto:
    torch.manual_seed(0)
    model = design.prune(nn.Sequential(nn.Linear(_WIDE, _WIDE), nn.ReLU(), nn.Linear(_WIDE, 2)).eval())
    return written(model, torch.randn(2, _WIDE), dynamo=dynamo)


def _bare(graph: onnx.GraphProto) -> bool:
    kinds = [node.op_type for node in graph.node]
    return kinds == ["Gemm", "Relu", "Gemm"] and zeros_in(graph) == (_WIDE * _WIDE + 2 * _WIDE) // 2


def _named(graph: onnx.GraphProto) -> bool:
    return {weight.name for weight in graph.initializer} >= {"0.weight", "0.bias", "2.weight", "2.bias"}


def written(model: nn.Module, example: torch.Tensor, *, dynamo: bool) -> onnx.GraphProto:
    """Export a model with one of the two exporters, check that the file computes what it does, and read it."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # both exporters warn of themselves
        file = Path(folder) / "model.onnx"
        torch.onnx.export(model, (example,), file, dynamo=dynamo, verbose=False, input_names=["x"])
        (given,) = onnxruntime.InferenceSession(file).run(None, {"x": example.numpy()})
        torch.testing.assert_close(torch.from_numpy(given), model(example).detach(), rtol=1e-3, atol=1e-4)
        return onnx.load(file).graph


def zeros_in(graph: onnx.GraphProto) -> int:
    """Count the zeros among the matrices in a file."""
    arrays = [numpy_helper.to_array(weight) for weight in graph.initializer]
    return sum(int((array == 0).sum()) for array in arrays if array.ndim > 1)


def _exported(design: Design, case: Case, *, strict: bool) -> bool:
    sparse = design.prune(case.model()).eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the checker of types has side effects
        program = torch.export.export(sparse, (case.example,), strict=strict)
    same = torch.allclose(program.module()(case.example), sparse(case.example), rtol=1e-4, atol=1e-5)
    return same and sorted(program.state_dict) == sorted(case.model().state_dict())
