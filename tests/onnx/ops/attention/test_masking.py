"""What each query sees, written out."""

import torch

from leyden.onnx.ops.attention.masking import Sight, mask_of

QUERY = torch.zeros(1, 1, 2, 4)


def seen(sight: Sight, keys: int = 4) -> list[list[int]]:
    mask = mask_of(None, sight, QUERY, keys)
    assert mask is not None
    return mask.int().tolist()


def test_no_limit_is_no_mask() -> None:
    assert mask_of(None, Sight(past=2), QUERY, 4) is None


def test_a_causal_query_sees_itself_and_what_came_before() -> None:
    assert seen(Sight(causal=True)) == [[1, 0, 0, 0], [1, 1, 0, 0]]


def test_the_past_comes_before_all_queries() -> None:
    assert seen(Sight(causal=True, past=2)) == [[1, 1, 1, 0], [1, 1, 1, 1]]


def test_windows_have_two_sides() -> None:
    assert seen(Sight(left=1, past=2)) == [[0, 1, 1, 1], [0, 0, 1, 1]]
    assert seen(Sight(right=1)) == [[1, 1, 0, 0], [1, 1, 1, 0]]


def test_a_causal_query_does_not_see_behind_itself_through_a_window() -> None:
    assert seen(Sight(causal=True, left=0, right=3)) == [[1, 0, 0, 0], [0, 1, 0, 0]]


def test_filling_is_not_seen_and_says_where_queries_are() -> None:
    assert seen(Sight(filled=torch.tensor([3]))) == [[[[1, 1, 1, 0]]]]
    assert seen(Sight(causal=True, filled=torch.tensor([3]))) == [[[[1, 1, 0, 0], [1, 1, 1, 0]]]]


def test_a_short_mask_hides_the_rest() -> None:
    chosen = mask_of(torch.tensor([[True, False]]), Sight(), QUERY, 3)
    added = mask_of(torch.tensor([[0.5, 0.0]]), Sight(), QUERY, 3)
    assert chosen is not None
    assert chosen.tolist() == [[True, False, False]]
    assert added is not None
    assert added.tolist() == [[0.5, 0.0, -torch.inf]]


def test_numbers_to_add_become_infinite_where_nothing_is_seen() -> None:
    mask = mask_of(torch.ones(2, 2), Sight(causal=True), QUERY, 2)
    assert mask is not None
    assert mask.tolist() == [[1.0, -torch.inf], [1.0, 1.0]]


def test_masks_of_booleans_are_joined() -> None:
    mask = mask_of(torch.tensor([False, True]), Sight(causal=True), QUERY, 2)
    assert mask is not None
    assert mask.tolist() == [[False, False], [False, True]]
