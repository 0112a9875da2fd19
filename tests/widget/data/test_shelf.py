import threading

import torch

import leyden as ly
from leyden.data.pipe.broken import Broken
from leyden.widget.data.element import Look
from leyden.widget.data.shelf import Locked, Shelf


def test_the_newest_element_and_thumbnails_are_read_once(folder):
    shelf = Shelf(folder)
    shelf.element(3)
    shelf.element(3)
    assert folder.read == [3]
    shelf.thumb(4, Look())
    shelf.thumb(4, Look())
    shelf.element(3)
    assert folder.read == [3, 4]
    shelf.forget_thumbs()
    shelf.thumb(4, Look())
    assert folder.read == [3, 4, 4]


def test_labels_are_kept(folder):
    shelf = Shelf(folder)
    assert [shelf.label(index, Look(classes=("dark", "light"))) for index in (1, 2, 1)] == ["light", "dark", "light"]
    assert folder.read == [1, 2]
    assert shelf.label(7, Look()) is None


def test_a_broken_element_is_noted(folder):
    shelf = Shelf(folder)
    assert type(shelf.element(7)) is Broken
    assert shelf.broken == {7: Broken(7, "ValueError: 0007.jpg is cut short")}
    assert shelf.thumb(7, Look()).broken
    assert shelf.samples(7) == []


def test_a_pipe_is_read_anew_in_every_epoch(folder):
    pipe = folder | ly.data.shuffle(seed=0)
    shelf = Shelf(pipe)
    first = shelf.element(0)
    pipe.set_epoch(1)
    assert not torch.equal(shelf.element(0)[0], first[0])
    assert shelf.epoch == 1


def test_batches_are_taken_apart_but_have_no_label(folder):
    shelf = Shelf([(torch.rand(3, 9, 9), 1)] * 40 | ly.data.batch(20))
    assert len(shelf.samples(0)) == 16
    assert shelf.label(0, Look()) is None
    assert shelf.thumb(0, Look()).caption == "batch of 16"


def test_one_thread_at_a_time_reads():
    inside, most = [0], [0]

    class Slow:
        def __len__(self):
            return 50

        def __getitem__(self, index):
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            inside[0] -= 1
            return index

    locked = Locked(Slow(), threading.RLock())
    threads = [threading.Thread(target=lambda: [locked[index] for index in range(50)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]
    assert (len(locked), repr(locked)) == (50, "Slow[50]")
