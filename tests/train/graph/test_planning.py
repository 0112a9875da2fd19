"""Plans: any set of declared callbacks has an order that every pair obeys, or every fault is named."""

import itertools
import time

import pytorch_lightning as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from leyden.train.graph.access import declare, reads, writes
from leyden.train.graph.path import overlaps
from leyden.train.graph.planning import plan
from leyden.train.graph.resolution import resolve

PATHS = [
    "logged.a",
    "logged.b",
    "logged.*",
    "optimizer.lr",
    "optimizer",
    "model.parameters",
    "batch",
    "trainer.should_stop",
]
ACCESS = st.tuples(st.lists(st.sampled_from(PATHS), max_size=2), st.lists(st.sampled_from(PATHS), max_size=1))


def make(accesses):
    callbacks = []
    for number, (read, written) in enumerate(accesses):
        callback = type(f"C{number}", (pl.Callback,), {})()
        declare(callback, reads=read, writes=written)
        callbacks.append(callback)
    return callbacks


def wants(accesses):
    """Pairs (before, after) that the declarations ask for, written down the slow way."""
    for (one, (_, written)), (other, (read, own)) in itertools.permutations(enumerate(accesses), 2):
        for path in written:
            flag = path == "trainer.should_stop"
            if any(overlaps(path, wanted) for wanted in read) and not (flag and flag in [p == path for p in own]):
                yield one, other


@settings(deadline=None, max_examples=150)
@given(st.lists(ACCESS, max_size=6))
def test_a_set_of_callbacks_builds_with_an_order_that_every_pair_obeys_or_names_every_fault(accesses):
    made = plan(make(accesses))
    place = {node.name: number for number, node in enumerate(made.nodes)}
    clashes = {
        frozenset((f"C{one}", f"C{other}"))
        for (one, (_, first)), (other, (_, second)) in itertools.combinations(enumerate(accesses), 2)
        for a, b in itertools.product(first, second)
        if overlaps(a, b) and a != "trainer.should_stop"
    }
    assert clashes == {frozenset(fault.callbacks) for fault in made.faults if fault.kind == "write conflict"}
    pairs = [(f"C{one}", f"C{other}") for one, other in wants(accesses)]
    if not made.faults:
        assert all(place[one] < place[other] for one, other in pairs)
    elif not clashes:
        rings = [fault for fault in made.faults if fault.kind == "cycle"]
        assert rings
        for fault in rings:
            ring = [*fault.callbacks, fault.callbacks[0]]
            assert all(pair in pairs for pair in itertools.pairwise(ring))


@settings(deadline=None, max_examples=50)
@given(st.lists(ACCESS, max_size=5), st.randoms(use_true_random=False))
def test_the_order_given_makes_no_difference(accesses, random):
    callbacks = make(accesses)
    mixed = random.sample(callbacks, len(callbacks))
    one, other = plan(callbacks), plan(mixed)
    assert [node.callback for node in one.nodes] == [node.callback for node in other.nodes]
    assert one.faults == other.faults
    assert one.notices == other.notices


def test_all_kinds_of_faults_are_found_at_once():
    @writes("optimizer.lr")
    class A(pl.Callback): ...

    @writes("optimizer.lr")
    class B(pl.Callback): ...

    @reads("logged.d", "callback.Nobody")
    @writes("logged.c")
    class C(pl.Callback): ...

    @reads("logged.c")
    @writes("logged.d")
    class D(pl.Callback): ...

    again = A()
    kinds = [fault.kind for fault in plan([again, again, B(), C(), D()]).faults]
    assert sorted(kinds) == ["cycle", "listed twice", "missing writer", "write conflict"]
    made = plan([A(), B(), D()], resolve(A, B, first=B), task=pl.LightningModule())
    assert [fault.kind for fault in made.faults] == ["missing writer"]


def test_undeclared_callbacks_are_named_with_what_is_assumed_of_them():
    class X(pl.Callback): ...

    class Y(pl.Callback): ...

    (told,) = plan([Y(), X()]).notices
    assert told.startswith("X, Y: nothing declared, so taken to read everything and to write nothing")
    assert "settled by their names alone" in told
    assert "declare(X, reads=[...], writes=[...])" in told


def test_a_subclass_that_says_nothing_of_its_own_hooks_is_noticed():
    class Child(pl.callbacks.EarlyStopping):
        def on_train_end(self, trainer, pl_module): ...

    told = plan([Child("val_loss")]).notices[0]
    assert told == "Child says nothing itself about on_train_end: taken to do there what its base declares"


def test_what_is_borrowed_makes_neither_an_order_nor_a_conflict():
    one, other, reader = pl.Callback(), pl.Callback(), pl.Callback()
    declare(one, borrows=["model.training"])
    declare(other, writes=["model"])
    declare(reader, reads=["model.training"])
    made = plan([one, other, reader])
    assert not made.faults
    assert len(made.edges) == 1


def test_a_resolution_without_its_two_callbacks_is_noticed():
    class X(pl.Callback): ...

    (told,) = plan([], resolve(X, pl.callbacks.Timer, first=X)).notices
    assert told == "resolve(X, Timer, first=X) concerns no two callbacks"


def test_an_empty_graph_is_a_plan():
    assert repr(plan([])) == "Plan()"


def test_a_plan_of_sixty_callbacks_is_made_while_one_waits():
    made = make([([f"logged.m{n - 1}"] if n else [], [f"logged.m{n}"]) for n in range(60)])
    start = time.perf_counter()
    assert [node.callback for node in plan(made[::-1]).nodes] == made
    assert time.perf_counter() - start < 5  # a bound against something much worse than linear, not a measurement
