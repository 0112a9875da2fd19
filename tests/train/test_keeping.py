import pytest
import pytorch_lightning as pl
import torch
from torch import nn

from leyden.errors import TrainError
from leyden.train import access_of
from leyden.train.keeping import BestWeights

pytestmark = pytest.mark.usefixtures("unchecked")  # a stub stands for the Trainer


class Counted(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))


class Stub:
    def __init__(self, epoch, **logged):
        self.current_epoch = epoch
        self.callback_metrics = {name: torch.tensor(value) for name, value in logged.items()}


def test_the_weights_of_the_best_epoch_are_kept_and_of_equal_ones_the_first():
    best, task = BestWeights("val_dice"), Counted()
    for epoch, value in enumerate([0.2, 0.7, 0.7, 0.5]):
        task.weight.data.fill_(float(epoch))
        best.on_validation_epoch_end(Stub(epoch, val_dice=value), task)
    assert best.restore_(task) == 1
    assert task.weight.tolist() == [1.0]


def test_before_any_validation_a_task_stays_as_it_is():
    task = Counted()
    assert BestWeights("val_dice").restore_(task) is None
    assert task.weight.tolist() == [0.0]


def test_a_score_that_is_no_number_is_never_best():
    best = BestWeights("val_dice")
    best.on_validation_epoch_end(Stub(0, val_dice=float("nan")), Counted())
    assert best.epoch is None


def test_what_was_not_logged_is_named_with_what_was():
    with pytest.raises(TrainError, match="'val_dice', which validation did not log; it logged loss, val_accuracy"):
        BestWeights("val_dice").on_validation_epoch_end(Stub(0, val_accuracy=1.0, loss=0.1), Counted())


def test_a_run_taken_up_again_goes_on_from_its_best():
    best, task = BestWeights("val_dice"), Counted()
    best.on_validation_epoch_end(Stub(3, val_dice=0.5), task)
    other = BestWeights("val_dice")
    other.load_state_dict(best.state_dict())
    assert (other.restore_(task), other.value) == (3, 0.5)


def test_it_says_what_it_reads():
    assert access_of(BestWeights("val_dice")).declared
