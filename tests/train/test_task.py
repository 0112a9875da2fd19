from functools import partial

import pytest
import pytorch_lightning as pl
import torch
from torch import nn
from torch.utils.data import DataLoader

from leyden.errors import TrainError
from leyden.recipe import finetune
from leyden.train import Classifier, History, Tuning, find_rate, fit, validate
from leyden.train.task import Task, group_paths

pytestmark = [
    pytest.mark.filterwarnings("ignore:The 'train_dataloader' does not have many workers"),
    pytest.mark.filterwarnings("ignore:The 'val_dataloader' does not have many workers"),
    pytest.mark.filterwarnings("ignore:The number of training batches"),
    pytest.mark.filterwarnings("ignore:You defined a `validation_step` but have no"),
]


def plain_trainer(epochs, *callbacks):
    return pl.Trainer(
        max_epochs=epochs, callbacks=list(callbacks), logger=False, enable_progress_bar=False,
        enable_model_summary=False, enable_checkpointing=False, accelerator="cpu",
    )  # fmt: skip


def test_groups_are_found_from_backbone_and_head(task):
    assert task._paths == ["low", "high", "head"]
    assert task.groups[-1] is task.model.head


def test_every_parameter_is_in_exactly_one_optimiser_group(task):
    loose = nn.ParameterDict({"scale": nn.Parameter(torch.ones(1))})
    task.model.add_module("loose", loose)
    rules = plain_groups(task)
    held = [id(p) for rule in rules for p in rule["params"]]
    assert sorted(held) == sorted(id(p) for p in task.parameters())


def plain_groups(task):
    class Stub:
        max_epochs = 1
        estimated_stepping_batches = 10

    task._trainer = Stub()
    groups = task.configure_optimizers()["optimizer"].param_groups
    task._trainer = None
    return groups


def test_biases_and_normalisation_do_not_decay(task):
    for rule in plain_groups(task):
        assert all((p.ndim > 1) == (rule["weight_decay"] > 0) for p in rule["params"])


def test_a_head_that_cannot_be_found_is_refused_with_the_line_to_write():
    with pytest.raises(TrainError, match=r"pass groups=\[..., head\], or tuning=Tuning\(freeze=0\)"):
        Classifier(nn.Sequential(nn.Linear(2, 2)), ["a", "b"])


def test_groups_from_another_network_are_refused():
    with pytest.raises(TrainError, match="not part of it: \\['Linear'\\]"):
        group_paths(nn.Linear(2, 2), [nn.Linear(2, 2)])


def test_another_kind_of_task_needs_its_loss_and_no_more_to_be_fitted(batches):
    class Reconstruction(Task):
        monitor = "val_likeness"

        def loss(self, batch):
            return (self.model(batch[0]) - batch[0]).square().mean()

        def replace(self, *, model=None, tuning=None):
            return Reconstruction(model or self.model, tuning=tuning or self.tuning)

        def validation_step(self, batch):
            self.log("val_likeness", 1 - self.loss(batch), batch_size=len(batch[0]))

    task = Reconstruction(nn.Conv2d(3, 3, 1), tuning=Tuning(rate=0.05, freeze=0))
    fitted = fit(task, batches, batches, epochs=5, keep="best")
    likeness = fitted.history.series("val_likeness")[1]
    assert likeness[-1] > likeness[0]
    assert fitted.epoch == likeness.index(max(likeness))
    assert fitted.task.scores == ("val_likeness",)


def test_a_task_without_a_loss_is_none():
    with pytest.raises(TypeError, match="abstract"):
        Task(nn.Linear(1, 1), tuning=Tuning(freeze=0))


@pytest.mark.parametrize("classes", [[], ["one"], ["a", "a"]])
def test_fewer_than_two_different_classes_are_refused(classes):
    with pytest.raises(TrainError, match="two or more different names"):
        Classifier(nn.Linear(2, 2), classes, tuning=Tuning(freeze=0))


def test_the_task_trains_in_a_plain_trainer_and_freezes_below_the_head_first(task, batches):
    before = {name: value.clone() for name, value in task.state_dict().items()}
    loader = DataLoader(batches, batch_size=None)
    plain_trainer(1).fit(task, loader, loader)
    changed = {name for name, value in task.state_dict().items() if not torch.equal(value, before[name])}
    assert changed == {"model.head.weight", "model.head.bias"}
    assert all(parameter.requires_grad for parameter in task.parameters())


def test_everything_learns_after_the_frozen_epochs(task, batches):
    before = {name: value.clone() for name, value in task.state_dict().items()}
    history = History()
    loader = DataLoader(batches, batch_size=None)
    plain_trainer(6, history).fit(task, loader, loader)
    assert all(not torch.equal(value, before[name]) for name, value in task.state_dict().items())
    assert history.best() == 1.0


def test_a_parameter_the_user_froze_stays_frozen(task, batches):
    task.model.low[0].weight.requires_grad_(False)
    before = task.model.low[0].weight.clone()
    loader = DataLoader(batches, batch_size=None)
    plain_trainer(3).fit(task, loader)
    assert torch.equal(task.model.low[0].weight, before)
    assert not task.model.low[0].weight.requires_grad


def test_a_run_cut_short_while_frozen_does_not_leave_parameters_behind(task):
    task.train()
    task._trainer = type("Early", (), {"current_epoch": 0})()
    task.on_train_epoch_start()
    assert not task.model.low[0].weight.requires_grad
    assert len([p for rule in plain_groups(task) for p in rule["params"]]) == len(list(task.parameters()))


def test_replace_keeps_classes_and_groups_and_takes_the_new_rates(task):
    other = task.replace(tuning=Tuning(freeze=0))
    assert other.model is task.model
    assert (other.classes, other._paths, other.tuning.freeze) == (task.classes, task._paths, 0)
    with pytest.raises(TrainError, match="no part named \\['low', 'high', 'head'\\]"):
        task.replace(model=nn.Linear(2, 2))


class Own(pl.LightningModule):
    """Somebody's module, which is no task."""


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("given", "told"),
    [
        (nn.Linear(2, 2), "given a Linear: wrap a network in one"),
        (Own(), r"given a Own: a LightningModule of your own is trained by pl\.Trainer\(\.\.\.\)\.fit"),
    ],
)
@pytest.mark.parametrize("verb", [partial(fit, epochs=1), find_rate, validate, partial(finetune, epochs=1)])
def test_what_is_no_task_is_told_before_anything_is_done(verb, given, told):
    with pytest.raises(TrainError, match=rf"must be a leyden\.train\.Task, such as Classifier\(.*{told}"):
        verb(given, [(torch.zeros(2, 2), torch.zeros(2).long())])
