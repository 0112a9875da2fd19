"""Ensembles of trees as files write them: version 5 as one operator, before it one for values and one for classes."""

from collections.abc import Mapping
from typing import Any, final

import numpy as np
import torch
from torch import Tensor, nn

from leyden.onnx.ops.table.forest import MODES, Forest, Nodes, Together, Votes
from leyden.onnx.ops.table.scores import After, Labels, finished, signed

__all__ = ["TreeClassifier", "TreeRegressor", "tree_classifier", "tree_ensemble", "tree_regressor"]

_AFTER: tuple[After, ...] = ("NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT")
_TOGETHER: tuple[Together, ...] = ("AVERAGE", "SUM", "MIN", "MAX")


@final
class TreeRegressor(nn.Module):
    """Values of a forest.

    Args:
        forest: The trees.
        base: Added to the values; None for nothing.
        post_transform: What is done to the values at the end.
        wide: Whether the values keep the type of the table; they are float32 otherwise.
    """

    def __init__(self, forest: Forest, base: Tensor | None, *, post_transform: After, wide: bool) -> None:
        super().__init__()
        self.forest = forest
        self.base = None if base is None else nn.Parameter(base)
        self.post_transform: After = post_transform
        self.wide = wide

    def forward(self, x: Tensor) -> Tensor:
        """Give the values of each row."""
        values = self.forest(x)
        values = finished(values if self.base is None else values + self.base, self.post_transform)
        return values.to(x.dtype if self.wide else torch.float32)


@final
class TreeClassifier(nn.Module):
    """Classes of a forest.

    Args:
        forest: The trees.
        base: Added to the scores; None for nothing.
        labels: Names of the classes.
        post_transform: What is done to the scores at the end.
        single: Whether all leaves vote for the first of two classes: their sum is the score of the second.
        positive: Whether no vote is negative: the sum is a probability.
    """

    def __init__(
        self,
        forest: Forest,
        base: Tensor | None,
        labels: Labels,
        *,
        post_transform: After,
        single: bool,
        positive: bool,
    ) -> None:
        super().__init__()
        self.forest, self.labels, self.single, self.positive = forest, labels, single, positive
        self.base = None if base is None else nn.Parameter(base)
        self.post_transform: After = post_transform

    def forward(self, x: Tensor) -> tuple[Any, Tensor]:
        """Give the labels and the scores."""
        scores = self.forest(x).to(torch.float32)
        if self.labels.count == 1:
            scores = scores if self.base is None else scores + self.base
            return (scores > 0)[:, 0].long(), scores
        if not self.single:
            scores = scores if self.base is None else scores + self.base
            return self.labels(scores.argmax(1)), finished(scores, self.post_transform)
        score = scores[:, :1] if self.base is None else scores[:, :1] + self.base[-1:]
        over = (score > (0.5 if self.positive else 0))[:, 0].long()
        if self.post_transform == "LOGISTIC":
            return self.labels(over), signed(score, "LOGISTIC")
        both = torch.cat((1 - score if self.positive else -score, score), 1)
        return self.labels(over), finished(both, "PROBIT") if self.post_transform == "PROBIT" else both


def tree_ensemble(settings: Mapping[str, Any]) -> TreeRegressor:
    """Make the layer of a TreeEnsemble of its attributes.

    Raises:
        ValueError: The trees are broken.
    """
    splits = _array(settings["nodes_splits"])
    count, leaves = len(splits), len(settings["leaf_targetids"])
    modes = np.concatenate((_array(settings["nodes_modes"]).astype(np.int64), np.full(leaves, MODES.index("LEAF"))))
    own = np.arange(count, count + leaves)
    yes = _array(settings["nodes_truenodeids"]) + count * _array(settings["nodes_trueleafs"])
    no = _array(settings["nodes_falsenodeids"]) + count * _array(settings["nodes_falseleafs"])
    missing = _array(settings.get("nodes_missing_value_tracks_true", (0,) * count))
    nodes = Nodes(
        roots=_array(settings["tree_roots"]), modes=modes, features=_more(settings["nodes_featureids"], leaves),
        splits=_more(splits, leaves), yes=np.concatenate((yes, own)), no=np.concatenate((no, own)),
        missing=_more(missing, leaves).astype(bool), members=_members(settings, modes),
    )  # fmt: skip
    targets = _array(settings["leaf_targetids"])
    many = settings.get("n_targets", int(targets.max(initial=0)) + 1)
    forest = Forest(
        nodes,
        Votes(own, targets, _array(settings["leaf_weights"]), many),
        _TOGETHER[settings.get("aggregate_function", 1)],
    )
    return TreeRegressor(forest, None, post_transform=_AFTER[settings.get("post_transform", 0)], wide=True)


def tree_regressor(settings: Mapping[str, Any]) -> TreeRegressor:
    """Make the layer of a TreeEnsembleRegressor of its attributes.

    Raises:
        ValueError: The trees are broken.
    """
    nodes, places = _nodes(settings)
    count = settings.get("n_targets", max(settings["target_ids"], default=0) + 1)
    forest = Forest(nodes, _votes(settings, "target", places, count), settings.get("aggregate_function", "SUM"))
    after = settings.get("post_transform", "NONE")
    return TreeRegressor(forest, _base(settings), post_transform=after, wide=False)


def tree_classifier(settings: Mapping[str, Any]) -> TreeClassifier:
    """Make the layer of a TreeEnsembleClassifier of its attributes.

    Raises:
        ValueError: The trees are broken.
    """
    nodes, places = _nodes(settings)
    labels = Labels(settings.get("classlabels_int64s", ()), settings.get("classlabels_strings", ()))
    votes = _votes(settings, "class", places, labels.count)
    single = labels.count == 2 and not votes.targets.any()
    return TreeClassifier(
        Forest(nodes, votes), _base(settings), labels, post_transform=settings.get("post_transform", "NONE"),
        single=single, positive=bool((votes.weights >= 0).all()),
    )  # fmt: skip


def _array(values: Any) -> np.ndarray:
    return values.numpy() if isinstance(values, Tensor) else np.array(values)


def _more(values: Any, count: int) -> np.ndarray:
    """Add zeros for the leaves."""
    array = _array(values)
    return np.concatenate((array, np.zeros(count, dtype=array.dtype)))


def _members(settings: Mapping[str, Any], modes: np.ndarray) -> dict[int, list[float]]:
    """Give the members of each set: the file ends each with NaN."""
    values = settings.get("membership_values")
    asking = np.flatnonzero(modes == MODES.index("MEMBER"))
    if values is None:
        values = torch.zeros(0)
    sets: list[list[float]] = [[]]
    for value in values.tolist():
        if value != value:
            sets.append([])
        else:
            sets[-1].append(value)
    if len(sets) - 1 != len(asking) and not (len(sets) == len(asking) and sets[-1]):
        raise ValueError(f"the trees are broken: {len(asking)} nodes ask for members of {len(sets) - 1} sets")
    return dict(zip(asking.tolist(), sets, strict=False))


def _floats(settings: Mapping[str, Any], name: str) -> np.ndarray | None:
    tensor = settings.get(f"{name}_as_tensor")
    if tensor is not None:
        return _array(tensor)
    return np.array(settings[name], dtype=np.float32) if settings.get(name) else None


def _base(settings: Mapping[str, Any]) -> Tensor | None:
    values = _floats(settings, "base_values")
    return None if values is None else torch.from_numpy(values.astype(np.float32))


def _nodes(settings: Mapping[str, Any]) -> tuple[Nodes, dict[tuple[int, int], int]]:
    """Read the nodes of a version before 5; say where the node of a tree and a number is."""
    trees, numbers = settings["nodes_treeids"], settings["nodes_nodeids"]
    places = {pair: at for at, pair in enumerate(zip(trees, numbers, strict=True))}
    modes = np.array([MODES.index(mode.removeprefix("BRANCH_")) for mode in settings["nodes_modes"]], dtype=np.int64)
    leaf = modes == MODES.index("LEAF")
    own = np.arange(len(modes))
    ways = [
        np.array([places.get((tree, number), -1) for tree, number in zip(trees, settings[name], strict=True)])
        for name in ("nodes_truenodeids", "nodes_falsenodeids")
    ]
    yes, no = (np.where(leaf, own, way) for way in ways)
    roots = np.unique(np.array(trees), return_index=True)[1]
    missing = np.array(settings.get("nodes_missing_value_tracks_true") or (0,) * len(modes), dtype=bool)
    splits = _floats(settings, "nodes_values")
    assert splits is not None
    features = np.where(leaf, 0, np.array(settings["nodes_featureids"]))
    return Nodes(roots, modes, features, splits, yes, no, missing, {}), places


def _votes(settings: Mapping[str, Any], kind: str, places: Mapping[tuple[int, int], int], count: int) -> Votes:
    weights = _floats(settings, f"{kind}_weights")
    assert weights is not None
    pairs = zip(settings[f"{kind}_treeids"], settings[f"{kind}_nodeids"], strict=True)
    nodes = np.array([places[pair] for pair in pairs], dtype=np.int64)
    return Votes(nodes, np.array(settings[f"{kind}_ids"], dtype=np.int64), weights, count)
