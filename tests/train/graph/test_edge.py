"""Edges: who must run before whom, and why."""

import pytorch_lightning as pl

from leyden.train.graph.access import reads, runs_after, writes
from leyden.train.graph.edge import hard_edges, soft_edges
from leyden.train.graph.node import Edge, nodes_of
from leyden.train.graph.resolution import resolve


@writes("optimizer.lr")
class Warm(pl.Callback): ...


@reads("optimizer")
@writes("logger", "trainer.should_stop")
class Stop(pl.Callback): ...


@reads("trainer.should_stop")
@writes("logger", "trainer.should_stop")
class Halt(pl.Callback): ...


@reads("callback.Warm.factor")
class Look(pl.Callback): ...


@runs_after(Stop)
class Late(pl.Callback): ...


class Silent(pl.Callback): ...


def edges(*callbacks, settle=()):
    return hard_edges(nodes_of(callbacks)[0], settle)[0]


def test_a_writer_runs_before_the_readers_of_what_it_writes():
    assert edges(Stop(), Warm()) == (Edge("Warm", "Stop", "optimizer.lr"),)


def test_a_flag_that_several_raise_and_loggers_that_several_add_to_set_no_order_among_them():
    assert edges(Stop(), Halt()) == ()


def test_one_who_looks_at_another_callback_runs_after_it():
    class Warmer(Warm): ...

    assert edges(Look(), Warm()) == (Edge("Warm", "Look", "callback.Warm.factor"),)
    assert edges(Look(), Warmer()) == (Edge("Warmer", "Look", "callback.Warm.factor"),)


def test_runs_after_holds_for_every_callback_of_the_class():
    assert edges(Late(), Stop(), Stop()) == (Edge("Stop", "Late", "runs_after"), Edge("Stop 2", "Late", "runs_after"))


def test_a_resolution_takes_the_place_of_what_speaks_against_it():
    assert edges(Stop(), Warm(), settle=(resolve(Stop, Warm, first=Stop),)) == (Edge("Stop", "Warm", "resolve"),)


def test_a_resolution_that_concerns_nobody_is_given_back():
    idle = resolve(Stop, Halt, first=Halt)
    assert hard_edges(nodes_of([Warm()])[0], [idle]) == ((), [idle])


def test_an_undeclared_callback_runs_after_all_writers_unless_something_speaks_against_it():
    @runs_after(Silent)
    @writes("optimizer.momentum")
    class Then(pl.Callback): ...

    nodes, _ = nodes_of([Silent(), Warm(), Then()])
    hard = hard_edges(nodes, [])[0]
    assert hard == (Edge("Silent", "Then", "runs_after"),)
    assert soft_edges(nodes, hard) == (Edge("Warm", "Silent", "undeclared"),)
