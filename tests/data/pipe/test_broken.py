import pickle

import pytest
import pytorch_lightning as pl
import torch
from hypothesis import given
from hypothesis import strategies as st

import leyden as ly
from leyden.data.pipe.broken import Broken, Remainder, broken_among, named, sound, through
from leyden.data.pipe.element import guard
from leyden.errors import DataError, UnreadableImage


class Reader:
    """Reads numbers; some cannot be read."""

    def __init__(self, bad):
        self.bad, self.read = frozenset(bad), []

    def __call__(self, number):
        self.read.append(number)
        if number in self.bad:
            raise UnreadableImage(f"{number}.png is empty\n(0 bytes)")
        return 10 * number


def draw(generator, x):
    return (x, int(generator.initial_seed()))


def heard(pipe):
    """What a loop gives, with the one warning that it must give."""
    with pytest.warns(UserWarning, match="broken element") as record:
        elements = list(pipe)
    assert len(record) == 1
    return elements


def test_a_loop_leaves_broken_elements_out_and_reports_them_once():
    pipe = range(6) | ly.data.map(Reader({1, 4})) | guard()
    with pytest.warns(UserWarning, match=r"2 broken elements in .* element 1: 1.png is empty \(0 bytes\);") as told:
        assert list(pipe) == [0, 20, 30, 50]
    assert len(told) == 1
    assert [fault.index for fault in pipe.faults] == [1, 4]
    assert pipe.faults[0] == Broken(1, "1.png is empty (0 bytes)")
    assert len(pipe) == 6


def test_an_epoch_without_broken_elements_warns_of_nothing():
    pipe = range(6) | ly.data.map(Reader(())) | guard()
    assert list(pipe) == [0, 10, 20, 30, 40, 50]
    assert pipe.faults == ()


def test_without_guard_the_error_is_raised():
    with pytest.raises(UnreadableImage, match=r"1\.png"):
        list(range(3) | ly.data.map(Reader({1})))


def test_reading_a_broken_element_by_index_raises_with_its_problem():
    pipe = range(3) | ly.data.map(Reader({1})) | guard()
    assert (pipe[0], pipe[2]) == (0, 20)
    with pytest.raises(DataError, match=r"element 1 of range\(0, 3\) \| map\(Reader\) \| guard\(\) is broken: 1\.png"):
        pipe[1]
    with pytest.raises(DataError, match=r"is broken: 1\.png"):
        pipe[1:][0]


def test_faults_are_those_of_the_newest_epoch():
    reader = Reader({0})
    pipe = range(2) | ly.data.map(reader) | guard()
    assert pipe.faults == ()
    heard(pipe)
    assert len(pipe.faults) == 1
    reader.bad = frozenset()
    assert list(pipe) == [0, 10]
    assert pipe.faults == ()


def test_steps_pass_a_broken_element_over_untouched():
    seen = []
    pipe = (
        range(4)
        | ly.data.map(Reader({2}))
        | guard()
        | ly.data.map(lambda x: (seen.append(x), x)[1])
        | ly.data.map_random(draw)
        | guard()
        | ly.data.parallel(2)
        | ly.data.to_device("cpu")
    )
    assert [x for x, _ in heard(pipe)] == [0, 10, 30]
    assert sorted(seen) == [0, 10, 30]
    assert pipe.faults[0].index == 2


def test_broken_elements_change_no_other_elements_draw_nor_place():
    steps = guard() | ly.data.map_random(draw) | ly.data.shuffle(seed=3)
    sound_ones = range(20) | ly.data.map(Reader(())) | steps
    some = range(20) | ly.data.map(Reader({3, 17})) | steps
    for _ in range(2):
        assert heard(some) == [pair for pair in sound_ones if pair[0] not in (30, 170)]


def test_a_batch_leaves_its_broken_elements_out_and_an_empty_one_is_broken():
    pipe = range(8) | ly.data.map(Reader({1, 4, 5})) | guard() | ly.data.batch(2) | ly.data.map(torch.sum)
    assert [int(x) for x in heard(pipe)] == [0, 50, 130]
    assert [fault.index for fault in pipe.faults] == [1, 4, 5]
    assert int(pipe[0]) == 0
    with pytest.raises(DataError, match=r"element 2 .* made of broken elements \(element 4: .* and 1 more\)"):
        pipe[2]


def test_an_error_in_a_batch_with_broken_elements_names_the_true_index():
    pipe = range(4) | ly.data.map(Reader({0})) | guard() | ly.data.map(lambda x: torch.zeros(x)) | ly.data.batch(4)
    with pytest.raises(DataError, match=r"element 1 has \(10,\), element 2 has \(20,\)"):
        pipe[0]


def test_batches_of_batches_lose_no_fault():
    pipe = range(8) | ly.data.map(Reader({1, 4, 5})) | guard() | ly.data.batch(2, collate=list)
    pairs = pipe | ly.data.batch(2, collate=list)
    assert heard(pairs) == [[[0], [20, 30]], [[60, 70]]]
    assert [fault.index for fault in pairs.faults] == [1, 4, 5]


@pytest.mark.parametrize("where", [0, 1])
def test_columns_beside_a_broken_one_are_left_out_with_it(where):
    images = range(4) | ly.data.map(Reader({2})) | guard()
    columns = (images, range(4)) if where == 0 else (range(4), images)
    pipe = columns | ly.data.map(lambda pair: pair)
    assert [pair[1 - where] for pair in heard(pipe)] == [0, 1, 3]
    halves = (images | ly.data.batch(2, collate=list), range(4) | ly.data.batch(2, collate=list)) | ly.data.map(tuple)
    assert heard(halves) == [([0, 10], [0, 1])]


def test_a_guarded_parallel_goes_on_after_an_error():
    pipe = range(30) | ly.data.map(Reader({0, 7, 8, 29})) | ly.data.parallel(3) | guard()
    assert heard(pipe) == [10 * i for i in range(30) if i not in (0, 7, 8, 29)]
    assert [fault.index for fault in pipe.faults] == [0, 7, 8, 29]


@given(st.sets(st.integers(0, 11)), st.integers(0, 4), st.sampled_from(["before", "after"]), st.randoms())
def test_a_guarded_stream_gives_any_indices_in_order(bad, workers, where, random):
    ahead = ly.data.parallel(workers)
    data = range(12) | ly.data.map(Reader(bad))
    view = data | ahead | guard() if where == "before" else data | guard() | ahead
    indices = [random.randrange(12) for _ in range(15)]
    given = list(ly.data.pipe.stream(view, indices, ly.data.Moment(0)))
    assert [each.index if type(each) is Broken else each for each in given] == [
        i if i in bad else 10 * i for i in indices
    ]


@given(st.sets(st.integers(0, 8)), st.integers(0, 9), st.sampled_from([0, 2]))
@pytest.mark.filterwarnings("ignore:.*broken element:UserWarning")
def test_a_resumed_epoch_counts_broken_elements_as_positions(bad, stop, workers):
    steps = guard() | ly.data.map_random(draw) | ly.data.shuffle() | ly.data.parallel(workers)
    data = range(9) | ly.data.map(Reader(bad))
    expected = list(data | steps)
    killed, resumed = data | steps, data | steps
    loop = iter(killed)
    seen = [element for _, element in zip(range(stop), loop, strict=False)]
    state = killed.state_dict()
    resumed.load_state_dict(state)
    if state["epoch"] == 0:
        assert seen + list(resumed) == expected
    assert resumed.epoch == 1


def test_the_warning_comes_with_the_last_element_for_those_who_count():
    pipe = range(3) | ly.data.map(Reader({0})) | guard() | ly.data.batch(2)
    loop = iter(pipe)
    next(loop)
    with pytest.warns(UserWarning, match="1 broken element in"):
        next(loop)


def test_a_loop_left_early_warns_of_nothing_but_keeps_its_faults():
    pipe = range(3) | ly.data.map(Reader({0})) | guard()
    for _ in pipe:
        break
    assert [fault.index for fault in pipe.faults] == [0]


def test_an_error_above_guard_is_raised():
    def refuse(x):
        raise ValueError(x)

    with pytest.raises(ValueError, match="0"):
        list(range(3) | guard() | ly.data.map(refuse))


def test_an_interrupt_is_no_broken_element():
    def interrupt(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(range(3) | ly.data.map(interrupt) | guard())


def test_cache_does_not_keep_a_broken_element():
    reader = Reader({1})
    pipe = range(3) | ly.data.map(reader) | guard() | ly.data.cache()
    assert heard(pipe) == [0, 20]
    reader.bad = frozenset()
    assert list(pipe) == [0, 10, 20]
    assert sorted(reader.read) == [0, 1, 1, 2]


def test_the_next_sound_element_may_stand_in_for_a_broken_one():
    pipe = range(5) | ly.data.map(Reader({1, 2, 4})) | guard(instead="next")
    with pytest.warns(UserWarning, match=r"3 broken elements .* mend or remove them\.$"):
        assert list(pipe) == [0, 30, 30, 30, 0]
    assert [fault.index for fault in pipe.faults] == [1, 2, 4]
    assert [pipe[index] for index in range(5)] == [0, 30, 30, 30, 0]
    assert heard(range(2) | ly.data.map(Reader({0, 1})) | guard(instead="next")) == []


def test_a_second_guard_stands_in_for_what_the_first_found():
    pipe = range(4) | ly.data.map(Reader({0})) | guard() | ly.data.map(Reader({10})) | guard(instead="next")
    assert heard(pipe) == [200, 200, 300]
    assert [fault.index for fault in pipe.faults] == [0, 1]


class Task(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.layer, self.told = torch.nn.Linear(1, 1), []

    def training_step(self, batch, index):
        self.told.append(("train", batch.flatten().tolist()))
        return self.layer(batch).mean()

    def validation_step(self, batch, index):
        self.told.append(("validate", batch.flatten().tolist()))

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), 0.1)


@pytest.mark.parametrize(
    ("bad", "instead", "expected"),
    [
        ({3}, "nothing", [[0, 10], [20], [40, 50]]),
        ({2, 3}, "next", [[0, 10], [40, 40], [40, 50]]),
        ({4, 5}, "next", [[0, 10], [20, 30], [0, 0]]),
    ],
)
@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::FutureWarning", "ignore::DeprecationWarning")
def test_lightning_trains_and_validates_every_epoch_over_broken_elements(bad, instead, expected):
    def loader():
        numbers = range(6) | ly.data.map(Reader(bad)) | guard(instead=instead)
        return numbers | ly.data.map(lambda x: torch.tensor([float(x)])) | ly.data.batch(2) | ly.data.parallel(2)

    task = Task()
    options = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False}
    trainer = pl.Trainer(max_epochs=2, accelerator="cpu", num_sanity_val_steps=0, enable_model_summary=False, **options)
    trainer.fit(task, loader(), loader())
    assert task.told == 2 * [(what, batch) for what in ("train", "validate") for batch in expected]


def test_through_and_sound_by_hand():
    lost, rest = Broken(4, "is cut short"), Remainder(-2, (Broken(5, "x"),))
    assert through(abs, lost) is lost
    assert through(abs, rest) == Remainder(2, rest.faults)
    assert sound([1, lost, rest]) == ([0, 2], [1, -2])
    assert broken_among([1, 2], 0) is None
    assert broken_among([1, lost, rest], 7).inside == (lost, *rest.faults)
    assert pickle.loads(pickle.dumps(rest)) == rest


def test_an_error_is_named_on_one_line_and_leydens_own_without_its_kind():
    assert named(OSError("a\n b")) == "OSError: a b"
    assert named(UnreadableImage("x.png is empty")) == "x.png is empty"


def torn(number):
    if number in (1, 3):
        raise OSError("torn")
    return number


@pytest.mark.parametrize("workers", [0, 2])
def test_a_broken_element_of_several_windows_is_one(workers):
    pipe = range(6) | ly.data.map(torn) | ly.data.guard() | ly.data.window(3)
    pipe = pipe | ly.data.parallel(workers, kind="processes") if workers else pipe
    with pytest.warns(UserWarning, match="2 broken elements in this epoch"):
        list(pipe)
    assert [fault.index for fault in pipe.faults] == [1, 3]


def test_elements_of_one_number_in_two_sources_are_two():
    parts = [range(6) | ly.data.map(torn) | ly.data.guard() for _ in range(2)]
    pipe = ly.data.concatenate(*parts)
    with pytest.warns(UserWarning, match="4 broken elements in this epoch"):
        list(pipe)
    assert [fault.index for fault in pipe.faults] == [1, 3, 1, 3]
