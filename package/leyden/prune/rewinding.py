"""The lottery ticket: the masks of a trained model, on the weights that it began with."""

from collections.abc import Mapping
from typing import TypeVar

from torch import Tensor, nn

from leyden.errors import PruneError
from leyden.prune.pruning import masks, remask

__all__ = ["rewind"]

_Model = TypeVar("_Model", bound=nn.Module)


def rewind(pruned: _Model, earlier: nn.Module | Mapping[str, Tensor]) -> _Model:
    """Copy a pruned model with its weights put back to what they were earlier, and its masks kept.

    Everything that a checkpoint holds goes back: weights, biases and the statistics of normalisation. Start a new
    optimiser for what comes out.

    Args:
        pruned: what `prune` gave, trained or not; left as it is.
        earlier: the model as it was, or its `state_dict`; pruned or not.

    Returns:
        The copy, of the type, on the device and in the mode of `pruned`.

    Raises:
        PruneError: if `pruned` has no masks, or `earlier` is not the same model: all that is missing, left over or of
            another shape, no tensor, or on the meta device.

    Examples:
        >>> from leyden.prune import Magnitude, prune
        >>> young = nn.Linear(2, 1)
        >>> old = nn.Linear(2, 1)
        >>> ticket = rewind(prune(old, Magnitude(0.5)), young)
        >>> kept = masks(ticket)["weight"]
        >>> bool((ticket.weight == young.weight * kept).all())
        True

    Source:
        Frankle and Carbin, The lottery ticket hypothesis, ICLR 2019, section 1, step 4. To a while into the training:
        Frankle, Dziugaite, Roy and Carbin, Linear mode connectivity and the lottery ticket hypothesis, ICML 2020.
    """
    keep = masks(pruned)
    if not keep:
        raise PruneError(f"{type(pruned).__name__} has no masks to keep: rewind(prune(model, method), earlier)")
    state = earlier.state_dict() if isinstance(earlier, nn.Module) else earlier
    faults = _faults(pruned.state_dict(), state)
    if faults:
        raise PruneError(f"rewind wants the same model as it was earlier; {'; '.join(faults)}")
    ticket = remask(pruned, keep)
    ticket.load_state_dict(state)
    return ticket


def _faults(here: Mapping[str, object], there: Mapping[str, object]) -> list[str]:
    if not isinstance(there, Mapping):
        return [f"a model or a state_dict is wanted; {type(there).__name__} was given"]
    faults = [f"{name} is missing" for name in here if name not in there]
    faults += [f"{name} is left over" for name in there if name not in here]
    for name, now in here.items():
        then = there.get(name)
        if not isinstance(now, Tensor) or name not in there:
            continue
        if not isinstance(then, Tensor):
            faults.append(f"{name} was no tensor, but {type(then).__name__}")
        elif now.shape != then.shape:
            faults.append(f"{name} was {tuple(then.shape)} and is {tuple(now.shape)}")
        elif then.is_meta:
            faults.append(f"{name} was on the meta device, without values")
    return faults
