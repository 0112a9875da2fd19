"""How many weights are zero, and where."""

from dataclasses import dataclass

from torch import nn

from leyden.prune.pruning import masks

__all__ = ["Row", "Sparsity", "sparsity"]


@dataclass(frozen=True)
class Row:
    """One parameter, tied ones once.

    Args:
        name: as in `named_parameters`.
        shape: its axes.
        zeros: how many of its values are exactly zero as the model uses them.
        total: how many it has.
        touched: whether it carries a mask, so that pruning could reach it.
    """

    name: str
    shape: tuple[int, ...]
    zeros: int
    total: int
    touched: bool


@dataclass(frozen=True, repr=False)
class Sparsity:
    """The zeros of a model; printed, a table.

    Args:
        rows: every parameter, in the order of the model.
    """

    rows: tuple[Row, ...]

    @property
    def zeros(self) -> float:
        """Share of zeros, from 0 to 1, among the parameters that pruning could reach; 0 if there is none."""
        return _share([row for row in self.rows if row.touched])

    @property
    def zeros_all(self) -> float:
        """Share of zeros, from 0 to 1, among all parameters."""
        return _share(list(self.rows))

    def __repr__(self) -> str:
        return f"Sparsity(zeros={self.zeros:.4f}, zeros_all={self.zeros_all:.4f}, rows={len(self.rows)})"

    def __str__(self) -> str:
        touched = [row for row in self.rows if row.touched]
        lines = [("parameter", "shape", "zeros", "of", "share", "")]
        lines += [_line(row.name, "x".join(map(str, row.shape)), [row], row.touched) for row in self.rows]
        lines += [_line("masked parameters", "", touched, False), _line("all parameters", "", list(self.rows), False)]
        widths = [max(len(line[column]) for line in lines) for column in range(6)]
        return "\n".join(_aligned(line, widths) for line in lines)


def sparsity(model: nn.Module) -> Sparsity:
    """Count the zeros of a model, pruned or not.

    Examples:
        >>> from leyden.prune import Random, prune, sparsity
        >>> report = sparsity(prune(nn.Linear(2, 2), Random(0.5, seed=0)))
        >>> report
        Sparsity(zeros=0.5000, zeros_all=0.3333, rows=2)
        >>> print(report)
        parameter          shape  zeros  of   share
        weight               2x2      2   4   50.0%  masked
        bias                   2      0   2    0.0%
        masked parameters             2   4   50.0%
        all parameters                2   6   33.3%
    """
    kept = masks(model)
    rows = []
    for name, parameter in model.named_parameters():
        used = parameter.detach().masked_fill(~kept[name], 0) if name in kept else parameter.detach()
        zeros = used.numel() - int(used.count_nonzero())
        rows.append(Row(name, tuple(parameter.shape), zeros, parameter.numel(), name in kept))
    return Sparsity(tuple(rows))


def _aligned(line: tuple[str, ...], widths: list[int]) -> str:
    first, *rest = zip(line, widths, strict=True)
    return "  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]).rstrip()


def _share(rows: list[Row]) -> float:
    total = sum(row.total for row in rows)
    return sum(row.zeros for row in rows) / total if total else 0.0


def _line(name: str, shape: str, rows: list[Row], masked: bool) -> tuple[str, ...]:
    counts = (sum(row.zeros for row in rows), sum(row.total for row in rows))
    return name, shape, f"{counts[0]:,}", f"{counts[1]:,}", f"{_share(rows):.1%}", "masked" if masked else ""
