"""The filters that a BatchNorm scales down go: `BatchNormScale`."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, final

import torch
from torch import Tensor, nn

from leyden.errors import PruneError
from leyden.prune.method.layout import Side, channels
from leyden.prune.method.structured import Structured
from leyden.prune.ranking import Scope, check_method
from leyden.prune.score.feeding import apart, measured, moved
from leyden.prune.subject import Subject

__all__ = ["BatchNormScale"]

_FILTERING = (
    nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d,
)  # fmt: skip
_BatchNorm = nn.modules.batchnorm._BatchNorm


@final
@dataclass(frozen=True, eq=False)
class BatchNormScale(Structured):
    """Prune the filters whose output is scaled down most by the BatchNorm that follows: network slimming.

    A filter scores the absolute value of its weight in the BatchNorm (gamma); where several take its output, the
    largest. What follows what is found by running the model once, a private copy in eval mode and without gradients: a
    BatchNorm takes the output of a convolution or linear layer itself, or of what works in its place. It ranks best
    after training with an L1 penalty on those scales.

    Args:
        sparsity: share of filters to prune, from 0 to below 1; one of each tensor stays in any case.
        example: what the model is called with: a tensor, a tuple of arguments, or a dict of arguments by name. One
            sample is enough; it is moved to the device of the weights.
        scope: "global" takes the share of all chosen filters together, "local" of each tensor.

    Raises:
        PruneError: if `sparsity` lies outside 0 to below 1; when called, if the model cannot run on the example, or
            weights are chosen whose output no BatchNorm scales.

    Examples:
        >>> from leyden.prune import prune
        >>> model = nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4), nn.ReLU())
        >>> _ = model[1].weight.data.copy_(torch.tensor([1.0, -0.1, 0.5, -2.0]))
        >>> prune(model, BatchNormScale(0.5, torch.zeros(1, 3, 4, 4)))[0].weight[:, 0, 0, 0] == 0
        tensor([False,  True,  True, False])

    Source:
        Liu, Li, Shen, Huang, Yan and Zhang, Learning efficient convolutional networks through network slimming, ICCV
        2017, section 3: one threshold for all layers. That a layer keeps one filter is added: their threshold can
        empty it.
    """

    sparsity: float
    example: Any = field(repr=False)
    scope: Scope = "global"
    axis: Side = field(default=0, init=False, repr=False)

    def __post_init__(self) -> None:
        check_method(self.sparsity, self.scope)

    def filter_scores(self, weights: Mapping[str, Tensor], subject: Subject | None = None) -> dict[str, Tensor]:
        """Give the scale of each filter; see `Structured`."""
        around = measured(subject, self)
        layout = channels(weights, self.axis, around)
        found = _followers(around, self.example)
        scores, faults = {}, []
        for name, weight in weights.items():
            filters = len(layout[name].matrix(weight))
            scales = [norm.weight.abs() for norm in found.get(name, ()) if norm.affine and norm.num_features == filters]
            if scales:
                scores[name] = torch.stack(scales).amax(0).detach()
            else:
                faults.append(name)
        if faults:
            raise PruneError(
                f"no BatchNorm with a scale takes the output of {', '.join(faults)}; leave these out by "
                f"where=~named({', '.join(map(repr, faults))})"
            )
        return scores


def _followers(subject: Subject, example: Any) -> dict[str, list[Any]]:
    """Run a copy of the model once and give the BatchNorms that take the output of the layer of each weight."""
    model = subject.copy().eval()
    names: dict[str, list[str]] = {}
    for place in subject.places.values():
        for home, owner in zip(place.names, place.owners, strict=True):
            path, _, attribute = home.rpartition(".")
            if isinstance(owner, _FILTERING) and attribute == "weight":
                names.setdefault(path, []).append(place.name)
    notes = _Notes()
    for path, module in model.named_modules():
        if path in names:
            module.register_forward_hook(functools.partial(notes.take_output, names[path]))
        elif isinstance(module, _BatchNorm):
            module.register_forward_pre_hook(notes.take_input)
    device = next(iter(subject.places.values())).parameter.device
    with apart(model), torch.no_grad():
        try:
            _call(model, moved(example, device))
        except Exception as error:
            raise PruneError(
                f"{type(model).__name__} does not run on the example given to BatchNormScale ({error}); an example is "
                "a tensor, a tuple of arguments or a dict of arguments by name"
            ) from error
    return notes.found


class _Notes:
    """Who made which tensor, and which BatchNorm took it."""

    def __init__(self) -> None:
        self.found: dict[str, list[Any]] = {}
        # by memory; with the tensor, held so that none made later gets its memory, and its count of writes
        self._made: dict[int, tuple[list[str], Tensor, int]] = {}

    def take_output(self, names: list[str], _module: nn.Module, _inputs: object, output: object) -> None:
        if isinstance(output, Tensor):
            self._made[_memory(output)] = (names, output, output._version)

    def take_input(self, norm: nn.Module, inputs: tuple[Any, ...]) -> None:
        for given in inputs[:1]:
            names, output, version = self._made.get(_memory(given), ([], given, given._version))
            # what was added to in place is no longer what the layer gave
            if output._version == version:
                for name in names:
                    self.found.setdefault(name, []).append(norm)


def _memory(tensor: Tensor) -> int:
    # the address of the numbers would be 0 for every empty tensor
    return tensor.untyped_storage()._cdata


def _call(model: nn.Module, example: Any) -> object:
    if isinstance(example, dict):
        return model(**example)
    return model(*example) if isinstance(example, tuple) else model(example)
