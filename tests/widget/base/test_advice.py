from pathlib import Path

import pytest
import torch
from torch import nn

from leyden.widget.base.advice import advice


def raised(action):
    try:
        action()
    except Exception as error:  # whatever torch raises: that is what is asked about
        return error
    return None


def images(*shape):
    return torch.zeros(*shape)


@pytest.mark.parametrize(
    ("action", "told"),
    [
        (lambda: nn.Conv2d(3, 4, 3)(images(2, 5, 6, 6)), "the pictures have 5 channels and the network takes 3"),
        (lambda: nn.Linear(4, 2)(images(2, 9)), "a layer takes 4 values and is given 9"),
        (lambda: nn.Conv2d(3, 4, 7)(images(2, 3, 6, 6)), "smaller than a layer's window"),
        (lambda: nn.MaxPool2d(2)(images(2, 64, 1, 1)), "smaller than a layer's window"),
        (lambda: nn.functional.cross_entropy(images(1, 2), torch.tensor([7])), "a label is 7, and the network tells"),
        (lambda: nn.BatchNorm1d(2)(images(1, 2)), "a batch of one picture"),
        (lambda: nn.Linear(2, 2)(images(1, 2).double()), "numbers of another kind"),
        (lambda: torch.stack([images(2), images(3)]), "different sizes"),
        (lambda: len(item for item in ()), "are a generator, whose number is not known"),
        (lambda: torch.empty(2**60), "not enough memory"),
        (lambda: Path("nowhere.onnx").read_bytes(), "there is no file nowhere.onnx"),
        (lambda: next(iter([])), "there are no batches"),
    ],
    ids=[
        "channels",
        "size",
        "small",
        "pooled",
        "label",
        "one",
        "kind",
        "sizes",
        "generator",
        "memory",
        "file",
        "empty",
    ],
)
def test_the_usual_accidents_come_with_advice(action, told):
    assert told in advice(raised(action))


def test_an_unusual_error_gets_no_advice():
    assert advice(ValueError("the moon is full")) == ""
