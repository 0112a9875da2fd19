import copy

import pytest
import pytorch_lightning as pl
import torch
from torch import nn
from torch.utils.data import DataLoader

from leyden.errors import TrainError
from leyden.train import CallbackGraph, Control, History, Tuning, find_rate, fit
from leyden.train.overlap import dice_and_cross_entropy, dice_of
from leyden.train.segmenter import Segmenter
from leyden.train.speed import PRECISIONS, Precision

REGIONS = ["core", "whole"]
TUNING = Tuning(rate=0.1, freeze=0, discount=1.0)


@pytest.fixture
def scans():
    """Seven volumes in batches of three: the first modality above 0 is the whole, above 1 the core."""
    generator = torch.Generator().manual_seed(0)
    images = torch.randn(7, 2, 5, 6, 4, generator=generator)
    regions = torch.stack([images[:, 0] > 1, images[:, 0] > 0], 1).byte()
    return list(zip(images.split(3), regions.split(3), strict=True))


@pytest.fixture
def segmenter():
    torch.manual_seed(0)
    net = nn.Sequential(nn.Conv3d(2, 4, 1), nn.GroupNorm(1, 4), nn.ReLU(), nn.Conv3d(4, 2, 1))
    return Segmenter(net, REGIONS, tuning=TUNING, precision=Precision())


def test_overlapping_regions_are_learned_and_told_one_by_one(segmenter, scans):
    fitted = fit(segmenter, scans, scans, epochs=30)
    assert fitted.status == "finished"
    assert set(fitted.history.epochs[-1].metrics) == {"val_loss", "val_dice", "val_dice_core", "val_dice_whole"}
    assert fitted.history.best("val_dice") > 0.9
    assert segmenter.scores == ("val_dice", "val_dice_core", "val_dice_whole")


def test_validation_is_exact_over_samples_of_unequal_batches(segmenter, scans):
    fitted = fit(segmenter, scans, scans, epochs=1)
    images, truth = (torch.cat(parts) for parts in zip(*scans, strict=True))
    with torch.no_grad():
        logits = fitted.task(images)
    dice = dice_of(logits > 0, truth)
    metrics = fitted.history.epochs[0].metrics
    assert metrics["val_dice"] == pytest.approx(float(dice.mean()), abs=1e-6)
    assert metrics["val_dice_core"] == pytest.approx(float(dice[:, 0].mean()), abs=1e-6)
    assert metrics["val_loss"] == pytest.approx(float(dice_and_cross_entropy(logits, truth)), abs=1e-6)
    assert torch.equal(fitted.task.seen.values, dice)
    assert fitted.task.seen.present.all()


def test_the_worst_samples_are_kept_as_slices_the_lowest_dice_first(segmenter, scans):
    seen = fit(segmenter, scans, scans, epochs=1).task.seen
    assert [one.index for one in seen.glimpses] == seen.worst(6)
    images = torch.cat([batch[0] for batch in scans])
    first = seen.glimpses[0]
    assert any(torch.equal(first.image, images[first.index, :, z]) for z in range(5))


def test_a_region_that_is_nowhere_counts_one_where_nothing_is_predicted(scans):
    net = nn.Conv3d(2, 2, 1)
    nn.init.constant_(net.bias, -100.0)
    empty = [(images, torch.zeros_like(regions)) for images, regions in scans]
    fitted = fit(Segmenter(net, REGIONS, tuning=Tuning(rate=1e-9, freeze=0)), empty, empty, epochs=1)
    assert fitted.task.seen.mean == 1.0
    assert not fitted.task.seen.present.any()


def test_pictures_are_segmented_as_well():
    images = torch.rand(2, 1, 6, 6)
    batches = [(images, (images > 0.5).float())]
    fitted = fit(Segmenter(nn.Conv2d(1, 1, 1), ["bright"], tuning=TUNING), batches, batches, epochs=60)
    assert fitted.task.seen.mean > 0.9


def test_the_best_epoch_is_kept_and_the_last_by_default(segmenter, scans):
    rising = Tuning(rate=3.0, freeze=0, discount=1.0, warm=0.9)
    task = segmenter.replace(tuning=rising)
    best = fit(task, scans, scans, epochs=6, keep="best")
    values = best.history.series("val_dice")[1]
    assert best.epoch == values.index(max(values)) < 5
    images, truth = (torch.cat(parts) for parts in zip(*scans, strict=True))
    with torch.no_grad():
        assert float(dice_of(best.task(images) > 0, truth).mean()) == pytest.approx(max(values), abs=1e-6)
    assert fit(task, scans, scans, epochs=2).epoch is None


def test_the_best_epoch_needs_a_validation_to_be_picked_by(segmenter, scans):
    with pytest.raises(TrainError, match="give validation batches, or keep='last'"):
        fit(segmenter, scans, epochs=1, keep="best")


def test_the_checkpoint_is_the_best_dices_and_loads_without_leyden(segmenter, scans, tmp_path):
    fitted = fit(segmenter, scans, scans, epochs=3, folder=tmp_path, keep="best")
    kept = torch.load(fitted.checkpoint, weights_only=True)
    assert kept["regions"] == REGIONS
    state = {name.removeprefix("model."): value for name, value in kept["state_dict"].items()}
    assert all(torch.equal(value, state[name]) for name, value in fitted.task.model.state_dict().items())


def test_auto_measures_on_the_first_batch_and_then_learns_as_if_it_had_been_told(segmenter, scans):
    auto = Segmenter(segmenter.model, REGIONS, tuning=TUNING)
    assert (auto.precision, auto.chosen) == ("auto", None)
    fitted = fit(auto, scans, epochs=2, seed=3)
    assert fitted.task.chosen in PRECISIONS
    told = Segmenter(segmenter.model, REGIONS, tuning=TUNING, precision=fitted.task.chosen)
    again = fit(told, scans, epochs=2, seed=3)
    assert all(torch.equal(value, again.task.state_dict()[name]) for name, value in fitted.task.state_dict().items())


def test_under_an_autocast_of_the_trainer_nothing_is_chosen_and_the_loss_stays_float32(segmenter, scans):
    seen = []

    def rule(logits, truth):
        seen.append((logits.dtype, truth.dtype, torch.is_autocast_enabled("cpu")))
        return dice_and_cross_entropy(logits, truth)

    task = Segmenter(segmenter.model, REGIONS, tuning=TUNING, loss=rule)
    fitted = fit(task, scans, epochs=1, precision="bf16-mixed")
    assert fitted.task.chosen is None
    assert set(seen) == {(torch.float32, torch.float32, False)}


def test_logits_are_float32_in_any_precision(scans):
    for way in PRECISIONS:
        task = Segmenter(nn.Conv3d(2, 2, 1), REGIONS, precision=way)
        assert task(scans[0][0]).dtype == torch.float32


@pytest.mark.filterwarnings("ignore:The '.*_dataloader' does not have many workers")
@pytest.mark.filterwarnings("ignore:The number of training batches")
def test_it_trains_in_a_plain_trainer_with_a_graph_of_callbacks(segmenter, scans):
    history = History()
    trainer = pl.Trainer(
        max_epochs=2, callbacks=CallbackGraph([history, Control()]), logger=False, enable_progress_bar=False,
        enable_model_summary=False, enable_checkpointing=False, accelerator="cpu", num_sanity_val_steps=1,
    )  # fmt: skip
    loader = DataLoader(scans, batch_size=None)
    trainer.fit(segmenter, loader, loader)
    assert len(history.epochs) == 2
    assert len(segmenter.seen.values) == 7


def test_a_good_rate_is_found_for_it_too(segmenter, scans):
    before = copy.deepcopy(segmenter.state_dict())
    assert 1e-6 < find_rate(segmenter, scans, steps=30).suggestion < 1
    assert all(torch.equal(value, before[name]) for name, value in segmenter.state_dict().items())


def test_replace_keeps_regions_and_loss_and_measures_a_new_network_anew(segmenter):
    other = segmenter.replace(tuning=Tuning(freeze=0))
    assert (other.model, other.regions, other.tuning.rate) == (segmenter.model, REGIONS, 4e-3)
    auto = Segmenter(segmenter.model, REGIONS)
    auto.chosen = Precision("bfloat16")
    assert auto.replace().chosen == Precision("bfloat16")
    assert auto.replace(model=copy.deepcopy(auto.model)).chosen is None


@pytest.mark.parametrize("regions", [[], ["TC", "TC"]])
def test_no_regions_and_repeated_ones_are_refused(regions):
    with pytest.raises(TrainError, match="one or more different names"):
        Segmenter(nn.Conv3d(1, 1, 1), regions)


def test_truth_of_another_shape_is_told_with_both_shapes(segmenter, scans):
    images, truth = scans[0]
    with pytest.raises(TrainError, match=r"gives \(3, 2, 5, 6, 4\) and the truth is \(3, 1, 5, 6, 4\).* core, whole"):
        segmenter.loss((images, truth[:, :1]))
