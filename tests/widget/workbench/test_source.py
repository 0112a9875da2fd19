import pytest
import torch
from torch.utils.data import DataLoader

from leyden.augment import Flip
from leyden.errors import PanelError
from leyden.recipe import LabelledSet
from leyden.recipe.pipelines import Pipes
from leyden.vision import Preprocess
from leyden.widget.workbench.source import source_of

NOTHING = {"held_out": None, "prep": None, "move": None, "sample": None, "seed": 0}
PREP = Preprocess(4, mean=(0.5,) * 3, std=(0.5,) * 3, crop=1.0)


@pytest.fixture
def labelled():
    pictures = [(torch.full((3, 8, 8), 20 * number, dtype=torch.uint8), number % 2) for number in range(8)]
    return LabelledSet(("dark", "light"), pictures[:6], pictures[6:], "by hand")


def test_labelled_pictures_become_batches_at_the_size_of_the_network(labelled):
    source = source_of(labelled, **NOTHING | {"prep": PREP})
    made = source.pipes(None)
    images, labels = next(iter(made.held_out))
    assert images.shape == (2, 3, 4, 4)
    assert labels.tolist() == [0, 1]
    assert source.sample.data.shape == (3, 4, 4)
    panel = source.panel(("dark", "light"))
    assert len(panel) == 6
    panel.close()


def test_batches_are_taken_as_they_are(batches):
    source = source_of(batches, **NOTHING | {"held_out": batches[:1]})
    assert source.pipes(None) == Pipes(batches, batches[:1])
    with pytest.raises(PanelError, match="make the workbench with sample="):
        assert source.sample


def test_a_function_of_a_transform_makes_them(making, batches):
    source = source_of(making, **NOTHING | {"move": Flip("x"), "sample": "mine"})
    assert torch.equal(source.pipes(Flip("x")).train[0][0], batches[0][0].flip(3))
    assert source.pipes(None).train is batches
    assert source.sample == "mine"


def test_of_a_loader_the_dataset_is_looked_through():
    data = [(torch.zeros(3, 6, 6), 0)] * 5
    panel = source_of(DataLoader(data, batch_size=2), **NOTHING).panel(("one", "two"))
    assert len(panel) == 5
    panel.close()


def test_all_that_does_not_go_together_is_told_at_once(labelled, batches):
    with pytest.raises(PanelError) as told:
        source_of(labelled, **NOTHING | {"held_out": batches})
    assert "leave held_out= away; labelled pictures need prep=" in str(told.value)
    with pytest.raises(PanelError, match="give a function of a transform that makes them"):
        source_of(batches, **NOTHING | {"move": Flip("x")})
    with pytest.raises(PanelError, match="or a function of a transform, given 7"):
        source_of(7, **NOTHING)
