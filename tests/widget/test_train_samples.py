import pytest
import torch
from torch import nn

from leyden.errors import PanelError
from leyden.train import Segmenter, Tuning
from leyden.widget import TrainPanel
from leyden.widget.train_samples import ClassSampler, RegionSampler, sampler_of
from leyden.widget.train_state import stretched

REGIONS = ["core", "whole"]


@pytest.fixture
def segmenter():
    torch.manual_seed(0)
    net = nn.Sequential(nn.Conv3d(2, 4, 1), nn.ReLU(), nn.Conv3d(4, 2, 1))
    return Segmenter(net, REGIONS, tuning=Tuning(rate=0.05, freeze=0, discount=1.0))


@pytest.fixture
def scans():
    images = torch.randn(8, 2, 4, 6, 5, generator=torch.Generator().manual_seed(1))
    regions = torch.stack([images[:, 0] > 1, images[:, 0] > 0], 1).byte()
    return list(zip(images.split(2), regions.split(2), strict=True))


@pytest.fixture
def panel(segmenter, scans):
    made = TrainPanel(segmenter, scans, validation=scans, epochs=3, keep="best")
    yield made
    made.close()


def test_a_segmentation_is_trained_with_a_curve_of_dice_for_each_region(panel):
    assert panel.samples is None
    view = panel.view
    panel.start()
    fitted = panel.wait(60)
    panel.settle()
    assert [line["name"] for line in view.scores.live.lines] == ["mean", "core", "whole"]
    assert view.scores.live.lines[1]["y"][-1] == pytest.approx(
        fitted.history.epochs[-1].metrics["val_dice_core"], rel=1e-4
    )
    assert view.scores.live.label.startswith("Validation dice: mean ")
    assert "val_dice" in repr(panel)
    assert fitted.epoch == max(range(3), key=panel.history.series("val_dice")[1].__getitem__)


def test_the_worst_cases_are_shown_first_by_index_truth_beside_prediction(panel):
    view = panel.view
    panel.start()
    panel.wait(60)
    panel.settle()
    seen = panel.result.task.seen
    told = [value for name, value in panel.facts() if name == "worst"]
    assert len(told) == 3
    assert told[0].startswith("sample ")
    assert panel.samples.pictures.shape == (6, 3, 6, 10)
    assert panel.samples.words()[:3] == told
    assert "worst of 8: truth, then prediction" in view.samples.value
    assert view.samples.value.count("<img alt=") == 6
    assert len(seen.values) == 8


def test_a_still_picture_shows_curves_and_worst_cases_without_a_front_end(panel):
    panel.start()
    panel.wait(60)
    told = [words for words, _ in panel.pictures()]
    assert told[1] == "Validation dice over 3 epochs"
    assert told[2].startswith("Samples: sample ")


def test_truth_and_prediction_are_painted_with_the_smaller_region_on_top(segmenter):
    sampler = RegionSampler(lambda image: torch.zeros(3, *image.shape[1:]))
    whole, core = torch.zeros(4, 4, 4), torch.zeros(4, 4, 4)
    whole[1, :, :2], core[1, 0, 0] = 1, 1
    segmenter.on_validation_epoch_start()
    regions = torch.stack([core, whole])[None]
    segmenter._note(torch.zeros(1, 2, 4, 4, 4), regions, regions * 0, torch.zeros(1, 2))
    segmenter.on_validation_epoch_end()
    sampler.look(segmenter)
    picture = sampler.samples.pictures[0]
    assert picture.shape == (3, 4, 8)
    assert not torch.equal(picture[:, 0, 0], picture[:, 1, 0])
    assert torch.equal(picture[:, 0, 1], picture[:, 1, 0])
    assert not picture[:, :, 2:].any()
    sampler.begin(None)
    assert sampler.samples is None
    assert sampler.facts == []


def test_a_show_that_gives_another_size_is_told(segmenter, scans):
    sampler = RegionSampler(lambda image: image[:1])
    segmenter._note(*(part[:1] for part in (*scans[0], scans[0][1] > 0)), torch.zeros(1, 2))
    segmenter.on_validation_epoch_end()
    sampler.look(segmenter)
    with pytest.raises(PanelError, match=r"'3 y x' of the slice's size \(6, 5\), gave \(1, 6, 5\)"):
        _ = sampler.samples


def test_examples_are_for_classes_only(segmenter, scans, task, batches):
    with pytest.raises(PanelError, match="worst cases of its validation: examples must be left out"):
        sampler_of(segmenter, scans[0], None)
    assert isinstance(sampler_of(task, None, None), ClassSampler)


def test_classes_take_examples_from_the_validation_where_there_are_none(task, batches):
    sampler = ClassSampler(task.classes, None, stretched)
    assert sampler.samples is None
    sampler.begin(batches)
    assert sampler.samples.words()[:2] == ["dark", "light"]
    sampler.look(task)
    assert len(sampler.samples.chosen) == 8
    sampler.begin(batches)
    assert sampler.samples.chosen == ()
    assert sampler.facts == []
