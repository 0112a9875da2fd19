"""What a callback was given to read, and how it stood then: so that a change in place is seen."""

from collections.abc import Iterable
from operator import attrgetter, is_
from typing import Any, TypeAlias, final

import torch

__all__ = ["Record"]

_Path: TypeAlias = "str | tuple[_Path, Any]"

_Right: TypeAlias = tuple[str, bool, bool]
_Values: TypeAlias = tuple[list[int], list[bool]]
_Gradients: TypeAlias = tuple[list[torch.Tensor | None], list[int]]
_State: TypeAlias = tuple[_Values | None, _Gradients | None]

_DEEP = 3
"""Levels of a batch that are watched: deeper ones are rare, and the watch is paid at every hook."""

_MANY = 64
"""Parts of one container that are watched: a longer one is a data set, not a batch."""

_ABSENT = object()
_ATOMS = {int, float, str, bool, type(None)}

_VERSION, _TRAINED, _GRADIENT = attrgetter("_version"), attrgetter("requires_grad"), attrgetter("grad")


@final
class Record:
    """Tensors and containers that were handed out for reading, with the version they had.

    A tensor counts its changes in place (`tensor._version`); what goes around that count is not seen: writes to
    `tensor.data`, through NumPy, and to tensors made in inference mode, which count nothing.

    Attributes:
        held: whether anything is kept.

    Examples:
        >>> weight, record = torch.ones(2), Record()
        >>> record.tensor(weight, "batch.0")
        >>> record.changed(), weight.add_(1).tolist(), record.changed()
        ([], [2.0, 2.0], ['batch.0'])
    """

    __slots__ = ("_boxes", "_parameters", "_tensors", "held")

    def __init__(self) -> None:
        self.held = False
        self._tensors: dict[int, tuple[torch.Tensor, int, _Path]] = {}
        self._boxes: dict[int, tuple[Any, Any, _Path]] = {}
        self._parameters: list[tuple[list[torch.Tensor], list[_Right], _State]] = []

    def __bool__(self) -> bool:
        return self.held

    def tensor(self, tensor: torch.Tensor, path: _Path) -> None:
        """Keeps the present version of a tensor; of one already kept, the first."""
        key = id(tensor)
        if key not in self._tensors:
            try:
                self._tensors[key] = (tensor, tensor._version, path)
                self.held = True
            except RuntimeError:  # made in inference mode: it counts nothing
                return

    def parameters(
        self, tensors: list[torch.Tensor], rights: list[_Right], *, values: bool = True, gradients: bool = True
    ) -> None:
        """Keeps parameters, whether they are trained, and their gradients, as they are now.

        Args:
            tensors: parameters of the task: leaves that count their changes.
            rights: of each its dotted name, whether a change of its values counts, whether one of its gradient does.
            values: whether that of any values does.
            gradients: whether that of any gradient does.
        """
        self._parameters.append((tensors, rights, _state(tensors, values=values, gradients=gradients)))
        self.held = True

    def nested(self, value: Any, path: _Path, deep: int = 0) -> None:
        """Keeps the tensors and the containers in a batch or in outputs, three levels deep."""
        if isinstance(value, torch.Tensor):
            self.tensor(value, path)
        elif isinstance(value, dict | list | tuple) and len(value) <= _MANY:
            pairs: Iterable[tuple[Any, Any]] = enumerate(value)
            if isinstance(value, dict):
                pairs = value.items()
                self._box(value, dict(value), path)
            elif isinstance(value, list):
                self._box(value, list(value), path)
            if deep < _DEEP:
                for key, item in pairs:
                    kind = type(item)
                    if kind is torch.Tensor:
                        self.tensor(item, (path, key))
                    elif kind not in _ATOMS:
                        self.nested(item, (path, key), deep + 1)

    def _box(self, box: Any, items: Any, path: _Path) -> None:
        self._boxes.setdefault(id(box), (box, items, path))
        self.held = True

    def changed(self) -> list[str]:
        """The paths of everything that is no longer as it was when it was kept."""
        found = []
        for tensor, version, path in self._tensors.values():
            if tensor._version != version:
                found.append(_joined(path))
        for box, before, path in self._boxes.values():
            found += [f"{_joined(path)}.{key}" for key in _differences(before, box)]
        for tensors, rights, before in self._parameters:
            after = _state(tensors, values=before[0] is not None, gradients=before[1] is not None)
            if not _same(before, after):
                found += _moved(rights, before, after)
        return found

    def clear(self) -> None:
        """Forgets everything kept."""
        self.held = False
        self._tensors.clear()
        self._boxes.clear()
        self._parameters.clear()

    def renew(self) -> None:
        """Takes what was kept as it stands now: something else than the callback may have changed it."""
        tensors, parameters, boxes = self._tensors, self._parameters, self._boxes
        self._tensors, self._parameters, self._boxes = {}, [], {}
        for tensor, _, path in tensors.values():
            self.tensor(tensor, path)
        for items, rights, (values, gradients) in parameters:
            self.parameters(items, rights, values=values is not None, gradients=gradients is not None)
        for box, _, path in boxes.values():
            self.nested(box, path)


def _state(tensors: list[torch.Tensor], *, values: bool, gradients: bool) -> _State:
    """Versions and whether trained, gradients and their versions: of each only what is asked for."""
    grads: list[torch.Tensor | None] = list(map(_GRADIENT, tensors)) if gradients else []
    return (
        (list(map(_VERSION, tensors)), list(map(_TRAINED, tensors))) if values else None,
        (grads, [-1 if grad is None else grad._version for grad in grads]) if gradients else None,
    )


def _same(before: _State, after: _State) -> bool:
    if before[0] != after[0]:
        return False
    ones, others = before[1], after[1]
    return ones is None or others is None or (ones[1] == others[1] and all(map(is_, ones[0], others[0])))


def _moved(rights: list[_Right], before: _State, after: _State) -> list[str]:
    found = []
    for at, (name, values, gradients) in enumerate(rights):
        if values and before[0] and after[0]:
            (old, was), (new, now) = before[0], after[0]
            if old[at] != new[at] or was[at] != now[at]:
                found.append(f"model.parameters.{name}")
        if gradients and before[1] and after[1]:
            (one, old), (other, new) = before[1], after[1]
            if one[at] is not other[at] or old[at] != new[at]:
                found.append(f"model.gradients.{name}")
    return found


def _joined(path: _Path) -> str:
    return path if isinstance(path, str) else f"{_joined(path[0])}.{path[1]}"


def _differences(before: Any, after: Any) -> list[Any]:
    """The keys or positions under which not the same object is found."""
    if isinstance(before, list):
        if len(before) == len(after) and all(map(is_, before, after)):
            return []
        before, after = dict(enumerate(before)), dict(enumerate(after))
    elif before.keys() == after.keys() and all(map(is_, before.values(), after.values())):
        return []
    return [key for key in {**before, **after} if before.get(key, _ABSENT) is not after.get(key, _ABSENT)]
