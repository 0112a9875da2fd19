import pytest
import torch

from leyden.medical.sliding.blending import ROWS, Blending
from leyden.medical.sliding.places import Places, window_weights


def test_the_mean_of_two_windows_is_weighted_by_hand() -> None:
    places, result = Places((1, 3), (1, 2), (0.0, 0.5)), torch.zeros(1, 1, 3)
    blending = Blending(places, torch.tensor([[1.0, 3.0]]), result)
    blending.add_((0, 0), torch.tensor([[[2.0, 4.0]]]))
    blending.add_((0, 1), torch.tensor([[[8.0, 16.0]]]))
    blending.finish_(1)
    assert result.tolist() == [[[2.0, (3 * 4 + 8) / 4, 16.0]]]


@pytest.mark.parametrize("rows", [5, ROWS, 2 * ROWS + 3])
def test_equal_windows_blend_to_the_same_however_often_rows_are_finished(rows: int) -> None:
    places, result = Places((rows, 6), (4, 3), (0.5, 0.3)), torch.zeros(2, rows, 6)
    blending = Blending(places, window_weights((4, 3), "gaussian"), result)
    for start in places:
        blending.finish_(start[0])
        blending.add_(start, torch.ones(2, 4, 3))
    blending.finish_(rows)
    blending.finish_(rows)
    torch.testing.assert_close(result, torch.ones_like(result))


def test_half_precision_is_summed_in_single_and_not_written_to() -> None:
    places, result = Places((2, 2), (2, 2), (0.0, 0.0)), torch.zeros(1, 2, 2)
    said = torch.full((1, 2, 2), 1000.5, dtype=torch.float16)
    blending = Blending(places, torch.full((2, 2), 0.001), result)
    blending.add_((0, 0), said)
    blending.finish_(2)
    torch.testing.assert_close(result, torch.full((1, 2, 2), 1000.5))
    assert said.unique().tolist() == [1000.5]
