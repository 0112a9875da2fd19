"""Networks by name: what there is, how one is made, how to add your own."""

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from torch import Tensor, nn

from leyden.errors import UnknownModel, VisionError
from leyden.vision.preprocess import Preprocess
from leyden.vision.weights import fit_channels

__all__ = ["Builder", "Weights", "create", "names", "register"]


@runtime_checkable
class Builder(Protocol):
    """A function that makes one untrained network and its preprocessing; it never touches weights from elsewhere."""

    def __call__(self, *, classes: int, channels: int, momentum: float) -> tuple[nn.Module, Preprocess]:
        """Makes the network."""
        ...


@dataclass(frozen=True)
class Weights:
    """Trained weights of a network.

    Attributes:
        read: Returns a complete state dict in the network's own keys; its tensors are copied into the model.
        stem: Name of the first convolution, whose filters are adapted to other numbers of channels.
        head: Name of the last Linear, left fresh where classes are chosen.
    """

    read: Callable[[], dict[str, Tensor]]
    stem: str
    head: str


@dataclass(frozen=True)
class _Entry:
    build: Builder
    weights: Weights | None


_entries: dict[str, _Entry] = {}


def register(name: str, *, weights: Weights | None = None) -> Callable[[Builder], Builder]:
    """Adds a network of your own to those `create` knows; use it as a decorator.

    Args:
        name: A new name.
        weights: Where its trained weights are, if it has any.

    Raises:
        VisionError: If the name is taken.

    Examples:
        >>> @register("one_layer")
        ... def one_layer(*, classes: int, channels: int, momentum: float) -> tuple[nn.Module, Preprocess]:
        ...     model = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes))
        ...     return model, Preprocess(32, mean=(0.5,) * channels, std=(0.5,) * channels)
        >>> model, prep = create("one_layer", classes=3)
        >>> model[2]
        Linear(in_features=3, out_features=3, bias=True)
    """
    if name in _entries:
        raise VisionError(f"a model named {name!r} is registered already; choose another name")

    def add(build: Builder) -> Builder:
        _entries[name] = _Entry(build, weights)
        return build

    return add


def names(*, pretrained: bool = False) -> list[str]:
    """Lists the networks `create` knows, sorted; only those with trained weights where `pretrained` is set.

    Examples:
        >>> names(pretrained=True)
        ['efficientnet_lite0']
    """
    return sorted(name for name, entry in _entries.items() if entry.weights or not pretrained)


def create(
    name: str,
    *,
    pretrained: bool = False,
    classes: int | None = None,
    channels: int = 3,
    momentum: float = 0.1,
) -> tuple[nn.Module, Preprocess]:
    """Makes a network and the preprocessing its weights expect.

    The network comes in train mode on the CPU in float32. Untrained layers draw from torch's global generator.

    Args:
        name: One of `names()`.
        pretrained: Start from trained weights; `names(pretrained=True)` lists who has any.
        classes: Scores that go out, from a fresh last layer. None keeps the 1000 ImageNet classes, trained ones too.
        channels: Channels that come in. Trained colour filters are adapted by `fit_channels`, so one-channel scans
            and four-channel series start from trained weights too.
        momentum: Share of each new batch in the running statistics of the batch norms, in (0, 1]. 0.1 is torch's own
            default. The weights were trained with 0.01, which takes hundreds of steps to forget its start: a short run
            from scratch then scores chance in eval mode, whatever it has learned.

    Raises:
        UnknownModel: If there is no such name, or it has no trained weights.
        VisionError: If a number is out of range.
        AssetError: If trained weights cannot be had.

    Examples:
        >>> model, prep = create("efficientnet_lite0", classes=12)
        >>> model.head.linear
        Linear(in_features=1280, out_features=12, bias=True)
        >>> prep.size
        224
    """
    entry = _find(name, pretrained=pretrained)
    _check(classes, channels, momentum)
    model, prep = entry.build(classes=1000 if classes is None else classes, channels=channels, momentum=momentum)
    if pretrained and entry.weights is not None:
        _load(model, entry.weights, keep_head=classes is None, channels=channels)
    return model, prep


def _find(name: str, *, pretrained: bool) -> _Entry:
    """Looks a name up, or says which are near."""
    if name not in _entries:
        near = difflib.get_close_matches(name, _entries, n=3, cutoff=0.4)
        hint = f"closest: {', '.join(near)}" if near else "nothing is close"
        raise UnknownModel(f"no model named {name!r}; {hint}; see leyden.vision.names()")
    entry = _entries[name]
    if pretrained and entry.weights is None:
        having = ", ".join(names(pretrained=True))
        raise UnknownModel(f"{name!r} has no trained weights; these have: {having}; or leave pretrained=False")
    return entry


def _check(classes: int | None, channels: int, momentum: float) -> None:
    """Reports every number that is out of range."""
    faults = []
    if classes is not None and classes < 1:
        faults.append(f"classes must be 1 or more, not {classes}")
    if channels < 1:
        faults.append(f"channels must be 1 or more, not {channels}")
    if not 0.0 < momentum <= 1.0:
        faults.append(f"momentum must lie in (0, 1], not {momentum}")
    if faults:
        raise VisionError("; ".join(faults))


def _load(model: nn.Module, weights: Weights, *, keep_head: bool, channels: int) -> None:
    """Fills a new model with trained weights, all of them but a fresh head."""
    state, fresh = dict(weights.read()), model.state_dict()
    if state.keys() != fresh.keys():
        missing, surplus = sorted(fresh.keys() - state.keys()), sorted(state.keys() - fresh.keys())
        raise VisionError(f"the weights do not fit the model: missing {missing}, left over {surplus}")
    stem = f"{weights.stem}.weight"
    state[stem] = fit_channels(state[stem], channels)
    if not keep_head:
        state |= {key: fresh[key] for key in state if key.startswith(f"{weights.head}.")}
    model.load_state_dict(state)
