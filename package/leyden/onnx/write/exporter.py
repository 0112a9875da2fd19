"""Writing a network as an ONNX file that is known to compute the same.

The file is written beside its final place under another name, checked, run with onnxruntime at several batch sizes and
compared with the network; only then does it take its place, in one step. Until then, and after any failure, the path
holds what it held before.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from leyden.errors import ExportError
from leyden.onnx.session import Session
from leyden.onnx.write.call import Axes, Call, Example, bind
from leyden.onnx.write.door import Wish, admit, check_example
from leyden.onnx.write.finish import beside, correct_outputs, open_written, sign
from leyden.onnx.write.network import evaluation_copy, parameters_of
from leyden.onnx.write.parity import Parity, Run, answers, compare
from leyden.onnx.write.report import Report
from leyden.onnx.write.trace import BatchNorm, opset_of, trace

__all__ = ["export"]

_SEED = 0


def export(
    net: Callable[..., Any], example: Example, path: str | Path, *, batch_sizes: Sequence[int] = (1, 2, 7),
    tolerance: float = 1e-4, batchnorm: BatchNorm = "fold", opset: int | None = None,
    input_names: Sequence[str] | None = None, output_names: Sequence[str] | None = None,
    metadata: Mapping[str, str] | None = None, dynamic: Mapping[str, Axes] | None = None,
    sizes: Mapping[str, Sequence[int]] | None = None,
) -> Report:  # fmt: skip
    """Write a network, in evaluation mode, as one ONNX file with its weights, and prove that both compute the same.

    `net` and `example` stay as they are. An existing file is replaced in one step, and only by one that passed.
    Pause training in other threads first: torch traces with state of the whole process, and both can fail or crash.

    Args:
        net: A module or a function of tensors; what a function encloses is exported in the mode it is in.
        example: What it is called with: a tensor, a tuple, or a dict by parameter.
        path: The file; it must end in `.onnx`, in a folder that exists.
        batch_sizes: Sizes of the axis `batch` at which file and network are compared, besides the example's.
        tolerance: Largest difference that passes, over the output's largest absolute value (0.1 at least).
        batchnorm: "fold" it into the layer before where possible, or "keep" it.
        opset: Version of ONNX's operators; None for torch's default.
        input_names: Names in the file, the parameters' by default.
        output_names: Names in the file; by default `output`, `output_0`, ..., or the keys of a dict.
        metadata: Texts to store in the file, such as class names.
        dynamic: Free axes by input, such as `{"tokens": {0: "batch", 1: "time"}}`; each input that is left out has its
            first axis free, as `{0: "batch"}`.
        sizes: Sizes at which other free axes are compared; by default the example's, and half of it or twice.

    Raises:
        ExportError: A wrong argument, a network that torch cannot trace, or a file that computes something else.
    """
    wish = Wish(
        Path(path), tuple(batch_sizes), tolerance, batchnorm, opset, input_names, output_names,
        metadata or {}, dynamic or {}, sizes or {},
    )  # fmt: skip
    return _export(net, example, wish)


def _export(net: Callable[..., Any], example: Example, wish: Wish) -> Report:
    started = time.perf_counter()
    twin = evaluation_copy(net)
    spare = evaluation_copy(twin)  # tracing and running may change a network; both begin with the same weights
    admit(wish, twin)
    call = _named(bind(parameters_of(twin), example), wish)
    check_example(wish, call)
    with beside(wish.path) as temporary:
        runs = answers(twin, _calls(call, wish))
        names = _output_names(runs[0], call, wish)
        _check_names([*call.names, *names], twin)
        model = trace(spare, call, batchnorm=wish.batchnorm, opset=wish.opset, outputs=names)
        correct_outputs(model, runs)
        sign(model, wish.metadata)
        session = open_written(model, temporary)
        parity = _compare(runs, session, twin, wish)
        size = temporary.stat().st_size
        temporary.replace(wish.path.resolve())
    by_batch = _by_batch(runs[1:], parity)
    return Report(
        wish.path.resolve(), size, opset_of(model), session.inputs, session.outputs, len(model.graph.node),
        wish.batchnorm, tuple(by_batch), parity, by_batch, time.perf_counter() - started,
    )  # fmt: skip


def _named(call: Call, wish: Wish) -> Call:
    names = call.names if wish.input_names is None else tuple(wish.input_names)
    if len(names) != len(call.names):
        raise ExportError(f"input_names must name {len(call.names)} inputs ({', '.join(call.names)}); given: {names}")
    axes = tuple(wish.dynamic.get(name, free) for name, free in zip(names, call.axes, strict=True))
    return replace(call, names=names, axes=axes)


def _calls(call: Call, wish: Wish) -> dict[str, Call]:
    """Make the calls to compare at: the example, then fresh ones until every size of every free axis was met."""
    generator = torch.Generator().manual_seed(_SEED)
    choices = {label: wish.sizes.get(label, _other_sizes(size)) for label, size in call.sizes.items()}
    if "batch" in choices:
        choices["batch"] = wish.batch_sizes
    calls = {"the example": call}
    for i in range(max((len(values) for values in choices.values()), default=1)):
        sizes = {label: values[i % len(values)] for label, values in choices.items()}
        name = " ".join(f"{label}={size}" for label, size in sizes.items()) or "random values"
        calls[name] = call.like(sizes, generator)
    return calls


def _other_sizes(size: int) -> tuple[int, int]:
    """Half of a size that stays a multiple of eight, for networks with strides, and otherwise twice the size."""
    return (size // 2 if size % 16 == 0 else size * 2), size


def _output_names(run: Run, call: Call, wish: Wish) -> list[str]:
    natural = [name for name, _ in run.wanted]
    names = natural if wish.output_names is None else list(wish.output_names)
    if len(names) != len(natural):
        raise ExportError(f"output_names must name {len(natural)} outputs ({', '.join(natural)}); given: {names}")
    if not names:
        raise ExportError("the network gives no tensor, so there is nothing to export")
    return names


def _check_names(names: Sequence[str], net: nn.Module) -> None:
    held = [name for name, _ in (*net.named_parameters(), *net.named_buffers())]
    twice = sorted({name for name in names if [*names, *held].count(name) > 1})
    if twice:
        raise ExportError(
            f"names that stand for more than one input, output or weight: {', '.join(twice)}; give others with "
            "input_names or output_names"
        )


def _compare(runs: Sequence[Run], session: Session, net: nn.Module, wish: Wish) -> Parity:
    parity = compare(runs, session, tolerance=wish.tolerance)
    if parity.passed:
        return parity
    worst = max(parity.failures, key=lambda case: case.relative)
    raise ExportError(
        f"the file does not compute what the network computes, so {wish.path} was not written: output "
        f"{worst.output!r} at {worst.run} differs by {worst.absolute:.3g} (relative {worst.relative:.3g}, tolerance "
        f"{wish.tolerance:g}){f' [{worst.note}]' if worst.note else ''}; {len(parity.failures)} of "
        f"{len(parity.cases)} comparisons failed. {_advice(runs, net, {case.run for case in parity.failures})}"
    )


def _advice(runs: Sequence[Run], net: nn.Module, failed: set[str]) -> str:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(_SEED)
        again = answers(net, {run.name: run.call for run in runs})
    pairs = [(x, y) for old, new in zip(runs, again, strict=True) for x, y in zip(old.wanted, new.wanted, strict=True)]
    if not all(torch.equal(x.nan_to_num(), y.nan_to_num()) for (_, x), (_, y) in pairs):
        return (
            "The network itself gives two answers to the same input: it draws random numbers or keeps a state; "
            "take both out of forward"
        )
    if any(tensor.dtype == torch.float16 for (_, tensor), _ in pairs):
        return "float16 keeps three digits: raise the tolerance to 1e-2, or export net.float()"
    if failed <= {run.name for run in runs if all(map(_is_flat, run.call.tensors))}:
        return (
            "That example is of one value everywhere, where norms make numbers out of rounding; at others the file is "
            "right. Give real data as the example, or torch.randn of its shape"
        )
    return (
        "Look for Python code in forward that depends on the size of an axis, try another batchnorm or opset, and "
        "raise the tolerance only if the difference is rounding"
    )


def _is_flat(tensor: Tensor) -> bool:
    """Whether it holds one floating value only."""
    return tensor.is_floating_point() and tensor.numel() > 0 and bool(tensor.min() == tensor.max())


def _by_batch(runs: Sequence[Run], parity: Parity) -> dict[int, float]:
    """Find the largest absolute difference at each batch size; empty where no axis is called batch."""
    worst: dict[int, float] = {}
    for run in runs:
        if "batch" in run.call.sizes:
            gaps = [case.absolute for case in parity.cases if case.run == run.name]
            worst[run.call.sizes["batch"]] = max(worst.get(run.call.sizes["batch"], 0.0), *gaps)
    return worst
