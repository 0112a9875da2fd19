import pytest
import torch

from leyden.errors import TrainError
from leyden.train import Predictions, predict


def test_accuracy_and_confusion_by_hand():
    seen = Predictions(torch.tensor([[2.0, 1.0], [0.0, 1.0], [3.0, 1.0]]), torch.tensor([0, 1, 1]))
    assert seen.accuracy == pytest.approx(2 / 3)
    assert seen.confusion.tolist() == [[1, 0], [1, 1]]
    assert repr(seen) == "Predictions(3 samples, accuracy 0.667)"


def test_predict_leaves_modes_and_statistics_alone(task, batches):
    task.train()
    task.model.high.eval()
    statistics = task.model.low[1].running_mean.clone()
    seen = predict(task, batches)
    assert seen.logits.shape == (32, 2)
    assert task.model.low.training
    assert not task.model.high.training
    assert torch.equal(task.model.low[1].running_mean, statistics)


def test_an_empty_loader_is_an_error(task):
    with pytest.raises(TrainError, match="the loader is empty"):
        predict(task, [])
