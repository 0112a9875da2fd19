"""What a checkpoint of a pruned run gives back, whoever reads it."""

import functools

import pytest
import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import ModelCheckpoint, StochasticWeightAveraging
from torch.utils.data import DataLoader

from leyden.prune import Magnitude, masks
from leyden.recipe import Pruning
from leyden.train import CallbackGraph
from recipe.during.tasks import Small


class Measured(Small):
    """Can be tested."""

    def test_step(self, batch, index):
        return None


class Stop(pl.Callback):
    """Ends a run within an epoch, as a machine that goes down."""

    def on_train_batch_start(self, trainer, pl_module, batch, batch_idx):
        if trainer.global_step == 6:
            raise RuntimeError("down")


def holds(task, path):
    state = torch.load(path, weights_only=True)["state_dict"]
    return all(torch.equal(value, state[name]) for name, value in task.state_dict().items())


@pytest.mark.usefixtures("unchecked")  # beartype cannot read the recursive type in the guard's record
@pytest.mark.parametrize("guard", [False, True])
def test_every_checkpoint_of_a_run_is_tested_as_it_is(small, run, batches, tmp_path, guard):
    pruning = Pruning(Magnitude, (0.25, 0.5), begin=1)
    callbacks = [pruning, ModelCheckpoint(tmp_path, save_top_k=-1)]
    task = small(Measured)
    trainer = run(task, CallbackGraph(callbacks, guard=True) if guard else callbacks, epochs=4)
    seen = []
    for path in sorted(tmp_path.iterdir()):
        trainer.test(task, DataLoader(batches, batch_size=None), ckpt_path=path, verbose=False)
        assert holds(task, path), path.name
        seen.append(round(pruning.sparsity, 2))
    assert seen == [0, 0.25, 0.5, 0.5]


def test_a_run_that_resumes_within_an_epoch_logs_the_share_from_its_first_step(small, run, tmp_path):
    def callbacks():
        by_share = ModelCheckpoint(tmp_path, "{step}", monitor="sparsity", save_top_k=-1, every_n_train_steps=1)
        return [Pruning(Magnitude, (0.25, 0.5)), by_share]

    with pytest.raises(RuntimeError, match="down"):
        run(small(), [*callbacks(), Stop()], alike=True)
    run(small(), callbacks(), alike=True, resume=tmp_path / "step=6.ckpt")
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"step={step}.ckpt" for step in range(1, 9)]


def test_an_average_that_began_before_the_last_level_ends_with_exact_zeros(small, run):
    task = small()
    run(task, [Pruning(Magnitude, (0.25, 0.5, 0.75)), StochasticWeightAveraging(0.01, swa_epoch_start=1)], epochs=5)
    weights = dict(task.named_parameters())
    assert not any(weights[name].detach()[~mask].any() for name, mask in masks(task).items())


def test_a_state_is_found_again_where_a_place_is_told_by_a_partial_function():
    def begins(start, place):
        return place.name.startswith(start)

    def key():
        return Pruning(Magnitude, (0.5,), where=functools.partial(begins, "net")).state_key

    assert "0x" not in key()
