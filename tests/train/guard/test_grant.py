from hypothesis import given
from hypothesis import strategies as st

from leyden.train.graph.access import Access
from leyden.train.graph.path import covers, overlaps
from leyden.train.guard.grant import Grant

words = st.lists(st.sampled_from(["lr", "*", "val_*", "val_loss", "0"]), max_size=2)
paths = st.builds(lambda root, rest: ".".join([root, *rest]), st.sampled_from(["optimizer", "logged", "batch"]), words)


@given(st.lists(paths, max_size=3), st.lists(paths, max_size=3), paths)
def test_every_answer_is_that_of_the_declared_paths(reads, writes, path):
    grant = Grant(Access(tuple(reads), tuple(writes)))
    for _ in range(2):
        assert grant.readable[path] == any(covers(said, path) for said in reads + writes)
        assert grant.writable[path] == any(covers(said, path) for said in writes)
        assert grant.partly[path] == any(overlaps(said, path) for said in reads + writes)


def test_what_may_be_written_may_be_read():
    grant = Grant(Access(writes=("optimizer.lr",)))
    assert grant.readable["optimizer.lr"]


def test_nothing_said_is_nothing_granted():
    grant = Grant(Access())
    assert not grant.readable["batch"]
    assert not grant.partly["batch"]


def test_what_is_offered_is_found_out_once_a_path():
    grant = Grant(Access(reads=("batch.0", "outputs"), writes=("batch.1",)))
    batch = grant.offers["batch"]
    assert (batch.plain, batch.watched, batch.sealed) == (False, False, False)
    assert (batch.part(0).watched, batch.part(1).plain, batch.part(2).sealed) == (True, True, True)
    assert batch.part(0) is batch.parts[0] is grant.offers["batch.0"]
    assert batch.part(slice(0, 1)).path == "batch.slice(0, 1, None)"
    assert grant.offers["outputs"].part("loss").watched
