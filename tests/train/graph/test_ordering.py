"""Orders and circles, against slow and obvious references."""

import itertools

import networkx
import pytorch_lightning as pl
from hypothesis import given
from hypothesis import strategies as st

from leyden.train.graph.access import Access
from leyden.train.graph.node import Edge, Node
from leyden.train.graph.ordering import circles, order, reachable


def spot(name, phase=1):
    return Node(name, pl.Callback(), Access(), phase)


NAMES = "abcdefg"
SPOTS = [spot(name) for name in NAMES]
EDGES = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda pair: pair[0] != pair[1]), max_size=14
).map(lambda pairs: [Edge(one, other, "logged.x") for one, other in dict.fromkeys(pairs)])


def drawn(edges):
    graph = networkx.DiGraph([(edge.first, edge.then) for edge in edges])
    graph.add_nodes_from(NAMES)
    return graph


@given(EDGES)
def test_every_edge_leads_forwards_or_a_circle_is_told(edges):
    place = {node.name: number for number, node in enumerate(order(SPOTS, edges))}
    assert sorted(place) == sorted(NAMES)
    if networkx.is_directed_acyclic_graph(drawn(edges)):
        assert all(place[edge.first] < place[edge.then] for edge in edges)
        assert circles(SPOTS, edges, skip=frozenset()) == ()


@given(EDGES)
def test_one_circle_is_told_for_every_set_that_waits_for_each_other(edges):
    knots = [knot for knot in networkx.strongly_connected_components(drawn(edges)) if len(knot) > 1]
    faults = circles(SPOTS, edges, skip=frozenset())
    assert len(faults) == len(knots)
    for fault in faults:
        ring = [*fault.callbacks, fault.callbacks[0]]
        assert all(Edge(one, other, "logged.x") in edges for one, other in itertools.pairwise(ring))
        assert any(set(fault.callbacks) <= knot for knot in knots)


@given(EDGES, st.sampled_from(NAMES))
def test_reachable_is_what_a_walk_can_reach(edges, start):
    graph = drawn(edges)
    found = set(networkx.descendants(graph, start))
    if any(start in knot and len(knot) > 1 for knot in networkx.strongly_connected_components(graph)):
        found.add(start)
    assert reachable(start, edges) == found


def test_what_edges_leave_open_is_settled_by_phase_and_then_by_the_order_given():
    spots = [spot("late", 3), spot("b"), spot("a"), spot("first", 0), spot("stop", 2)]
    assert [node.name for node in order(spots, [])] == ["first", "b", "a", "stop", "late"]


def test_a_pair_whose_quarrel_is_told_otherwise_makes_no_circle():
    edges = [Edge("a", "b", "optimizer.lr"), Edge("b", "a", "optimizer.lr")]
    assert circles(SPOTS, edges, skip={frozenset("ab")}) == ()


def test_a_circle_names_the_paths_and_a_line_that_cuts_it():
    edges = [Edge("a", "b", "logged.x"), Edge("b", "c", "runs_after"), Edge("c", "a", "logged.y")]
    (fault,) = circles(SPOTS, edges, skip=frozenset())
    assert fault.callbacks == ("a", "b", "c")
    assert fault.paths == ("logged.x", "logged.y")
    assert "a before b (logged.x), b before c (runs_after), c before a (logged.y)" in fault.message
    assert fault.mend == "resolve(a, c, first=a)"
