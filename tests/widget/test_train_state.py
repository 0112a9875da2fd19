import math

import pytest
import torch

from leyden.train import Epoch, History, Step
from leyden.widget.train_state import (
    EachEpoch,
    Progress,
    Samples,
    loss_lines,
    score_lines,
    score_title,
    some,
    stretched,
)


@pytest.fixture
def history():
    made = History()
    made.steps = [Step(number, (number - 1) // 2, 1.0 / number, 0.1) for number in range(1, 6)]
    made.epochs = [Epoch(0, 0.75, {"val_loss": 0.6, "val_accuracy": 0.5}, 1.0), Epoch(1, 0.3, {"val_loss": 0.4}, 1.0)]
    return made


def test_validation_stands_at_the_last_step_of_its_epoch(history):
    batch, mean, validation = loss_lines(history)
    assert (batch.kind, list(batch.y)) == ("faint", [1.0, 1 / 2, 1 / 3, 1 / 4, 1 / 5])
    assert len(mean.y) == 5
    assert (list(validation.x), list(validation.y)) == ([2.0, 4.0], [0.6, 0.4])
    assert [(list(line.x), list(line.y)) for line in score_lines(history, ("val_accuracy",))] == [([2.0], [0.5])]


def test_before_anything_happened_there_is_nothing_to_draw():
    assert [len(line.y) for line in loss_lines(History())] == [0, 0]
    assert score_lines(History(), ("val_accuracy",)) == []


def test_parts_of_a_score_are_curves_of_their_own_beside_the_mean(history):
    history.epochs = [Epoch(0, 0.7, {"val_dice": 0.5, "val_dice_ET": 0.2, "val_dice_WT": 0.8}, 1.0)]
    lines = score_lines(history, ("val_dice", "val_dice_ET", "val_dice_WT"))
    assert [(line.name, list(line.y)) for line in lines] == [("mean", [0.5]), ("ET", [0.2]), ("WT", [0.8])]
    assert score_title("val_dice") == "Validation dice"


def test_a_title_stands_in_for_how_many_are_right():
    assert Samples(torch.zeros(1, 3, 1, 1), ("sample 1",), title="worst of 9").headline == "worst of 9"
    assert Samples(torch.zeros(1, 3, 1, 1), ("cat",), ("cat",), (1.0,)).headline == "1 of 1 right"
    assert Samples(torch.zeros(1, 3, 1, 1), ("cat",)).headline == "true classes"


@pytest.mark.parametrize(("seconds", "told"), [(5.4, "5 s"), (65, "1 min 05 s"), (7260, "2 h 01 min")])
def test_times_read_as_people_say_them(seconds, told):
    assert str(Progress(1200, 2400, seconds, None)) == f"1,200 of 2,400 steps · {told}"


def test_a_wrong_sample_says_what_it_is():
    samples = Samples(torch.zeros(2, 3, 1, 1), ("cat", "dog"), ("cat", "cat"), (0.9, 0.6))
    assert samples.words() == ["cat", "cat, is dog"]
    assert samples.right == (True, False)
    assert repr(samples) == "Samples(2, 1 right)"


def test_at_most_twelve_samples_are_kept_spread_over_the_batch():
    images, labels = some([torch.arange(48.0).reshape(48, 1, 1, 1), torch.arange(48)])
    assert labels.tolist() == list(range(0, 48, 4))
    assert images.flatten().tolist() == labels.tolist()
    assert some((torch.zeros(2, 3, 4, 4), torch.tensor([0, 1])))[1].tolist() == [0, 1]


def test_a_task_can_be_looked_at_after_every_epoch():
    seen = []
    EachEpoch(seen.append).on_train_epoch_end("the trainer", "the task")
    assert seen == ["the task"]


def test_an_image_is_stretched_to_its_own_range_and_a_flat_one_stays_finite():
    assert stretched(torch.tensor([[[-2.0, 2.0]]])).tolist() == [[[0.0, 1.0]]]
    assert not math.isnan(float(stretched(torch.ones(1, 1, 1)).sum()))
