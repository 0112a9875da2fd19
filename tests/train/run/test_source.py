import copy
import pickle
import random
import threading
import time
import warnings

import numpy as np
import pytest
import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import ModelCheckpoint
from pytorch_lightning.utilities import CombinedLoader
from torch import nn
from torch.utils.data import DataLoader, Dataset, TensorDataset

import leyden as ly
from leyden.errors import TrainError
from leyden.train.run import Source

pytestmark = pytest.mark.usefixtures("nothing_left", "quiet")

INPUTS = torch.linspace(-1, 1, 40).view(20, 2)
DATA = TensorDataset(INPUTS, INPUTS.sum(1, keepdim=True))
PAIRS = list(zip(INPUTS, INPUTS.sum(1, keepdim=True), strict=True))


class Squares(Dataset):
    """Ten numbers squared; keeps the threads that asked, draws where it is told to."""

    def __init__(self, count=10, *, draw=None):
        self.count, self.draw, self.threads = count, draw, []

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        if index >= self.count:
            raise IndexError(index)
        self.threads.append(threading.current_thread().name)
        if self.draw is not None:
            return index * index + self.draw()
        return index * index


class Counted:
    """An iterable with neither length nor generator function: its iterator is a class of its own."""

    def __init__(self, count):
        self.count = count

    def __iter__(self):
        return iter(range(self.count))


def flat(loader):
    return [torch.as_tensor(batch).tolist() for batch in loader]


def test_the_length_is_the_loaders():
    assert len(Source(DataLoader(Squares(), batch_size=3))) == 4
    with pytest.raises(TypeError):
        len(Source(Counted(3)))


@pytest.mark.parametrize(
    ("draw", "whose"),
    [
        (lambda: torch.rand(1).item(), "torch"),
        (lambda: np.random.rand(), "numpy"),  # noqa: NPY002
        (lambda: random.random(), "Python"),
    ],
    ids=["torch", "numpy", "Python"],
)
def test_a_loader_that_draws_from_a_global_generator_is_read_where_it_is_asked_for(draw, whose, monkeypatch):
    monkeypatch.undo()

    def told(loader):
        torch.manual_seed(3)
        np.random.seed(3)  # noqa: NPY002
        return [(batch.item(), draw()) for _ in range(2) for batch in loader]

    squares = Squares(6, draw=draw)
    loader = DataLoader(squares, batch_size=1, shuffle=True)
    plain = told(loader)
    source = Source(loader)
    with pytest.warns(UserWarning, match=rf"it draws from the global generator of {whose}, and on another") as heard:
        mine = told(source)
    # the checker of types that these tests run with draws from Python's generator too
    assert whose == "Python" or mine == plain
    assert len(heard) == 1
    assert "DataLoader is not read ahead" in source.notice
    assert set(squares.threads) == {"MainThread"}


def test_a_loader_with_workers_of_its_own_is_passed_through_and_that_is_said():
    loader = DataLoader(Squares(), batch_size=4, num_workers=1, multiprocessing_context="fork", persistent_workers=True)
    with pytest.warns(UserWarning, match=r"it has 1 worker\(s\) of its own; num_workers=0 would leave the work"):
        source = Source(loader)
    assert flat(source) == [[0, 1, 4, 9], [16, 25, 36, 49], [64, 81]]
    CombinedLoader(source).reset()  # as Lightning ends it: through the source
    assert loader._iterator is None


@pytest.mark.parametrize("where", ["last", "beneath", "beside"])
def test_a_pipe_with_parallel_in_it_is_passed_through_and_that_is_said(where):
    pipe = range(6) | ly.data.map(abs)
    pipe = {
        "last": lambda: pipe | ly.data.batch(2) | ly.data.parallel(2),
        "beneath": lambda: pipe | ly.data.parallel(2) | ly.data.batch(2),
        "beside": lambda: ly.data.concatenate(pipe, pipe | ly.data.parallel(2))[:6] | ly.data.batch(2),
    }[where]()
    with pytest.warns(UserWarning, match=r"it has workers of its own already, parallel\(2\); without that step"):
        source = Source(pipe)
    assert flat(source) == flat(pipe) == [[0, 1], [2, 3], [4, 5]]


def test_a_pipe_that_moves_to_a_device_ahead_is_passed_through():
    with pytest.warns(UserWarning, match=r"own already, to_device\('meta'\)"):
        Source(range(4) | ly.data.batch(2) | ly.data.to_device("meta"))
    assert not Source(range(4) | ly.data.batch(2) | ly.data.to_device("meta", prefetch=0)).notice
    assert not Source(range(4) | ly.data.batch(2) | ly.data.to_device("cpu") | ly.data.parallel(0)).notice


def test_an_iterator_is_passed_through_for_it_cannot_be_read_twice():
    with pytest.warns(UserWarning, match="can be looped over once"):
        source = Source(iter(range(9)))
    for number in source:
        if number == 3:
            break
    assert list(source) == [4, 5, 6, 7, 8]


def test_a_source_has_what_its_loader_has_and_hands_on_what_is_set():
    loader = DataLoader(Squares(), batch_size=4)
    source = Source(loader)
    assert (source.batch_size, source.dataset, source.sampler) == (4, loader.dataset, loader.sampler)
    source.worker_init_fn = print
    assert loader.worker_init_fn is print
    assert not hasattr(Source([1]), "sampler")
    assert not hasattr(source, "state_dict")
    pipe = ly.data.DataLoader(Squares(), 3, shuffle=True)
    Source(pipe).set_epoch(4)
    assert pipe.epoch == 4


def test_a_state_speaks_of_the_batch_that_was_seen():
    plain, pipe = (ly.data.DataLoader(Squares(), 1, shuffle=True, seed=1) for _ in range(2))
    source = Source(pipe, ahead=3)
    assert source.state_dict() == plain.state_dict()
    for epoch in range(2):
        for count, (mine, theirs) in enumerate(zip(source, plain, strict=True)):
            assert mine.tolist() == theirs.tolist()
            if 1 < count < 7:
                time.sleep(0.005)
                assert pipe.state_dict() != source.state_dict()
            assert source.state_dict() == plain.state_dict()
            if (epoch, count) == (1, 5):
                break
    assert source.state_dict() == plain.state_dict() == {"epoch": 1, "position": 6, "length": 10}


@pytest.mark.parametrize("seen", [1, 2, 5, 10])
def test_a_loop_goes_on_where_a_state_was_taken(seen):

    def fresh():
        return ly.data.DataLoader(Squares(), 1, shuffle=True, seed=1)

    whole = flat(fresh())
    source = Source(fresh())
    iterator = iter(source)
    first = [next(iterator).tolist() for _ in range(seen)]
    state = pickle.loads(pickle.dumps(source.state_dict()))
    again = Source(fresh())
    again.load_state_dict(state)
    assert again.state_dict() == state
    rest = flat(again) if seen < 10 else []
    assert first + rest == whole


def test_a_source_is_pickled_and_copied_with_its_loader_and_without_its_thread():
    source = Source(DataLoader(Squares(), batch_size=4), ahead=3)
    iterator = iter(source)
    for _ in range(2):
        next(iterator)
    for other in (pickle.loads(pickle.dumps(source)), copy.deepcopy(source), copy.copy(source)):
        assert (other.ahead, flat(other)) == (3, flat(source))
    assert copy.copy(source).loader is source.loader


def test_a_source_prints_the_same_everywhere():
    assert repr(Source(DataLoader(Squares()))) == "Source(DataLoader, ahead=2)"
    assert repr(Source([1, 2], ahead=1)) == "Source(list of 2, ahead=1)"
    assert repr(Source(range(3) | ly.data.batch(2))) == "Source(range(0, 3) | batch(2), ahead=2)"


def test_what_is_no_single_loader_is_refused_with_all_its_faults():
    loader = DataLoader(Squares())
    for several in ({"a": loader}, [loader, loader], CombinedLoader([loader])):
        with pytest.raises(TrainError, match="is several loaders; make a Source of each of them"):
            Source(several)
    with pytest.raises(TrainError, match="it is a Source already"):
        Source(Source(loader))
    with pytest.raises(TrainError, match="ahead is a whole number of 1 or more; given 0"):
        Source(loader, ahead=0)


def test_several_processes_that_read_all_of_one_loader_are_warned():
    from torch.testing._internal.distributed.fake_pg import FakeStore

    torch.distributed.init_process_group("fake", rank=0, world_size=2, store=FakeStore())
    try:
        loader = DataLoader(Squares())
        with pytest.warns(UserWarning, match=r"every one of 2 processes reads all of DataLoader: .*DistributedSampler"):
            iter(Source(loader))
        parted = torch.utils.data.DistributedSampler(loader.dataset, shuffle=False)
        assert flat(Source(DataLoader(loader.dataset, sampler=parted))) == [[0], [4], [16], [36], [64]]
    finally:
        torch.distributed.destroy_process_group()


class Task(pl.LightningModule):
    """Dropout draws from torch's global generator in every step; what was seen and from where is kept."""

    def __init__(self, *, bursts=None):
        super().__init__()
        self.layer, self.dropout = nn.Linear(2, 1), nn.Dropout(0.3)
        self.bursts, self.seen = bursts, []

    def on_train_start(self):
        torch.rand(1)

    def training_step(self, batch, batch_idx):
        inputs, targets = batch
        self.seen.append((self.current_epoch, batch_idx, inputs.tolist()))
        if self.bursts is not None and self.global_step == 2:
            raise self.bursts
        return nn.functional.mse_loss(self.layer(self.dropout(inputs)), targets)

    def validation_step(self, batch, batch_idx):
        self.log("val", nn.functional.mse_loss(self.layer(batch[0]), batch[1]))

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1)


def trainer(**options):
    return pl.Trainer(
        accelerator="cpu",
        logger=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        **{"max_epochs": 3, "enable_checkpointing": False, **options},
    )


def fitted(train, validation=None, *, path=None, bursts=None, **options):
    pl.seed_everything(4, verbose=False)
    task = Task(bursts=bursts)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".* does not have many workers")
        warnings.filterwarnings("ignore", message="You defined a `validation_step` but have no")
        trainer(**options).fit(task, train, validation, ckpt_path=path, weights_only=path and False)
    return task


def plainly(loader):
    return loader


def alike(first, second):
    return first.seen == second.seen and all(map(torch.equal, first.parameters(), second.parameters()))


FITTED_ON = {
    "in order": lambda: DataLoader(DATA, 4),
    "shuffled": lambda: DataLoader(DATA, 4, shuffle=True),
    "shuffled by a generator": lambda: DataLoader(DATA, 3, shuffle=True, generator=torch.Generator().manual_seed(0)),
    "a pipe": lambda: ly.data.DataLoader(PAIRS, 4, shuffle=True, seed=1),
}


@pytest.fixture(params=FITTED_ON)
def make(request):
    return FITTED_ON[request.param]


@pytest.mark.parametrize("options", [{}, {"limit_train_batches": 4}, {"max_steps": 7, "max_epochs": -1}], ids=str)
def test_a_fit_leaves_the_weights_of_the_plain_loader(make, options):
    mine, plain = (fitted(kind(make()), kind(DataLoader(DATA, 5)), **options) for kind in (Source, plainly))
    assert alike(mine, plain)


def test_most_batches_of_a_fit_come_from_the_thread():
    threads = []

    def collate(items):
        threads.append(threading.current_thread().name)
        return torch.utils.data.default_collate(items)

    fitted(Source(DataLoader(DATA, 2, collate_fn=collate)), max_epochs=1)
    assert threads == ["MainThread"] * 2 + ["leyden-source"] * 8


@pytest.mark.parametrize("every", [3, 5], ids=["in the middle of an epoch", "at its end"])
def test_a_run_that_is_resumed_sees_what_the_plain_one_sees(make, every, tmp_path):
    def resumed(kind, folder):
        keeper = ModelCheckpoint(folder, filename="at", every_n_train_steps=every, save_top_k=1, monitor=None)
        fitted(kind(make()), max_steps=every, enable_checkpointing=True, callbacks=[keeper])
        return fitted(kind(make()), path=folder / "at.ckpt", max_epochs=2)

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="You're resuming from a checkpoint that ended before")
        warnings.filterwarnings("ignore", message="Be aware that when using `ckpt_path`, callbacks used")
        mine, plain = resumed(Source, tmp_path / "mine"), resumed(plainly, tmp_path / "plain")
    assert mine.seen
    assert alike(mine, plain)


def test_an_error_in_a_step_leaves_nothing_running():
    with pytest.raises(ArithmeticError, match="step"):
        fitted(Source(DataLoader(DATA, 1)), bursts=ArithmeticError("step"))


def test_an_interrupt_in_a_step_leaves_nothing_running():
    with pytest.raises(SystemExit):
        fitted(Source(DataLoader(DATA, 1)), bursts=KeyboardInterrupt())


def test_an_error_in_the_data_reaches_the_caller_of_fit():
    class Torn(TensorDataset):
        def __getitem__(self, index):
            if index == 7:
                raise OSError("disk gone")
            return super().__getitem__(index)

    with pytest.raises(OSError, match="disk gone"):
        fitted(Source(DataLoader(Torn(*DATA.tensors), 1)))


def test_overfitting_on_a_loader_in_order_works():
    mine, plain = (fitted(kind(DataLoader(DATA, 4)), overfit_batches=3) for kind in (Source, plainly))
    assert alike(mine, plain)
