"""How much of ONNX a network of torch computes, counted with ONNX's own test suite.

`python -m leyden.onnx.conformance` runs it: every case in a process that can import neither onnxruntime nor ONNX's
reference implementation, compared outside of it by ONNX's own rule.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leyden.onnx.conformance.backend import Backend, Network
    from leyden.onnx.conformance.case import KINDS, Case, cases
    from leyden.onnx.conformance.outcome import BARS, Bar, Outcome, Status, table
    from leyden.onnx.conformance.running import conform
    from leyden.onnx.conformance.sampling import sample

_HOMES = {
    "BARS": "outcome", "KINDS": "case", "Backend": "backend", "Bar": "outcome", "Case": "case", "Network": "backend",
    "Outcome": "outcome", "Status": "outcome", "cases": "case", "conform": "running", "sample": "sampling",
    "table": "outcome",
}  # fmt: skip

__all__ = [
    "BARS", "KINDS", "Backend", "Bar", "Case", "Network", "Outcome", "Status", "cases", "conform", "sample", "table",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"leyden.onnx.conformance has no {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(f"leyden.onnx.conformance.{_HOMES[name]}"), name)
