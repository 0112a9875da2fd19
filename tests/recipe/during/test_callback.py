import copy
import pickle
from typing import Any, cast

import pytest
import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import ModelCheckpoint, ModelPruning

from leyden.errors import PruneError
from leyden.prune import Magnitude, Random, depthwise, masks, named, prune, sparsity
from leyden.prune.regrowth import Regrowth
from leyden.prune.schedule import gradual
from leyden.recipe import Pruning
from leyden.train import CallbackGraph, History, fit
from recipe.during.tasks import Remembering, Small, Twofold


class Seen(pl.Callback):
    """Notes the share that is pruned, the masks and the share of zeros after every step and epoch."""

    def __init__(self):
        self.steps, self.epochs, self.masks = [], [], []

    def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
        self.steps.append(round(sparsity(pl_module).zeros, 3))
        self.masks.append(masks(pl_module))

    def on_train_epoch_end(self, trainer, pl_module):
        self.epochs.append(round(sparsity(pl_module).zeros, 3))


def every_checkpoint(folder, **settings):
    return ModelCheckpoint(folder, filename="{epoch} {step}", save_top_k=-1, **settings)


def same(one, other):
    return all(torch.equal(value, other.state_dict()[name]) for name, value in one.state_dict().items())


def zero_where_masked(task):
    found = dict(task.named_parameters())
    return all(not found[name].detach()[~mask].any() for name, mask in masks(task).items())


def test_each_epoch_trains_at_its_level(small, run):
    seen = Seen()
    run(small(), [Pruning(Magnitude, (0.25, 0.5, 0.75)), seen], epochs=4)
    assert seen.epochs == [0.25, 0.5, 0.75, 0.75]


def test_epochs_before_the_first_change_and_between_two_are_left_alone(small, run):
    seen = Seen()
    run(small(), [Pruning(Magnitude, (0.25, 0.5), begin=1, every=2), seen], epochs=5)
    assert seen.epochs == [0, 0.25, 0.25, 0.5, 0.5]


def test_steps_are_counted_as_well(small, run):
    seen = Seen()
    run(small(), [Pruning(Magnitude, (0.25, 0.5), begin=1, every=2, unit="step"), seen], epochs=1)
    assert seen.steps == [0, 0.25, 0.25, 0.5]


def test_a_step_is_one_of_the_optimiser_however_many_batches_it_takes(small, run):
    seen = Seen()
    run(small(), [Pruning(Magnitude, (0.25, 0.5), unit="step"), seen], epochs=1, accumulate_grad_batches=2)
    assert seen.steps == [0.25, 0.25, 0.5, 0.5]


def test_a_change_that_was_overslept_is_made_with_the_next(small, run):
    seen = Seen()
    pruning = Pruning(Magnitude, (0.25, 0.5, 0.75), unit="step")
    run(small(Twofold), [pruning, seen], epochs=1)
    assert seen.steps == [0.25, 0.75, 0.75, 0.75]
    assert pruning.done == 3


def test_the_task_stays_the_same_object_with_the_same_parameters(small, run):
    task = small()
    before = [id(parameter) for parameter in task.parameters()]
    run(task, [Pruning(Magnitude, (0.5,))])
    assert [id(parameter) for parameter in task.parameters()] == before
    assert type(task) is Small


def test_what_is_pruned_stays_zero_under_weight_decay_and_momentum(small, run):
    task = small()
    run(task, [Pruning(Magnitude, gradual(0.8, 3), begin=1)], epochs=5)
    assert zero_where_masked(task)
    assert sparsity(task).zeros == pytest.approx(0.8, abs=0.01)


@pytest.mark.parametrize("kind", [Small, Twofold])
def test_every_optimiser_forgets_what_is_pruned(small, run, kind):
    task = small(kind)
    trainer = run(task, [Pruning(Magnitude, (0.5,), begin=1)])
    keep = masks(task)
    histories = {
        name: [
            value
            for optimizer in trainer.optimizers
            for value in optimizer.state.get(parameter, {}).values()
            if value is not None and value.shape == parameter.shape
        ]
        for name, parameter in task.named_parameters()
        if name in keep
    }
    assert all(histories.values())
    assert not any(value[~keep[name]].any() for name, values in histories.items() for value in values)


def test_only_what_was_chosen_is_pruned(small, run):
    task = small()
    run(task, [Pruning(Magnitude, (0.5,), where=~named("net.3"))])
    assert list(masks(task)) == ["net.0.weight"]


def test_a_task_that_was_pruned_before_goes_on_from_there(small, run):
    task = prune(small(), Magnitude(0.5, "local"))
    before = masks(task)
    run(task, [Pruning(Magnitude, (0.75,))])
    assert not any((now & ~before[name]).any() for name, now in masks(task).items())
    assert sparsity(task).zeros == 0.75


def test_the_share_is_logged_for_whoever_reads(small, run, tmp_path):
    history = History()
    keeper = ModelCheckpoint(tmp_path, filename="{sparsity:.2f}", save_top_k=-1)
    trainer = run(small(), [Pruning(Magnitude, (0.25, 0.5)), keeper, history])
    assert [epoch.metrics["sparsity"] for epoch in history.epochs] == [0.25, 0.5]
    assert sorted(path.stem for path in tmp_path.iterdir()) == ["sparsity=0.25", "sparsity=0.50"]
    assert float(trainer.callback_metrics["sparsity"]) == 0.5


def test_the_share_tells_what_is_masked_and_not_what_happens_to_be_zero(small, run, batches):
    pruning = Pruning(Magnitude, (0.5,), regrow=Regrowth((0.3,), batches))
    run(small(), [pruning])
    assert pruning.sparsity == 0.5


def test_a_checkpoint_loads_strictly_into_the_plain_class(small, run, tmp_path):
    task = small()
    run(task, [Pruning(Magnitude, (0.5,)), ModelCheckpoint(tmp_path, filename="it")])
    plain = Small.load_from_checkpoint(tmp_path / "it.ckpt", strict=True, weights_only=True)
    assert same(plain, task)
    assert not masks(plain)


def test_a_checkpoint_holds_a_bit_for_each_weight(small, run, tmp_path):
    pruning = Pruning(Magnitude, (0.5,))
    run(small(), [pruning, ModelCheckpoint(tmp_path, filename="it")])
    kept = torch.load(tmp_path / "it.ckpt", weights_only=True)["callbacks"][pruning.state_key]
    assert {name: mask["bits"].numel() for name, mask in kept["masks"].items()} == {
        "net.0.weight": 6,
        "net.3.weight": 2,
    }


@pytest.mark.parametrize(
    ("settings", "stop"),
    [
        ({"unit": "epoch"}, {"every_n_epochs": 1}),
        ({"unit": "step", "every": 3}, {"every_n_train_steps": 2}),
        ({"unit": "step", "every": 1}, {"every_n_train_steps": 1}),
    ],
    ids=["epochs", "in the midst of an epoch", "at every step"],
)
def test_a_run_that_resumes_ends_with_the_very_weights(small, run, tmp_path, settings, stop):
    def made():
        return Pruning(Magnitude, gradual(0.8, 2), begin=1, **settings)

    whole = small()
    run(whole, [made(), every_checkpoint(tmp_path, **stop)], epochs=3, alike=True)
    for checkpoint in sorted(tmp_path.iterdir()):
        again = small()
        run(again, [made()], epochs=3, resume=checkpoint, alike=True)
        assert same(again, whole), checkpoint.name
        assert str(masks(again)) == str(masks(whole)), checkpoint.name


def test_lightnings_own_pruning_is_lost_when_its_run_resumes(small, run, tmp_path):
    def made():
        return ModelPruning("l1_unstructured", amount=lambda epoch: 0.5 * (epoch == 0), parameter_names=["weight"])

    run(small(), [made(), every_checkpoint(tmp_path)], epochs=2)
    again = small()
    run(again, [made()], epochs=4, resume=tmp_path / "epoch=0 step=4.ckpt")
    assert sparsity(again).zeros_all == 0


def test_exchanges_go_on_where_they_stood(small, run, tmp_path, batches):
    def made():
        return Pruning(Magnitude, (0.5,), regrow=Regrowth((0.4, 0.3, 0.2), batches))

    whole, seen = small(), Seen()
    run(whole, [made(), every_checkpoint(tmp_path), seen], epochs=4)
    again = small()
    run(again, [made()], epochs=4, resume=tmp_path / "epoch=1 step=8.ckpt")
    assert same(again, whole)
    assert len({str(each) for each in seen.masks}) == 4


def test_a_task_that_was_pruned_further_goes_back_to_the_checkpoint(small, run, tmp_path):
    whole = small()
    run(whole, [Pruning(Magnitude, (0.25, 0.5)), every_checkpoint(tmp_path)], epochs=3)
    further = prune(whole, Random(0.9, seed=0))
    run(further, [Pruning(Magnitude, (0.25, 0.5))], epochs=3, resume=tmp_path / "epoch=0 step=4.ckpt")
    assert same(further, whole)


def test_two_prune_side_by_side_and_resume(small, run, tmp_path):
    def made():
        return [
            Pruning(Magnitude, (0.25, 0.5), where="net.0", unit="step", every=3),
            Pruning(Magnitude, (0.75,), where="net.3", begin=1),
        ]

    whole = small()
    run(whole, [*made(), every_checkpoint(tmp_path, every_n_train_steps=3)], epochs=3, alike=True)
    for checkpoint in sorted(tmp_path.iterdir()):
        again = small()
        run(again, made(), epochs=3, resume=checkpoint, alike=True)
        assert same(again, whole), checkpoint.name


def test_a_checkpoint_saved_after_the_run_holds_the_masks(small, run, tmp_path):
    whole = small()
    trainer = run(whole, [Pruning(Magnitude, (0.5,))], epochs=2)
    trainer.save_checkpoint(tmp_path / "end.ckpt")
    again = small()
    run(again, [Pruning(Magnitude, (0.5,))], epochs=3, resume=tmp_path / "end.ckpt")
    assert str(masks(again)) == str(masks(whole))


def test_a_second_run_begins_anew(small, run):
    pruning = Pruning(Magnitude, (0.25, 0.5))
    run(small(), [pruning])
    seen = Seen()
    run(small(), [pruning, seen])
    assert seen.epochs == [0.25, 0.5]


@pytest.mark.usefixtures("unchecked")  # beartype cannot read the recursive type in the guard's record
@pytest.mark.parametrize("guard", [False, True])
def test_it_takes_its_place_in_a_graph(small, run, tmp_path, batches, guard):
    def callbacks():
        return [
            History(),
            Pruning(Magnitude, (0.25, 0.5), regrow=Regrowth((0.3,), batches)),
            every_checkpoint(tmp_path),
        ]

    plain, held = small(), small()
    run(plain, callbacks()[:2], epochs=4)
    graph = CallbackGraph(callbacks(), guard=guard)
    run(held, graph, epochs=4)
    assert same(held, plain)
    assert [type(item).__name__ for item in graph] == ["Conductor", "Pruning", "History", "ModelCheckpoint"]
    again = small()
    run(again, CallbackGraph(callbacks(), guard=guard), epochs=4, resume=tmp_path / "epoch=1 step=8.ckpt")
    assert same(again, plain)


def test_it_prunes_within_a_fit_of_leyden(task):
    images = [(torch.rand(4, 3, 12, 12), torch.tensor([0, 1, 0, 1])) for _ in range(2)]
    fitted = fit(task, images, images, epochs=3, callbacks=[Pruning(Magnitude, (0.5, 0.75), where=~depthwise)])
    assert [epoch.metrics["sparsity"] for epoch in fitted.history.epochs] == [0.5, 0.75, 0.75]
    assert sparsity(fitted.task).zeros == 0.75
    assert not masks(task)


def test_levels_after_the_end_of_the_run_are_told_of(small, run):
    with pytest.warns(UserWarning, match="ends at epoch 2, but the run has 2 epochs: the changes after that"):
        run(small(), [Pruning(Magnitude, (0.25, 0.5, 0.75))])


def test_levels_after_the_last_step_are_told_of(small, run):
    with pytest.warns(UserWarning, match="ends at step 4, but the run has 4 steps"):
        run(small(), [Pruning(Magnitude, (0.5,), begin=4, unit="step")], accumulate_grad_batches=2)


def test_a_place_that_does_not_exist_is_told_before_the_first_step(small, run):
    task = small()
    with pytest.raises(PruneError, match=r"named\('haed'\) matches nothing.*; there is net.0.weight"):
        run(task, [Pruning(Magnitude, (0.5,), begin=1, where="haed")])
    assert same(task, small())


def test_an_optimiser_whose_history_cannot_be_masked_is_told(small, run):
    with pytest.raises(PruneError, match="the history of LBFGS cannot be masked"):
        run(small(Remembering), [Pruning(Magnitude, (0.5,), begin=1)])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Pruning(Magnitude, (0.5, 1.0)), r"levels: 1.0 is not a share"),
        (lambda: Pruning(Magnitude, ()), "levels are a tuple of shares"),
        (
            lambda: Pruning(cast("Any", Magnitude(0.5)), (0.5,)),
            r"Magnitude\(sparsity=0.5, scope='global'\) was given: say Magnitude",
        ),
        (lambda: Pruning(cast("Any", lambda share: share), (0.5,)), "at is a function of a sparsity .* it gave float"),
        (lambda: Pruning(Magnitude, (0.5,), every=0), "every is a whole number of 1 or more; 0 was given"),
    ],
    ids=["level", "no level", "method", "number", "every"],
)
@pytest.mark.usefixtures("unchecked")
def test_what_cannot_be_is_refused_when_it_is_made(make, message):
    with pytest.raises(PruneError, match=message):
        make()


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))], ids=["copy", "pickle"])
def test_it_can_be_copied_before_and_after_a_run(small, run, copied):
    pruning = copied(Pruning(Magnitude, (0.5,)))
    run(small(), [pruning])
    assert copied(pruning).state_dict()["done"] == 1


def test_where_it_prunes_names_its_state_alike_in_every_process():
    def head(place):
        return True

    keys = [Pruning(Magnitude, (0.5,), where=where).state_key for where in (None, head, torch.nn.Linear, ~named("a"))]
    assert keys == [
        "Pruning{'where': 'None'}",
        "Pruning{'where': 'head'}",
        "Pruning{'where': 'Linear'}",
        "Pruning{'where': \"~named('a')\"}",
    ]
