"""What is learned: a network and its rates, as a plain LightningModule; and image classification as the first kind."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, ClassVar, Protocol, final, runtime_checkable

import pytorch_lightning as pl
import torch
from pytorch_lightning.utilities.types import OptimizerLRScheduler
from torch import Tensor, nn

from leyden.errors import TrainError
from leyden.train.tuning import Tuning
from leyden.types import Batch, Labels, Logits

__all__ = ["Classifier", "Staged", "Task", "checked_task", "group_paths"]


@runtime_checkable
class Staged(Protocol):
    """A network that says which parts it is made of: `backbone`, input to output, and `head`."""

    @property
    def backbone(self) -> Iterable[nn.Module]:
        """Module groups, input to output, without the head."""
        ...

    @property
    def head(self) -> nn.Module:
        """The part that turns features into classes."""
        ...


def checked_task(task: Any) -> None:
    """Refuse what is no task, before it fails somewhere within.

    Raises:
        TrainError: It is none.
    """
    if isinstance(task, Task):
        return
    kind, other = type(task).__name__, isinstance(task, pl.LightningModule)
    advice = "a LightningModule of your own is trained by pl.Trainer(...).fit" if other else "wrap a network in one"
    raise TrainError(
        f"task must be a leyden.train.Task, such as Classifier(network, classes); given a {kind}: {advice}"
    )


class Task(pl.LightningModule, ABC):
    """A network, its rates and phases: what `leyden.train.fit`, `find_rate` and `leyden.widget.TrainPanel` work on.

    A kind of task says its loss, what makes one like it with other parts, and what it logs in `validation_step`.

    Args:
        model: held, not copied; `leyden.train.fit` copies the whole task before it trains.
        tuning: rates and phases.
        groups: module groups, input to output, the head last. A model with `backbone` and `head` needs none; any other
            model may be given none only where `tuning.freeze` is 0.

    Attributes:
        monitor: name of what validation logs by which the best epoch is picked; the highest is best.

    Raises:
        TrainError: frozen epochs asked of a model whose head is not known.
    """

    monitor: ClassVar[str]

    def __init__(self, model: nn.Module, *, tuning: Tuning, groups: Sequence[nn.Module] | None = None) -> None:
        super().__init__()
        self.model = model
        self.tuning = tuning
        self._paths = group_paths(model, groups)
        self._frozen: tuple[list[nn.Parameter], list[nn.Module]] = ([], [])
        if self.tuning.freeze and len(self._paths) < 2:
            raise TrainError(
                f"{type(model).__name__} does not say where its head is, so the head cannot be trained alone in the "
                f"first {self.tuning.freeze} epoch(s): pass groups=[..., head], or tuning=Tuning(freeze=0)"
            )

    @abstractmethod
    def loss(self, batch: tuple[Tensor, Tensor] | list[Tensor]) -> Tensor:
        """Loss of one batch, a scalar to learn from; logs nothing."""

    @abstractmethod
    def replace(self, *, model: nn.Module | None = None, tuning: Tuning | None = None) -> "Task":
        """A task like this one with another network of the same make, or other rates; shares what is not replaced.

        Raises:
            TrainError: the new network lacks one of the groups of this one.
        """

    @property
    def scores(self) -> tuple[str, ...]:
        """Names of what validation logs that lies between 0 and 1, the one of `monitor` first."""
        return (self.monitor,)

    @property
    def groups(self) -> list[nn.Module]:
        """Module groups, input to output, the head last; the whole network where it is one group."""
        return [self.model.get_submodule(path) for path in self._paths]

    def _groups_of(self, model: nn.Module) -> list[nn.Module]:
        """The groups of this task's network in another one.

        Raises:
            TrainError: it lacks one of them.
        """
        lacking = [path for path in self._paths if path and path not in dict(model.named_modules())]
        if lacking:
            raise TrainError(f"the new network has no part named {lacking}; make a new {type(self).__name__} for it")
        return [model.get_submodule(path) for path in self._paths]

    def training_step(self, batch: tuple[Tensor, Tensor] | list[Tensor]) -> Tensor:
        """Loss of one batch, logged as `train_loss`."""
        loss = self.loss(batch)
        self.log("train_loss", loss, on_step=False, on_epoch=True, batch_size=len(batch[0]))
        return loss

    def on_train_epoch_start(self) -> None:
        """Freezes everything below the head in the first `tuning.freeze` epochs, and thaws it after."""
        if self.current_epoch >= self.tuning.freeze:
            self.thaw_()
        elif not self._frozen[0]:
            below = self.groups[:-1]
            self._frozen = (
                [parameter for group in below for parameter in group.parameters() if parameter.requires_grad],
                [module for group in below for module in group.modules() if module.training],
            )
            _switch(self._frozen, on=False)

    def on_train_end(self) -> None:
        """Leaves nothing frozen that was learnable before the run."""
        self.thaw_()

    def thaw_(self) -> None:
        """Lets everything learn again that the first phase froze; a run cut short leaves it frozen."""
        _switch(self._frozen, on=True)
        self._frozen = ([], [])

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """AdamW over the groups, its rates set at every step by `tuning`."""
        self.thaw_()
        rules: list[dict[str, Any]] = []
        shapes: list[Callable[[int], float]] = []
        for index, parameters in enumerate(_parameters(self.model, self.groups)):
            for decay, kept in ((self.tuning.weight_decay, _matrices(parameters)), (0.0, _vectors(parameters))):
                rules.append({"params": kept, "weight_decay": decay})
                shapes.append(partial(self._rate, index))
        optimizer = torch.optim.AdamW(rules, lr=1.0)
        scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, shapes)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": scheduler, "interval": "step"}}

    def _rate(self, group: int, step: int) -> float:
        epochs = max(1, self.trainer.max_epochs or 1)
        per_epoch = max(1, int(self.trainer.estimated_stepping_batches) // epochs)
        return self.tuning.rates(step, per_epoch=per_epoch, epochs=epochs, groups=len(self._paths))[group]


@final
class Classifier(Task):
    """Single-label image classification: cross-entropy, accuracy, two-phase fine-tuning.

    The network is held, not copied; `leyden.train.fit` copies the whole task before it trains. A checkpoint is a plain
    dictionary that `torch.load(weights_only=True)` reads without leyden: the network's own keys under `model.`, the
    classes under `classes`.

    Args:
        model: any network from images to one logit a class.
        classes: names of the classes, in the order of the logits; at least two, all different.
        tuning: rates and phases.
        groups: module groups, input to output, the head last. A model with `backbone` and `head` needs none; any other
            model may be given none only where `tuning.freeze` is 0.
        label_smoothing: share of the target spread over all classes, 0 to 1.

    Raises:
        TrainError: too few or repeated classes, or frozen epochs asked of a model whose head is not known.

    Examples:
        >>> net = nn.Sequential(nn.Flatten(), nn.Linear(12, 2))
        >>> task = Classifier(net, ["cat", "dog"], tuning=Tuning(freeze=0))
        >>> task(torch.zeros(5, 3, 2, 2)).shape
        torch.Size([5, 2])
    """

    monitor = "val_accuracy"

    def __init__(
        self,
        model: nn.Module,
        classes: Sequence[str],
        *,
        tuning: Tuning | None = None,
        groups: Sequence[nn.Module] | None = None,
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(model, tuning=tuning or Tuning(), groups=groups)
        self.classes = list(classes)
        self.label_smoothing = label_smoothing
        if len(set(self.classes)) < 2 or len(set(self.classes)) < len(self.classes):
            raise TrainError(f"classes must be two or more different names, given {self.classes}")

    def replace(self, *, model: nn.Module | None = None, tuning: Tuning | None = None) -> "Classifier":
        """A task like this one with another network of the same make, or other rates; shares what is not replaced.

        Raises:
            TrainError: the new network lacks one of the groups of this one.
        """
        model = model or self.model
        task = Classifier(
            model,
            self.classes,
            tuning=tuning or self.tuning,
            groups=self._groups_of(model),
            label_smoothing=self.label_smoothing,
        )
        task.training = self.training
        return task

    def forward(self, images: Batch) -> Logits:
        """Logits of a batch of images."""
        return self.model(images)

    def loss(self, batch: tuple[Tensor, Tensor] | list[Tensor]) -> Tensor:
        """Mean cross-entropy of one (images, labels) batch, a scalar; logs nothing."""
        images, labels = batch
        return self._loss(self(images), labels)

    def _loss(self, logits: Logits, labels: Labels) -> Tensor:
        return nn.functional.cross_entropy(logits, labels, label_smoothing=self.label_smoothing)

    def validation_step(self, batch: tuple[Tensor, Tensor] | list[Tensor]) -> None:
        """Logs `val_loss` and `val_accuracy` (share of right labels), exact over all samples."""
        images, labels = batch
        logits = self(images)
        right = (logits.argmax(1) == labels).float().mean()
        values = {"val_loss": self._loss(logits, labels), "val_accuracy": right}
        self.log_dict(values, on_epoch=True, batch_size=len(images))

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Adds the class names to the checkpoint, as plain strings."""
        checkpoint["classes"] = list(self.classes)


def group_paths(model: nn.Module, groups: Sequence[nn.Module] | None) -> list[str]:
    """Paths of the module groups of a network, input to output, the head last; `[""]` where it has none.

    Raises:
        TrainError: a group is no part of the network.
    """
    if groups is None:
        groups = [*model.backbone, model.head] if isinstance(model, Staged) else [model]
    paths = {id(module): path for path, module in model.named_modules()}
    strangers = [type(group).__name__ for group in groups if id(group) not in paths]
    if strangers or not groups:
        raise TrainError(f"groups must be modules of the network itself, input to output; not part of it: {strangers}")
    return [paths[id(group)] for group in groups]


def _parameters(model: nn.Module, groups: Sequence[nn.Module]) -> list[list[nn.Parameter]]:
    """Learnable parameters of every group; what no group holds goes with the input."""
    seen: set[int] = set()
    found: list[list[nn.Parameter]] = []
    for group in [*groups, model]:
        fresh = [p for p in group.parameters() if p.requires_grad and id(p) not in seen]
        seen |= {id(p) for p in fresh}
        found.append(fresh)
    left = found.pop()
    found[0] += left
    return found


def _matrices(parameters: Sequence[nn.Parameter]) -> list[nn.Parameter]:
    return [parameter for parameter in parameters if parameter.ndim > 1]


def _vectors(parameters: Sequence[nn.Parameter]) -> list[nn.Parameter]:
    return [parameter for parameter in parameters if parameter.ndim <= 1]


def _switch(frozen: tuple[list[nn.Parameter], list[nn.Module]], *, on: bool) -> None:
    parameters, modules = frozen
    for parameter in parameters:
        parameter.requires_grad_(on)
    for module in modules:
        module.training = on
