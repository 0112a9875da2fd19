"""Ensembles of decision trees, gone down level by level for all rows and trees at once."""

from dataclasses import dataclass
from typing import Literal, final

import numpy as np
import torch
from torch import Tensor, nn

__all__ = ["MODES", "Forest", "Nodes", "Together", "Votes"]

Together = Literal["SUM", "AVERAGE", "MIN", "MAX"]
"""How the leaves that a row ends in are put together."""

MODES = ("LEQ", "LT", "GTE", "GT", "EQ", "NEQ", "MEMBER", "LEAF")
"""What a node asks of a feature; leaves ask nothing."""

_LEAF, _MEMBER = MODES.index("LEAF"), MODES.index("MEMBER")


@final
@dataclass(frozen=True, eq=False)
class Nodes:
    """The nodes of all trees, one position in each array for each.

    Args:
        roots: Positions of the roots.
        modes: Positions in `MODES`.
        features: Which column is asked.
        splits: What it is compared with.
        yes: Position of the next node if the answer is yes; of the node itself for a leaf.
        no: The same for no.
        missing: Whether the answer is yes if the column is NaN.
        members: Members of the set for each node that asks for one, by position.
    """

    roots: np.ndarray
    modes: np.ndarray
    features: np.ndarray
    splits: np.ndarray
    yes: np.ndarray
    no: np.ndarray
    missing: np.ndarray
    members: dict[int, list[float]]

    def depth(self) -> int:
        """Count the steps to the deepest leaf.

        Raises:
            ValueError: A node leads nowhere, or back to where it came from.
        """
        count = len(self.modes)
        for name, places in (("roots", self.roots), ("yes", self.yes), ("no", self.no)):
            if places.size and not (places.min() >= 0 and places.max() < count):
                raise ValueError(f"the trees are broken: {name} name nodes outside of the {count} that there are")
        level, depth = np.unique(self.roots), 0
        while (level := level[self.modes[level] != _LEAF]).size:
            level, depth = np.unique(np.concatenate((self.yes[level], self.no[level]))), depth + 1
            if depth > count:
                raise ValueError("the trees are broken: a node comes after itself")
        return depth


@final
@dataclass(frozen=True, eq=False)
class Votes:
    """What leaves say, one position in each array for each vote.

    Args:
        nodes: Positions of the leaves.
        targets: Which target or class is voted for.
        weights: With what weight.
        count: Number of targets.
    """

    nodes: np.ndarray
    targets: np.ndarray
    weights: np.ndarray
    count: int


@final
class Forest(nn.Module):
    """Trees, and the weights of their leaves, which are a Parameter.

    Args:
        nodes: The nodes.
        votes: What the leaves say.
        together: How the leaves that a row ends in are put together.
    """

    node_roots: Tensor
    node_modes: Tensor
    node_features: Tensor
    node_yes: Tensor
    node_no: Tensor
    node_missing: Tensor
    node_splits: Tensor
    set_rows: Tensor
    sets: Tensor
    targets: Tensor

    def __init__(self, nodes: Nodes, votes: Votes, together: Together = "SUM") -> None:
        super().__init__()
        self.depth, self.count, self.together = nodes.depth(), votes.count, together
        self.trees = len(nodes.roots)
        self.modes = tuple(int(mode) for mode in np.unique(nodes.modes) if mode != _LEAF)
        for name in ("roots", "modes", "features", "yes", "no"):
            self._keep(f"node_{name}", torch.from_numpy(getattr(nodes, name).astype(np.int64)))
        self._keep("node_missing", torch.from_numpy(nodes.missing.astype(bool)))
        self._keep("node_splits", torch.from_numpy(np.array(nodes.splits)))
        rows, sets = _sets(nodes)
        self._keep("set_rows", rows)
        self._keep("sets", sets)
        targets, weights = _padded(votes, len(nodes.modes))
        self._keep("targets", targets)
        self.weights = nn.Parameter(weights)

    def forward(self, x: Tensor) -> Tensor:
        """Give the values of all targets for each row."""
        values = x if x.dtype.is_floating_point else x.to(self.weights.dtype)
        leaves = self.leaves(values)
        targets = self.targets[leaves].flatten(1)
        weights = self.weights[leaves].flatten(1)
        empty = weights.new_zeros((x.shape[0], self.count + 1))
        if self.together in ("MIN", "MAX"):
            reduce = "amin" if self.together == "MIN" else "amax"
            return empty.scatter_reduce(1, targets, weights, reduce, include_self=False)[:, :-1]
        total = empty.scatter_add(1, targets, weights)[:, :-1]
        return total / self.trees if self.together == "AVERAGE" else total

    def leaves(self, x: Tensor) -> Tensor:
        """Give the leaf of each tree that each row ends in."""
        node = self.node_roots.expand(x.shape[0], -1)
        for _ in range(self.depth):
            asked = x.gather(1, self.node_features[node])
            answer = self._answer(asked, node)
            answer = answer | (asked.isnan() & self.node_missing[node])
            node = torch.where(answer, self.node_yes[node], self.node_no[node])
        return node

    def _keep(self, name: str, value: Tensor) -> None:
        """Hold a tensor that moves with the layer; the file has it, so that no `state_dict` needs it."""
        self.register_buffer(name, value, persistent=False)

    def _answer(self, asked: Tensor, node: Tensor) -> Tensor:
        split = self.node_splits[node]
        if len(self.modes) == 1:
            return self._compared(self.modes[0], asked, split, node)
        answer, mode = torch.zeros_like(asked, dtype=torch.bool), self.node_modes[node]
        for known in self.modes:
            answer = answer | ((mode == known) & self._compared(known, asked, split, node))
        return answer

    def _compared(self, mode: int, asked: Tensor, split: Tensor, node: Tensor) -> Tensor:
        if mode == _MEMBER:
            return (asked[..., None] == self.sets[self.set_rows[node]]).any(-1)
        compare = (torch.le, torch.lt, torch.ge, torch.gt, torch.eq, torch.ne)[mode]
        answer = compare(asked, split)
        return answer & ~asked.isnan() if mode == MODES.index("NEQ") else answer


def _sets(nodes: Nodes) -> tuple[Tensor, Tensor]:
    """Give the row of each node in a matrix of members; missing ones are NaN, which equals nothing."""
    rows = np.zeros(len(nodes.modes), dtype=np.int64)
    wide = max((len(found) for found in nodes.members.values()), default=0)
    sets = np.full((len(nodes.members) + 1, wide), np.nan, dtype=nodes.splits.dtype)
    for row, (node, members) in enumerate(nodes.members.items(), start=1):
        rows[node] = row
        sets[row, : len(members)] = members
    return torch.from_numpy(rows), torch.from_numpy(sets)


def _padded(votes: Votes, count: int) -> tuple[Tensor, Tensor]:
    """Give the targets and the weights of each node, as many for each; what is too many goes to a target of its own."""
    if votes.targets.size and not (votes.targets.min() >= 0 and votes.targets.max() < votes.count):
        raise ValueError(f"the trees are broken: leaves vote for targets outside of the {votes.count} that there are")
    order = np.argsort(votes.nodes, kind="stable")
    nodes = votes.nodes[order]
    place = np.arange(len(nodes)) - np.searchsorted(nodes, nodes)
    wide = int(place.max(initial=0)) + 1
    targets = np.full((count, wide), votes.count, dtype=np.int64)
    weights = np.zeros((count, wide), dtype=votes.weights.dtype)
    targets[nodes, place] = votes.targets[order]
    weights[nodes, place] = votes.weights[order]
    return torch.from_numpy(targets), torch.from_numpy(weights)
