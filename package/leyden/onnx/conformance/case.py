"""The cases of ONNX's own test suite, as the installed `onnx` has them."""

import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, final

import numpy as np
import onnx
from onnx.backend.test.case.test_case import TestCase
from onnx.backend.test.loader import load_model_tests

from leyden.errors import OnnxError

__all__ = ["KINDS", "Case", "cases"]

KINDS = ("node", "simple", "pytorch-operator", "pytorch-converted", "light")
"""Parts of the suite; light is what the suite calls real: nine known networks with weights that nobody trained."""

_NUMERIC = frozenset(range(1, 14)) - {onnx.TensorProto.STRING}
_DOMAINS = frozenset(("", "ai.onnx", "ai.onnx.preview"))
_CONTROL = frozenset(("If", "Loop", "Scan", "SequenceMap"))
_PARTS = {"tensor_type": onnx.TensorProto, "sequence_type": onnx.SequenceProto, "optional_type": onnx.OptionalProto}
_READ = {
    "tensor_type": onnx.numpy_helper.to_array,
    "sequence_type": onnx.numpy_helper.to_list,
    "optional_type": onnx.numpy_helper.to_optional,
}


@final
@dataclass(frozen=True)
class Case:
    """A model, inputs, and the outputs that ONNX expects of them.

    Args:
        name: As the suite calls it.
        kind: Part of the suite.
        operator: The operator it is about; of models of many operators, the first one's.
        plain: Whether numbers are all it is about: tensors of NumPy's own numeric types in and out, no control flow,
            nothing of the domains for machine learning and for training.
        model: The file.
        inputs: Lists of values, one for each run.
        outputs: What is expected of each run.
        rtol: Relative tolerance.
        atol: Absolute tolerance.
    """

    name: str
    kind: str
    operator: str
    plain: bool
    model: bytes = field(repr=False)
    inputs: Sequence[Sequence[Any]] = field(repr=False)
    outputs: Sequence[Sequence[Any]] = field(repr=False)
    rtol: float = 1e-3
    atol: float = 1e-7


def cases(kinds: Iterable[str] = KINDS, *, match: str = "") -> list[Case]:
    """Collect the cases of some kinds; those of `node` take some seconds.

    Args:
        kinds: Parts of the suite.
        match: A regular expression; only cases in whose name it is found.

    Raises:
        OnnxError: There is no such kind.
    """
    kinds = list(kinds)
    unknown = sorted(set(kinds) - set(KINDS))
    if unknown:
        raise OnnxError(f"no kind of cases named {', '.join(unknown)}; there are {', '.join(KINDS)}")
    found: list[Case] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the suite divides by zero on purpose
        for kind in kinds:
            known: dict[str, str] = {}
            tests = sorted(load_model_tests(kind="real" if kind == "light" else kind), key=lambda test: test.name)
            found += [_case(test, kind, known) for test in tests if re.search(match, test.name)]
    return found


def _case(test: TestCase, kind: str, known: dict[str, str]) -> Case:
    if test.model is not None and test.data_sets is not None:
        model, sets = test.model, [tuple(map(_values, pair)) for pair in test.data_sets]
    elif test.model_dir is not None:
        model = onnx.load(Path(test.model_dir) / "model.onnx")
        sets = [_stored(folder, model) for folder in sorted(Path(test.model_dir).glob("test_data_set*"))]
    else:
        model, sets = _light(test)
    base = re.split("_expanded", test.name)[0]
    operator = known.setdefault(base, model.graph.node[0].op_type)
    inputs, outputs = [pair[0] for pair in sets], [pair[1] for pair in sets]
    content = model.SerializeToString()
    return Case(test.name, kind, operator, _is_plain(model), content, inputs, outputs, test.rtol, test.atol)


def _values(values: Iterable[Any]) -> list[Any]:
    protos = {proto: _READ[name] for name, proto in _PARTS.items()}
    return [protos[type(value)](value) if type(value) in protos else value for value in values]


def _stored(folder: Path, model: onnx.ModelProto) -> tuple[list[Any], list[Any]]:
    """Read the inputs and outputs of a run from its folder."""
    graph = model.graph
    return list(_files(folder, "input", graph.input)), list(_files(folder, "output", graph.output))


def _files(folder: Path, what: str, declared: Sequence[onnx.ValueInfoProto]) -> Iterator[Any]:
    for number in range(len(list(folder.glob(f"{what}_*.pb")))):
        name = declared[number].type.WhichOneof("value") or "tensor_type"
        proto = _PARTS[name].FromString((folder / f"{what}_{number}.pb").read_bytes())
        yield _READ[name](proto)


def _light(test: TestCase) -> tuple[onnx.ModelProto, list[tuple[list[Any], list[Any]]]]:
    """Read one of the known networks: its input is a ramp from 0 to 1, as the suite has it."""
    path = Path(onnx.__file__).parent.parent / (test.url or "")
    model = onnx.load(path)
    stored = {initializer.name for initializer in model.graph.initializer}
    inputs = [_ramp(value) for value in model.graph.input if value.name not in stored]
    expected = [path.with_name(f"{path.stem}_output_{number}.pb") for number in range(len(model.graph.output))]
    outputs = [_READ["tensor_type"](onnx.TensorProto.FromString(file.read_bytes())) for file in expected]
    return model, [(inputs, outputs)]


def _ramp(value: onnx.ValueInfoProto) -> np.ndarray:
    shape = [axis.dim_value if axis.HasField("dim_value") else 1 for axis in value.type.tensor_type.shape.dim]
    count = int(np.prod(shape))
    return (np.arange(count).reshape(shape) / count).astype(np.float32)


def _is_plain(model: onnx.ModelProto) -> bool:
    types = [value.type for value in (*model.graph.input, *model.graph.output)]
    numeric = all(kind.HasField("tensor_type") and kind.tensor_type.elem_type in _NUMERIC for kind in types)
    own = all(node.domain in _DOMAINS and node.op_type not in _CONTROL for node in model.graph.node)
    return numeric and own
