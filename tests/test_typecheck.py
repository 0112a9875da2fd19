"""What is called with something that its annotations do not say fails, in leyden as in these functions."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import jaxtyping
import pytest
import torch
from jaxtyping import Float, TypeCheckError
from torch import Tensor

from leyden.items import Keypoints
from leyden.train import Tuning
from typecheck import check

checked = jaxtyping.jaxtyped(typechecker=check)


@checked
def scaled(by: float, how: Literal["up", "down"] = "up") -> float:
    return by if how == "up" else "down"  # type: ignore[return-value]  # what a test is after


@checked
def total(left: Float[Tensor, "place"], right: Float[Tensor, "place"]) -> Float[Tensor, "place"]:
    return left + right


@checked
def counted(up_to: int) -> Iterator[int]:
    yield from range(up_to)


@checked
@dataclass
class Pair:
    one: int
    other: "Pair | None" = None


def test_arguments_and_what_is_returned_are_checked_and_a_whole_number_is_a_real_one():
    assert scaled(3) == 3
    for wrong in (("3",), (3, "sideways"), (3, "down")):
        with pytest.raises(TypeCheckError):
            scaled(*wrong)


def test_generators_and_dataclasses_are_checked():
    assert list(counted(2)) == [0, 1]
    assert Pair(1, Pair(2)).one == 1
    for wrong in (lambda: counted("2"), lambda: Pair("1")):
        with pytest.raises(TypeCheckError):
            wrong()


def test_an_axis_has_one_size_within_a_call():
    assert total(torch.ones(2), torch.ones(2)).tolist() == [2, 2]
    with pytest.raises(TypeCheckError):
        total(torch.ones(2), torch.ones(1))


def test_leyden_is_checked():
    for wrong in (lambda: Tuning(rate="fast"), lambda: Keypoints(torch.zeros(3, 2), (4, 4)).warp(7)):
        with pytest.raises(TypeCheckError):
            wrong()


def test_what_a_compiler_looks_at_first_is_let_through():
    @checked
    def doubled(x: Tensor) -> Tensor:
        return 2 * x

    compiled = torch.compile(lambda x: doubled(x), fullgraph=True, backend="eager")
    assert compiled(torch.ones(1)).tolist() == [2]
    with pytest.raises(TypeCheckError):
        doubled(1)


def test_nothing_is_checked_while_unchecked_is_in_use(unchecked):
    assert scaled("3") == "3"
    assert total(torch.ones(2), torch.ones(1)).tolist() == [2, 2]
    assert Pair("1").one == "1"
