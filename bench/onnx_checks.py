"""What is asked of a network that was made of a real ONNX file: each function measures one thing."""

import math
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from torch import Tensor, nn

from onnx_files import RealFile, inputs

__all__ = ["compiled", "exported", "gradients", "outputs", "parity", "stored", "trained"]

HALF, MOMENTUM, STEPS = 0.5, 0.9, 50
RATES = (1.0, 0.1, 0.01, 0.001)
"""What is tried, over the rate of the first step."""


def parity(file: RealFile, model: onnx.ModelProto, path: Path, net: nn.Module) -> float:
    """Largest difference to onnxruntime without optimisation, over the largest value of an output, at least 0.1."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    names, worst = [value.name for value in session.get_inputs()], 0.0
    for batch in file.batches:
        given = inputs(file, model, batch=batch, seed=0)
        with torch.no_grad():
            answers = outputs(net, given)
        for answer, wanted in zip(
            answers, map(np.asarray, session.run(None, dict(zip(names, given, strict=True)))), strict=True
        ):
            if answer.shape != wanted.shape:
                raise ValueError(f"{tuple(answer.shape)} instead of {wanted.shape}")
            gap = np.abs(answer.numpy().astype(np.float64) - wanted).max(initial=0)
            worst = max(worst, float(gap / max(np.abs(wanted).max(initial=0), 0.1)))
    return worst


def outputs(net: Callable[..., Any], given: Sequence[np.ndarray]) -> list[Tensor]:
    """The answers of a network, as a list."""
    answer = net(*(torch.from_numpy(np.array(array)) for array in given))
    return [answer] if isinstance(answer, Tensor) else list(answer)


def stored(model: onnx.ModelProto) -> int:
    """Number of real numbers that a file holds, be it as constants, or as the integers that stand for them."""
    reals = (1, 2, 3, 10, 11, 16)
    tensors = list(model.graph.initializer)
    graphs = [model.graph]
    while graphs:
        for node in graphs.pop().node:
            tensors += [attr.t for attr in node.attribute if attr.name == "value" and attr.HasField("t")]
            inner = [attr.g for attr in node.attribute if attr.HasField("g")]
            graphs += inner
            tensors += [tensor for graph in inner for tensor in graph.initializer]
    return sum(int(np.prod(tensor.dims, dtype=np.int64)) for tensor in tensors if tensor.data_type in reals)


def gradients(file: RealFile, model: onnx.ModelProto, net: nn.Module) -> float:
    """Share of the parameters that get a finite gradient, on one call or, where there are two ways through, on both."""
    parameters = list(net.parameters())
    reached = [False] * len(parameters)
    for also in (False, True) if file.also else (False,):
        net.zero_grad()
        answers = outputs(net, inputs(file, model, batch=file.batches[0], seed=0, also=also))
        loss(answers, [torch.zeros_like(answer) for answer in answers]).backward()
        for index, parameter in enumerate(parameters):
            reached[index] |= parameter.grad is not None and bool(parameter.grad.isfinite().all())
    return sum(reached) / max(len(reached), 1)


def trained(file: RealFile, model: onnx.ModelProto, net: nn.Module) -> float:
    """Loss after 50 steps of `torch.optim.SGD` with momentum on one batch, over that before.

    It wants half the spread of each output. The first learning rate is that of a step which would bring a linear
    network half of the way; where that does not halve the loss, the weights are put back, and the next is a tenth.
    """
    given = inputs(file, model, batch=min(2, max(file.batches)), seed=0)
    parameters: list[Tensor] = [
        part for name, part in net.named_parameters() if not any(word in name for word in file.fixed)
    ]
    with torch.backends.mkldnn.flags(enabled=False) if file.without == "oneDNN" else nullcontext():
        with torch.no_grad():
            wanted = [halfway(answer) for answer in outputs(net, given)]
            before = [parameter.clone() for parameter in parameters]

        def error() -> Tensor:
            return loss(outputs(net, given), wanted)

        first, left = _first_rate(error(), parameters), []
        for share in RATES:
            with torch.no_grad():
                torch._foreach_copy_(parameters, before)
            left.append(_descended(parameters, error, share * first))
            if left[-1] <= HALF:
                break
        return min(left)


def _descended(parameters: list[Tensor], error: Callable[[], Tensor], rate: float) -> float:
    """Descend at one rate, and give the loss that is left, over that before; infinite where it has left all bounds."""
    before, descent = error().item(), torch.optim.SGD(parameters, rate, momentum=MOMENTUM)
    for _ in range(STEPS):
        descent.zero_grad()
        error().backward()
        descent.step()
    after = error().item()
    return after / max(before, 1e-30) if math.isfinite(after) else math.inf


def _first_rate(error: Tensor, parameters: list[Tensor]) -> float:
    slopes = torch.autograd.grad(error, parameters, materialize_grads=True)
    return error.item() / max(sum(float(slope.square().sum()) for slope in slopes), 1e-30) / 2


def halfway(answer: Tensor) -> Tensor:
    """Each value, and the mean of all, in the middle: probabilities stay some. A single value is moved by 0.1."""
    if not answer.is_floating_point():
        return answer
    return (answer + answer.mean()) / 2 if answer.numel() > 1 else answer + 0.1


def loss(answers: Sequence[Tensor], wanted: Sequence[Tensor]) -> Tensor:
    """Mean square difference, summed over the outputs of real numbers."""
    pairs = [(a, w) for a, w in zip(answers, wanted, strict=True) if a.is_floating_point()]
    return torch.stack([(answer - want).square().mean() for answer, want in pairs]).sum()


def compiled(file: RealFile, model: onnx.ModelProto, net: nn.Module) -> str:
    """Whether torch.compile takes the whole network, and it computes the same."""
    given = inputs(file, model, batch=file.batches[0], seed=0)
    with torch.no_grad():
        wanted = outputs(net, given)
        for backend in ("eager", "aot_eager"):
            torch.compiler.reset()
            with torch._dynamo.config.patch(allow_rnn=True):  # or it takes no LSTM at all, whoever made it
                same(outputs(torch.compile(net, fullgraph=True, backend=backend), given), wanted)
    return "yes"


def exported(file: RealFile, model: onnx.ModelProto, net: nn.Module) -> str:
    """Whether torch.export takes the network, and it computes the same."""
    given = inputs(file, model, batch=file.batches[0], seed=0)
    program = torch.export.export(net, tuple(torch.from_numpy(np.array(array)) for array in given))
    with torch.no_grad():
        same(outputs(program.module(), given), outputs(net, given))
    return "yes"


def same(answers: Sequence[Tensor], wanted: Sequence[Tensor]) -> None:
    """Raise ValueError where two answers differ by more than rounding."""
    if not all(torch.allclose(a, w, rtol=1e-3, atol=1e-5) for a, w in zip(answers, wanted, strict=True)):
        raise ValueError("another answer")
