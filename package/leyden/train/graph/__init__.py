"""What callbacks read and write, who must run before whom because of it, and what is wrong where that cannot be."""

from leyden.train.graph.access import Access, access_of, borrows, declare, reads, runs_after, writes
from leyden.train.graph.fault import Fault, FaultKind
from leyden.train.graph.lightning import UNDECLARED
from leyden.train.graph.node import Edge, Node
from leyden.train.graph.path import ROOTS, covers, overlaps
from leyden.train.graph.planning import Plan, plan
from leyden.train.graph.promise import Promise, logged_by
from leyden.train.graph.resolution import Resolution, Side, resolve

__all__ = [
    "ROOTS", "UNDECLARED", "Access", "Edge", "Fault", "FaultKind", "Node", "Plan", "Promise", "Resolution", "Side",
    "access_of", "borrows", "covers", "declare", "logged_by", "overlaps", "plan", "reads", "resolve", "runs_after",
    "writes",
]  # fmt: skip
