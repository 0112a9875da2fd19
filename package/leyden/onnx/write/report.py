"""What an export did, as a value."""

from dataclasses import dataclass, field
from pathlib import Path

from leyden.onnx.table import html_table, text_table
from leyden.onnx.value import Value
from leyden.onnx.write.parity import Parity
from leyden.onnx.write.trace import BatchNorm

__all__ = ["Report"]


@dataclass(frozen=True)
class Report:
    """A finished export; it exists only for a file that was run and found equal to the network.

    Args:
        path: The file, absolute.
        bytes: Its size.
        opset: Version of the operators it is written in.
        inputs: Its inputs, in the order in which they are given when it is run.
        outputs: Its outputs.
        nodes: Number of operators.
        batchnorm: What became of batch normalisation, as asked.
        batch_sizes: Batch sizes it was compared at; empty when no input has a free axis `batch`.
        parity: How close file and network are, run by run, and the tolerance.
        max_abs_by_batch: The largest absolute difference at each of `batch_sizes`.
        seconds: Time the export took, comparison included.
    """

    path: Path
    bytes: int
    opset: int
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]
    nodes: int
    batchnorm: BatchNorm
    batch_sizes: tuple[int, ...]
    parity: Parity = field(repr=False)
    max_abs_by_batch: dict[int, float] = field(repr=False)
    seconds: float = field(repr=False)

    @property
    def max_abs(self) -> float:
        """The largest absolute difference between file and network of all runs."""
        return self.parity.max_abs

    @property
    def tolerance(self) -> float:
        """The largest relative difference that would have passed."""
        return self.parity.tolerance

    def rows(self) -> list[tuple[str, str]]:
        """Give the table: a header, then one row a fact."""
        batches = ", ".join(f"{size}: {gap:.1e}" for size, gap in self.max_abs_by_batch.items())
        return [
            ("export", str(self.path)),
            ("size", f"{self.bytes:,} bytes"),
            ("opset", str(self.opset)),
            *(("input", str(value)) for value in self.inputs),
            *(("output", str(value)) for value in self.outputs),
            ("nodes", f"{self.nodes} (batch normalisation: {self.batchnorm})"),
            ("largest difference", f"{self.max_abs:.1e} (relative {self.parity.max_rel:.1e} of {self.tolerance:g})"),
            ("by batch size", batches or "no free batch axis"),
            ("took", f"{self.seconds:.1f} s"),
        ]

    def __str__(self) -> str:
        return text_table(self.rows())

    def _repr_html_(self) -> str:
        return html_table(self.rows())
