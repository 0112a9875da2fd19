"""Weights through which little can flow go, without any data: `SynFlow`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, final

import torch
from torch import Tensor, nn

from leyden.errors import PruneError
from leyden.prune.ranking import Scope, check_method, keep_highest
from leyden.prune.score.feeding import apart, dense_copy, leaves, measured, moved
from leyden.prune.scored import Scored
from leyden.prune.subject import Subject

__all__ = ["SynFlow"]

_NO_FLOW = 1e-9  # of the flow through the whole network; rounding leaves about 1e-16 where there is none


@final
@dataclass(frozen=True, eq=False)
class SynFlow(Scored):
    """Prune, before training and without data, the weights that least connect input and output.

    All weights are taken as positive, the input as ones; what flows through a weight to the sum of the outputs is its
    score. Pruning little by little and measuring anew keeps every layer connected up to sparsities where other methods
    cut the network in two. A private copy is run in evaluation and double precision, `rounds` times forward and
    backward; it takes the memory of the model about six times over.

    It suits networks of convolutions, linear layers, batch normalisation and ReLU; an `nn.ReLU6` or `nn.Hardtanh` runs
    as ReLU. Where the flow ends (behind a softmax or saturated gates, in the queries and keys of attention) it refuses.

    Args:
        sparsity: share of weights to prune, from 0 to below 1.
        example: what the model is called with, one sample is enough: a tensor, or a tuple of arguments. Only shapes
            count, except for whole numbers: of an embedding the tokens in it are kept before all others.
        rounds: in how many steps, 1 or more; the share that is left falls by the same factor in each.
        scope: "global" takes the share of all chosen weights together, "local" of each tensor.

    Raises:
        PruneError: if `sparsity` lies outside 0 to below 1, `rounds` below 1, or the example holds no tensor.

    Examples:
        >>> from leyden.prune.pruning import prune
        >>> net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
        >>> sparse = prune(net, SynFlow(0.75, torch.ones(1, 4)))
        >>> sum(int((layer.weight != 0).sum()) for layer in (sparse[0], sparse[2]))
        12

    Source:
        Tanaka, Kunin, Yamins and Ganguli, Pruning neural networks without any data by iteratively conserving synaptic
        flow, NeurIPS 2020, equation 2 and algorithm 1; evaluation, 100 rounds, double precision, and positive biases
        and statistics too, as in the authors' code.
    """

    sparsity: float
    example: Any = field(repr=False)
    rounds: int = 100
    scope: Scope = "global"

    def __post_init__(self) -> None:
        faults = []
        if not any(True for _ in _tensors(self.example)):
            faults.append(f"example is a tensor or a tuple of arguments; {type(self.example).__name__} was given")
        if isinstance(self.rounds, bool) or not isinstance(self.rounds, int) or self.rounds < 1:
            faults.append(f"rounds is a whole number of 1 or more; {self.rounds!r} was given")
        check_method(self.sparsity, self.scope, *faults)

    def scores(self, weights: Mapping[str, Tensor], subject: Subject | None = None) -> dict[str, Tensor]:
        """Give the flow in the last round, and negative whole numbers for what went before, lowest first."""
        around = measured(subject, self)
        with apart(around.model):
            model, copied = _positive(around.model, weights)
            inputs = _ones(self.example, next(iter(copied.values())).device)
            whole, flow = _flow(model, copied, inputs)
            _check_flow(flow, whole, around)
            standing = {name: mask.clone() for name, mask in around.standing.items() if name in weights}
            gone = {name: torch.zeros_like(score) for name, score in flow.items()}
            for number in range(1, self.rounds):
                share = 1 - (1 - self.sparsity) ** (number / self.rounds)
                keep = keep_highest(flow, share, scope=self.scope, standing=standing)
                for name, mask in keep.items():
                    leaving = standing[name] & ~mask if name in standing else ~mask
                    gone[name].masked_fill_(leaving, number - self.rounds)
                    standing[name] = mask & standing[name] if name in standing else mask
                    copied[name].data.mul_(mask)
                _, flow = _flow(model, copied, inputs)
            return {name: torch.where(gone[name] < 0, gone[name], score) for name, score in flow.items()}


def _positive(model: nn.Module, names: Mapping[str, Tensor]) -> tuple[nn.Module, dict[str, nn.Parameter]]:
    """Copy a model as a linear function of its input: absolute values in double precision, in evaluation."""
    copied = dense_copy(model)[0].double().eval()
    for module in list(copied.modules()):
        for name, child in module.named_children():
            if isinstance(child, nn.Hardtanh):  # ReLU6 is one: what it cuts off above would end the flow
                setattr(module, name, nn.ReLU())
    for tensor in (*copied.parameters(), *copied.buffers()):
        if tensor.is_floating_point():
            tensor.data.abs_()
    return copied, leaves(copied, names)


def _ones(example: Any, device: torch.device) -> tuple[Any, ...]:
    arguments = example if isinstance(example, tuple) else (example,)
    return tuple(
        torch.ones(given.shape, dtype=torch.float64, device=device)
        if isinstance(given, Tensor) and given.is_floating_point()
        else moved(given, device)
        for given in arguments
    )


def _flow(
    model: nn.Module, weights: Mapping[str, nn.Parameter], inputs: tuple[Any, ...]
) -> tuple[float, dict[str, Tensor]]:
    """Give the sum of all outputs, and its gradient times weight."""
    outputs = [output.sum() for output in _tensors(model(*inputs)) if output.requires_grad]
    if not outputs:
        raise PruneError(f"{type(model).__name__} gives no tensor that depends on its weights: no flow to measure")
    total = torch.stack(outputs).sum()
    if not bool(total.isfinite()):
        raise PruneError(
            f"the flow through {type(model).__name__} is {total.item()}: too much for double precision; normalise it "
            "(batch normalisation in evaluation needs statistics), or use Magnitude or Snip"
        )
    found = torch.autograd.grad(total, list(weights.values()), allow_unused=True)
    return total.item(), {
        name: torch.zeros_like(weight) if slope is None else (slope * weight).detach().abs_()
        for (name, weight), slope in zip(weights.items(), found, strict=True)
    }


def _check_flow(flow: Mapping[str, Tensor], whole: float, around: Subject) -> None:
    faults = []
    for name, score in flow.items():
        packed = isinstance(around.places[name].owners[0], nn.MultiheadAttention) and name.endswith("in_proj_weight")
        parts = score.chunk(3) if packed else [score]
        if score.numel() and any(float(part.sum()) <= whole * _NO_FLOW for part in parts):
            faults.append(str(around.places[name]))
    if faults:
        raise PruneError(
            f"nothing flows through {', '.join(faults)}: what follows is a softmax, attention, saturated or scaled by "
            "zero, or it is not used; leave it out by where=, or use Snip"
        )


def _tensors(given: Any) -> Iterator[Tensor]:
    if isinstance(given, Tensor):
        yield given
    elif isinstance(given, Mapping):
        yield from _tensors(list(given.values()))
    elif isinstance(given, tuple | list):
        for part in given:
            yield from _tensors(part)
