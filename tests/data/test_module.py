import subprocess
import sys

import pytest
import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import ModelCheckpoint
from pytorch_lightning.utilities import CombinedLoader
from torch.utils.data import DataLoader

import leyden as ly
from leyden.data.module import Module
from leyden.errors import DataError

pytestmark = [
    pytest.mark.filterwarnings("ignore:The '.*_dataloader' does not have many workers"),
    pytest.mark.filterwarnings("ignore:You defined a `validation_step` but have no `val_dataloader`"),
    pytest.mark.filterwarnings("ignore:Be aware that when using `ckpt_path`, callbacks"),
    pytest.mark.filterwarnings("ignore:Checkpoint directory .* exists and is not empty"),
]


class Tiny(pl.LightningModule):
    """Notes every batch that it has trained on; fails on the one asked for, before the step is made."""

    def __init__(self, fails_at=None):
        super().__init__()
        self.layer = torch.nn.Linear(1, 1)
        self.seen, self.validated, self.tested, self.fails_at = [], [], [], fails_at

    def training_step(self, batch, batch_idx):
        if len(self.seen) == self.fails_at:
            raise ArithmeticError("no step")
        self.seen.append(numbers(batch))
        return self.layer(torch.tensor([[1.0]])).mean()

    def validation_step(self, batch, _, dataloader_idx=0):
        self.validated.append(numbers(batch))

    def test_step(self, batch, batch_idx):
        self.tested.append(numbers(batch))

    def predict_step(self, batch, _):
        return numbers(batch)

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), 0.01)


def numbers(batch):
    if isinstance(batch, dict):
        return {name: numbers(part) for name, part in batch.items()}
    if isinstance(batch, list | tuple):
        return [numbers(part) for part in batch]
    return batch if batch is None else batch.flatten().tolist()


def trainer(folder, **options):
    quiet = {"logger": False, "enable_progress_bar": False, "enable_model_summary": False, "accelerator": "cpu"}
    if not any(isinstance(each, ModelCheckpoint) for each in options.get("callbacks", ())):
        quiet["enable_checkpointing"] = False
    return pl.Trainer(default_root_dir=folder, **quiet, **options)


def jitter(generator, x):
    return x + torch.rand(1, generator=generator)


def pipe(workers=0, count=8):
    data = torch.arange(float(count)).reshape(-1, 1)
    return data | ly.data.map_random(jitter) | ly.data.shuffle() | ly.data.batch(2) | ly.data.parallel(workers)


class Saver(pl.Callback):
    """Saves once, in the hook and at the step asked for, and then kills the run if that is asked too."""

    def __init__(self, path, hook, step, *, kills=True):
        self.path, self.hook, self.step, self.kills, self.saved = path, hook, step, kills, False

    def now(self, hook, owner):
        if hook == self.hook and owner.global_step >= self.step and not self.saved and not owner.sanity_checking:
            self.saved = True
            owner.save_checkpoint(self.path)
            if self.kills:
                raise KeyError("killed")

    def on_train_batch_start(self, trainer, *_):
        self.now("on_train_batch_start", trainer)

    def on_train_batch_end(self, trainer, *_):
        self.now("on_train_batch_end", trainer)

    def on_validation_end(self, trainer, *_):
        self.now("on_validation_end", trainer)

    def on_train_epoch_start(self, trainer, *_):
        self.now("on_train_epoch_start", trainer)

    def on_train_epoch_end(self, trainer, *_):
        self.now("on_train_epoch_end", trainer)


def resumed(folder, make, saver_hook, step, *, before=None, after=None, **options):
    """What a run sees that is killed at a step, and what sees the one that goes on from its checkpoint."""
    path = folder / "killed.ckpt"
    first, second = Tiny(), Tiny()
    with pytest.raises(KeyError, match="killed"):
        trainer(folder, callbacks=[Saver(path, saver_hook, step)], max_epochs=3, **options).fit(first, **make(before))
    trainer(folder, max_epochs=3, **options).fit(second, **make(after), ckpt_path=path)
    return first, second


def module_of(workers, **more):
    return {"datamodule": Module(pipe(workers or 0), **more)}


HOOKS = ["on_train_batch_end", "on_train_batch_start", "on_train_epoch_end"]


@pytest.mark.parametrize("limit", [None, 3])
@pytest.mark.parametrize("hook", HOOKS)
def test_a_killed_run_goes_on_with_the_batches_not_trained_on(tmp_path, hook, limit):
    whole = Tiny()
    options = {} if limit is None else {"limit_train_batches": limit}
    trainer(tmp_path, max_epochs=3, **options).fit(whole, **module_of(0))
    assert len({str(batch) for batch in whole.seen}) == len(whole.seen), "every batch is told from every other"
    steps = range(1, len(whole.seen)) if hook.startswith("on_train_batch") else [1, (limit or 4) + 1]
    for step in steps:
        first, second = resumed(tmp_path, module_of, hook, step, before=0, after=2, **options)
        assert first.seen + second.seen == whole.seen, (hook, step)


@pytest.mark.parametrize("step", [2, 4, 6])
def test_a_run_that_ends_by_its_steps_goes_on_where_it_ended(tmp_path, step):
    whole, first, second = Tiny(), Tiny(), Tiny()
    trainer(tmp_path, max_epochs=3).fit(whole, **module_of(0))
    one = trainer(tmp_path, max_steps=step)
    one.fit(first, **module_of(0))
    one.save_checkpoint(tmp_path / "steps.ckpt")
    trainer(tmp_path, max_steps=11).fit(second, **module_of(2), ckpt_path=tmp_path / "steps.ckpt")
    assert (len(first.seen), first.seen + second.seen) == (step, whole.seen[:11])


@pytest.mark.parametrize("fails_at", [1, 3, 4, 5, 7])
@pytest.mark.parametrize("limit", [1.0, 3])
def test_a_batch_that_raised_is_trained_on_after_all(tmp_path, fails_at, limit):
    whole, first, second = Tiny(), Tiny(fails_at), Tiny()
    trainer(tmp_path, max_epochs=3, limit_train_batches=limit).fit(whole, **module_of(0))
    keeper = ModelCheckpoint(tmp_path, filename="failed", save_on_exception=True, every_n_train_steps=1000)
    with pytest.raises(ArithmeticError):
        trainer(tmp_path, max_epochs=3, limit_train_batches=limit, callbacks=[keeper]).fit(first, **module_of(2))
    (path,) = tmp_path.glob("failed*.ckpt")
    trainer(tmp_path, max_epochs=3, limit_train_batches=limit).fit(second, **module_of(1), ckpt_path=path)
    assert first.seen + second.seen == whole.seen


@pytest.mark.parametrize("step", [2, 4, 6])
def test_a_run_killed_after_a_validation_in_mid_epoch_goes_on_as_well(tmp_path, step):
    def make(workers):
        return module_of(workers, validation=pipe(0, 4))

    options = {"val_check_interval": 2}
    whole = Tiny()
    trainer(tmp_path, max_epochs=3, **options).fit(whole, **make(0))
    first, second = resumed(tmp_path, make, "on_validation_end", step, before=2, after=0, **options)
    assert first.seen + second.seen == whole.seen


def test_validation_draws_as_if_there_were_no_sanity_check_also_after_a_resume(tmp_path):
    def make(workers):
        return module_of(workers, validation=pipe(0, 4))

    whole, unchecked = Tiny(), Tiny()
    trainer(tmp_path, max_epochs=3, num_sanity_val_steps=1).fit(whole, **make(0))
    trainer(tmp_path, max_epochs=3, num_sanity_val_steps=0).fit(unchecked, **make(0))
    assert whole.validated == [unchecked.validated[0], *unchecked.validated]
    assert len({str(batch) for batch in unchecked.validated}) == 6, "every validation is an epoch of its own"
    first, second = resumed(tmp_path, make, "on_train_epoch_end", 4, num_sanity_val_steps=0)
    assert first.validated + second.validated == unchecked.validated


def test_pipes_side_by_side_go_on_where_each_was(tmp_path):
    def make(workers):
        return {"datamodule": Module({"long": pipe(workers or 0), "short": pipe(0, 4)})}

    whole = Tiny()
    trainer(tmp_path, max_epochs=3).fit(whole, **make(0))
    assert len({str(batch["short"]) for batch in whole.seen}) == 12, "the short one begins anew, as further epochs"
    for hook, step in [("on_train_batch_end", 3), ("on_train_batch_start", 6), ("on_train_epoch_end", 4)]:
        first, second = resumed(tmp_path, make, hook, step, before=0, after=2)
        assert first.seen + second.seen == whole.seen, hook


def test_a_pipe_beside_a_loader_of_no_known_length_is_not_a_batch_ahead(tmp_path):
    class Endless(torch.utils.data.IterableDataset):
        def __iter__(self):
            while True:
                yield torch.zeros(1)

    def make(_):
        loaders = {"pipe": pipe(), "endless": DataLoader(Endless(), batch_size=2)}
        return {"datamodule": Module(CombinedLoader(loaders, "max_size_cycle"))}

    whole, path = Tiny(), tmp_path / "ahead.ckpt"
    options = {"max_epochs": 2, "limit_train_batches": 4}
    trainer(tmp_path, **options).fit(whole, **make(0))
    for step in (1, 2, 6):
        saver = Saver(path, "on_train_batch_end", step, kills=False)
        trainer(tmp_path, callbacks=[saver], **options).fit(Tiny(), **make(0))
        second = make(0)["datamodule"]
        second.load_state_dict(torch.load(path)["Module"])
        (state,) = second.state_dict()["train"]
        assert (state["epoch"], state["position"]) == divmod(step, 4)


def test_a_checkpoint_holds_the_places_as_plain_numbers(tmp_path):
    path = tmp_path / "plain.ckpt"
    module = Module(pipe(), pipe(0, 4))
    trainer(tmp_path, max_epochs=1, callbacks=[Saver(path, "on_train_batch_end", 3, kills=False)]).fit(
        Tiny(), datamodule=module
    )
    places = torch.load(path, weights_only=True)["Module"]
    assert places == {"train": [{"epoch": 0, "position": 3, "length": 4}], "validation": [{"epoch": 0, "position": 0}]}
    assert module.state_dict() == {"train": [{"epoch": 1, "position": 0}], "validation": [{"epoch": 1, "position": 0}]}


def test_a_checkpoint_made_with_a_bare_pipe_fits_a_module_and_the_other_way_round(tmp_path):
    def bare(workers):
        return {"train_dataloaders": pipe(workers)}

    whole = Tiny()
    trainer(tmp_path, max_epochs=3).fit(whole, **bare(0))
    for before, after in [(bare, module_of), (module_of, bare), (bare, bare)]:
        path, first, second = tmp_path / "either.ckpt", Tiny(), Tiny()
        with pytest.raises(KeyError, match="killed"):
            trainer(tmp_path, max_epochs=3, callbacks=[Saver(path, "on_train_batch_end", 6)]).fit(first, **before(2))
        trainer(tmp_path, max_epochs=3).fit(second, **after(1), ckpt_path=path)
        assert first.seen + second.seen == whole.seen


FORMS = {
    "piped": lambda data: data | ly.data.batch(2) | ly.data.parallel(2),
    "nested": lambda data: ly.data.parallel(ly.data.batch(data, 2), 2),
    "step": lambda data: (ly.data.batch(2) | ly.data.parallel(1))(data),
    "loader": lambda data: ly.data.DataLoader(data, 2, parallel=2),
    "torch": lambda data: DataLoader(data, batch_size=2),
    "slice": lambda data: (data | ly.data.batch(2))[:],
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("wrapped", [True, False])
def test_a_trainer_takes_every_form(tmp_path, form, wrapped):
    train, validation = (FORMS[form](torch.arange(float(count)).reshape(-1, 1)) for count in (6, 4))
    given = (
        {"datamodule": Module(train, validation)}
        if wrapped
        else {"train_dataloaders": train, "val_dataloaders": validation}
    )
    task = Tiny()
    trainer(tmp_path, max_epochs=2, num_sanity_val_steps=1).fit(task, **given)
    assert task.seen == [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]] * 2
    assert task.validated == [[0.0, 1.0]] + [[0.0, 1.0], [2.0, 3.0]] * 2


@pytest.mark.parametrize("wrapped", [True, False])
def test_limits_and_reloading_leave_epochs_as_they_are(tmp_path, wrapped):
    whole, task = pipe(), Tiny()
    expected = [numbers(batch) for _ in range(3) for batch in list(whole)[:2]]
    given = {"datamodule": Module(pipe(2))} if wrapped else {"train_dataloaders": pipe(2)}
    trainer(tmp_path, max_epochs=3, limit_train_batches=2, reload_dataloaders_every_n_epochs=1).fit(task, **given)
    assert task.seen == expected


def test_to_overfit_is_to_see_the_same_batches_in_every_epoch(tmp_path):
    task = Tiny()
    trainer(tmp_path, max_epochs=3, overfit_batches=2).fit(task, datamodule=Module(pipe(1)))
    assert task.seen == [numbers(batch) for batch in list(pipe())[:2]] * 3


def test_several_validation_pipes_are_gone_through_one_after_the_other(tmp_path):
    task = Tiny()
    one, other = (range(count) | ly.data.batch(2) for count in (4, 3))
    trainer(tmp_path, max_epochs=1, num_sanity_val_steps=0).fit(task, datamodule=Module(pipe(), [one, other]))
    assert task.validated == [[0, 1], [2, 3], [0, 1], [2]]


def test_one_module_trains_validates_tests_and_predicts(tmp_path):
    test, later = range(4) | ly.data.batch(2), range(3) | ly.data.batch(2)
    module, task = Module(pipe(), range(2) | ly.data.batch(2), test, predict=later), Tiny()
    runner = trainer(tmp_path, max_epochs=1, num_sanity_val_steps=0)
    runner.fit(task, datamodule=module)
    runner.validate(task, datamodule=module, verbose=False)
    runner.test(task, datamodule=module, verbose=False)
    assert (task.validated, task.tested) == ([[0, 1]] * 2, [[0, 1], [2, 3]])
    assert runner.predict(task, datamodule=module) == [[0, 1], [2]]


def test_to_test_with_a_checkpoint_leaves_the_training_where_it_is(tmp_path):
    path, task = tmp_path / "early.ckpt", Tiny()
    module = Module(pipe(), test=range(4) | ly.data.batch(2))
    runner = trainer(tmp_path, max_epochs=2, callbacks=[Saver(path, "on_train_batch_end", 1, kills=False)])
    runner.fit(task, datamodule=module)
    before = module.state_dict()
    runner.test(task, datamodule=module, ckpt_path=path, verbose=False)
    assert module.state_dict() == before == {"train": [{"epoch": 2, "position": 0}]}


def test_what_was_given_stays_as_it_is(tmp_path):
    view = pipe()
    loaders = CombinedLoader([view], "min_size")
    module = Module(loaders)
    trainer(tmp_path, max_epochs=1, limit_train_batches=1).fit(Tiny(), datamodule=module)
    assert loaders.flattened == [view]
    assert loaders.limits is None
    assert repr(module) == str(module) == f"Module(train=CombinedLoader([{view!r}], 'min_size'))"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"train": [torch.zeros(2), torch.ones(2)]}, r"train is taken for several .* holds Tensor\[2\]; .*data \|"),
        ({"train": torch.zeros(2, 1)}, r"train is taken for batches, but it is Tensor\[2, 1\]"),
        ({"validation": {"a": 3}, "train": "x"}, "train is taken for batches.*; validation is taken for several"),
        ({"train": []}, r"several loaders, but it holds list\[0\]"),
        ({}, "there are no data; give at least one pipe"),
    ],
)  # fmt: skip
def test_what_are_no_batches_is_refused_at_the_door(given, message):
    with pytest.raises(DataError, match=message):
        Module(**given)


def test_a_state_of_other_pipes_is_refused():
    with pytest.raises(DataError, match=r"the state is of \{'train': 1\} pipes; this module has \{'train': 2\}"):
        Module([pipe(), pipe()]).load_state_dict(Module(pipe()).state_dict())


def test_data_that_were_not_given_are_asked_for_by_name(tmp_path):
    with pytest.raises(DataError, match="this Module has no data to test on; write test="):
        trainer(tmp_path).test(Tiny(), datamodule=Module(pipe()))


def test_importing_the_data_room_loads_no_lightning():
    code = "import leyden.data, sys; print([name for name in sys.modules if 'lightning' in name])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )
