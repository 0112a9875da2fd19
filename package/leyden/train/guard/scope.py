"""What a view asks at every touch: whether its callback may, and what to hand out."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from operator import is_
from typing import Any, TypeAlias

import torch

from leyden.errors import AccessError
from leyden.train.guard.grant import Grant
from leyden.train.guard.mend import mending
from leyden.train.guard.names import Names
from leyden.train.guard.record import Record

__all__ = ["Scope"]

_Right: TypeAlias = tuple[str, bool, bool]
_Handed: TypeAlias = tuple[list[torch.Tensor], list[torch.Tensor], list[_Right], bool, bool]


class Scope(ABC):
    """One callback's rights in one run, and the hook it is in.

    Attributes:
        name: the callback, as the graph calls it.
        grant: what it may read and write.
        callback: the callback itself, where it is known.
        within: the hook that is running; None between hooks, when views let everything through.
        record: what was handed out in this hook and may not change.
        names: the names of the task's modules and tensors.
        everything: whether it may write all there is: then it is given the run itself.
        views: id of an object -> its view, kept for the run.
        lists: id of a list of parts -> its view, kept while it holds the same parts.
        sealed: path -> what stands in the place of something that may not be read.
        frozen: (id of an object, attribute or key) -> the copy that stands for it in another thread.
    """

    __slots__ = (
        "_handed", "_rights", "callback", "everything", "frozen", "grant", "lists", "name", "names", "record", "sealed",
        "views", "within",
    )  # fmt: skip

    def __init__(self, name: str, grant: Grant, *, callback: object = None) -> None:
        self.name = name
        self.grant = grant
        self.callback = callback
        self.within: str | None = None
        self.record = Record()
        self.names: Names | None = None
        self.frozen: dict[tuple[int, Any], Any] = {}
        self.everything = False
        self.views: dict[int, Any] = {}
        self.lists: dict[int, Any] = {}
        self.sealed: dict[str, Any] = {}
        self._rights: dict[int, tuple[torch.Tensor, _Right | None]] = {}
        self._handed: dict[tuple[int, int], _Handed] = {}

    @abstractmethod
    def wrap(self, value: Any, path: str) -> Any:
        """A value that was found under a path, as the callback may see it: itself, or a view of it.

        Raises:
            AccessError: it may not be read.
        """

    @abstractmethod
    def log(self, name: str, value: Any, *args: Any, **kwargs: Any) -> None:
        """`LightningModule.log`, where `logged.<name>` may be written."""

    @abstractmethod
    def log_dict(self, dictionary: Mapping[str, Any], *args: Any, **kwargs: Any) -> None:
        """`LightningModule.log_dict`, where each of the names may be written."""

    def read(self, path: str) -> None:
        """Goes on where a path may be read.

        Raises:
            AccessError: it may not.
        """
        if self.within is not None and not self.grant.readable[path]:
            raise self.refusal("read", path)

    def write(self, path: str) -> None:
        """Goes on where a path may be written.

        Raises:
            AccessError: it may not.
        """
        if self.within is not None and not self.grant.writable[path]:
            raise self.refusal("write", path)

    def refusal(self, verb: str, *paths: str) -> AccessError:
        """The error that names the callback, the hook, the paths and the line to add."""
        did = {"read": "read", "write": "wrote"}[verb]
        what = ", ".join(paths)
        mend = mending(self.grant, self.name, verb, paths, callback=self.callback)
        return AccessError(f"{self.name} {did} {what} in {self.within or 'no hook'}, which it does not declare; {mend}")

    def tensor(self, tensor: torch.Tensor, path: str) -> torch.Tensor:
        """A tensor to read; a change of it in place is seen at the end of the hook."""
        self.read(path)
        if self.within is not None and not self.grant.writable[path]:
            self.record.tensor(tensor, path)
        return tensor

    def buffer(self, tensor: torch.Tensor) -> torch.Tensor:
        """A buffer of the task, under its name."""
        return self.tensor(tensor, f"model.buffers.{self._tail(tensor)}")

    def parameter(self, tensor: torch.Tensor) -> torch.Tensor:
        """A parameter of the task, for who may read it or its gradient."""
        return self.parameters([tensor])[0]

    def parameters(self, tensors: list[torch.Tensor]) -> list[torch.Tensor]:
        """Parameters of the task, for who may read them or their gradients; returns them as given."""
        if self.within is None or not tensors:
            return tensors
        key = (id(tensors[0]), len(tensors))
        handed = self._handed.get(key)
        if handed is None or not all(map(is_, handed[0], tensors)):
            handed = self._handed[key] = self._hand(tensors)
        _, watched, rights, values, gradients = handed
        if watched:
            self.record.parameters(watched, rights, values=values, gradients=gradients)
        return tensors

    def _hand(self, tensors: list[torch.Tensor]) -> _Handed:
        """Which of some parameters are to be watched, and for what: the same each time that the same are handed out."""
        watched, rights = [], []
        for tensor in tensors:
            known = self._rights.get(id(tensor))
            if known is None or known[0] is not tensor:
                known = self._rights[id(tensor)] = (tensor, self._right(tensor))
            if known[1]:
                watched.append(tensor)
                rights.append(known[1])
        return (
            list(tensors),
            watched,
            rights,
            any(values for _, values, _ in rights),
            any(gradients for *_, gradients in rights),
        )

    def may_read_parameter(self, tensor: torch.Tensor) -> bool:
        """Whether a parameter or its gradient may be read."""
        tail = self._tail(tensor)
        readable = self.grant.readable
        return readable[f"model.parameters.{tail}"] or readable[f"model.gradients.{tail}"]

    def _right(self, tensor: torch.Tensor) -> _Right | None:
        """The name of a parameter, and what of it may not change; None where nothing of it needs to be watched."""
        tail = self._tail(tensor)
        if not self.may_read_parameter(tensor):
            raise self.refusal("read", f"model.parameters.{tail}")
        writable = self.grant.writable
        values, gradients = not writable[f"model.parameters.{tail}"], not writable[f"model.gradients.{tail}"]
        watched = (values or gradients) and tensor.is_leaf and not tensor.is_inference()
        return (tail, values, gradients) if watched else None

    def _tail(self, tensor: torch.Tensor) -> str:
        name = self.names.name(tensor) if self.names else None
        return "?" if name is None else name
