import numpy as np
import pytest
import torch

from leyden.onnx.ops.table.forest import MODES, Forest, Nodes, Votes


def stump(
    mode: str, split: float = 1.0, *, missing: bool = False, members: dict[int, list[float]] | None = None
) -> Nodes:
    """One question of the first column: the leaf 1 for yes, 2 for no."""
    own = np.arange(3)
    return Nodes(
        np.array([0]), np.array([MODES.index(mode), 7, 7]), np.zeros(3, dtype=np.int64),
        np.array([split, 0, 0], np.float32),
        np.array([1, *own[1:]]), np.array([2, *own[1:]]), np.array([missing, False, False]), members or {},
    )  # fmt: skip


VOTES = Votes(np.array([1, 2, 2]), np.array([0, 0, 1]), np.array([10.0, 20.0, 30.0], np.float32), 2)


@pytest.mark.parametrize(
    ("mode", "yes"),
    [
        ("LEQ", [1, 1, 0]),
        ("LT", [1, 0, 0]),
        ("GTE", [0, 1, 1]),
        ("GT", [0, 0, 1]),
        ("EQ", [0, 1, 0]),
        ("NEQ", [1, 0, 1]),
    ],
)
def test_a_node_asks_its_question(mode: str, yes: list[int]):
    leaves = Forest(stump(mode), VOTES).leaves(torch.tensor([[0.5], [1.0], [1.5]]))
    assert leaves.flatten().tolist() == [1 if answer else 2 for answer in yes]


@pytest.mark.parametrize("mode", MODES[:6])
@pytest.mark.parametrize("missing", [True, False])
def test_what_is_missing_goes_where_the_node_says(mode: str, missing: bool):
    leaves = Forest(stump(mode, missing=missing), VOTES).leaves(torch.tensor([[float("nan")]]))
    assert leaves.item() == (1 if missing else 2)


def test_a_node_may_ask_for_a_member_of_a_set():
    forest = Forest(stump("MEMBER", members={0: [3.0, 5.0]}), VOTES)
    assert forest.leaves(torch.tensor([[3.0], [4.0], [5.0], [float("nan")]])).flatten().tolist() == [1, 2, 1, 2]


@pytest.mark.parametrize(
    ("together", "wanted"), [("SUM", [20, 30]), ("AVERAGE", [20, 30]), ("MIN", [20, 30]), ("MAX", [20, 30])]
)
def test_a_leaf_may_vote_for_several_targets(together: str, wanted: list[float]):
    assert Forest(stump("LT"), VOTES, together)(torch.tensor([[2.0]])).tolist() == [wanted]


@pytest.mark.parametrize("together", ["SUM", "MIN", "MAX"])
def test_a_target_without_votes_is_zero(together: str):
    assert Forest(stump("LT"), VOTES, together)(torch.tensor([[0.0]])).tolist() == [[10, 0]]


def test_weights_of_leaves_learn():
    forest = Forest(stump("LT"), VOTES)
    forest(torch.tensor([[0.0], [0.5]])).sum().backward()
    assert forest.weights.grad[1, 0].item() == 2


def test_trees_that_go_round_are_an_error():
    nodes = stump("LT")
    nodes.yes[0] = 0
    with pytest.raises(ValueError, match="a node comes after itself"):
        Forest(nodes, VOTES)


def test_nodes_outside_are_an_error():
    nodes = stump("LT")
    nodes.no[0] = 9
    with pytest.raises(ValueError, match="no name nodes outside of the 3"):
        Forest(nodes, VOTES)


def test_targets_outside_are_an_error():
    with pytest.raises(ValueError, match="targets outside of the 1"):
        Forest(stump("LT"), Votes(VOTES.nodes, VOTES.targets, VOTES.weights, 1))
