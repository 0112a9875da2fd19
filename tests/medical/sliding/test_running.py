import pytest
import torch
from torch import Tensor, nn

from leyden.errors import MedicalError
from leyden.medical.sliding.engine import Network, engine_for, running
from leyden.medical.sliding.places import Places, window_weights
from leyden.medical.sliding.running import Answers, blend_windows_

IMAGE = torch.rand(2, 9, 10, generator=torch.Generator().manual_seed(0))
PLACES = Places((9, 10), (4, 4), (0.5, 0.5))


def blended(network: Network, image: Tensor = IMAGE, places: Places = PLACES, batch: int = 1) -> Tensor:
    engine = engine_for(network, image, layout="plain", precision=None)
    answers = Answers.of(network, image, places=places, batch=batch, regions=2, engine=engine)
    result = torch.zeros(2, *places.size)
    with running(network, engine):
        blend_windows_(result, answers, weights=window_weights(places.window, "gaussian"), progress=None, stop=None)
    return result


@pytest.mark.parametrize("batch", [1, 2, 3, 7, 100])
def test_a_network_that_gives_back_what_it_sees_gives_the_image(batch: int) -> None:
    torch.testing.assert_close(blended(lambda windows: windows, batch=batch), IMAGE)


def test_a_network_that_computes_in_place_does_not_spoil_the_image() -> None:
    before = IMAGE.clone()
    torch.testing.assert_close(blended(lambda windows: windows.mul_(2)), 2 * before)
    assert torch.equal(IMAGE, before)


def test_around_a_small_image_there_are_zeros_at_every_call() -> None:
    seen: list[Tensor] = []

    def network(windows: Tensor) -> Tensor:
        seen.append(windows.clone())
        return windows.fill_(1.0)

    blended(network, places=Places((9, 10), (12, 4), (0.5, 0.5)))
    assert len(seen) == 4
    assert all(not window[0, :, 0].any() and not window[0, :, 10:].any() for window in seen)


def test_empty_windows_are_asked_once_and_the_result_is_that_of_asking_all() -> None:
    image = IMAGE.clone()
    image[:, :, 4:] = 0
    torch.manual_seed(0)
    network, asked = nn.Conv2d(2, 2, 3, padding=1), list[Tensor]()

    def counting(windows: Tensor) -> Tensor:
        asked.append(windows.clone())
        return network(windows)

    found = blended(counting, image)
    empty = [window for window in asked if not window.any()]
    assert len(empty) == 1
    assert len(asked) == 9
    slow, total = torch.zeros(2, 9, 10), torch.zeros(9, 10)
    weights = window_weights((4, 4), "gaussian")
    for start in PLACES:
        part = PLACES.cut(start)[0]
        with torch.no_grad():
            slow[:, *part] += network(image[None, :, *part])[0] * weights
        total[part] += weights
    torch.testing.assert_close(found, slow / total)


def test_an_image_of_nothing_is_asked_once() -> None:
    asked: list[int] = []

    def network(windows: Tensor) -> Tensor:
        asked.append(len(windows))
        return windows + 3

    torch.testing.assert_close(blended(network, torch.zeros(2, 9, 10), batch=4), torch.full((2, 9, 10), 3.0))
    assert asked == [1]


def test_half_precision_answers_are_summed_in_single() -> None:
    found = blended(lambda windows: (windows * 0 + 1000.5).half(), batch=2)
    torch.testing.assert_close(found, torch.full_like(found, 1000.5))


def test_another_shape_is_refused_with_the_shapes() -> None:
    with pytest.raises(
        MedicalError, match=r"makes 1 x 2 x 2 x 2 of windows 1 x 2 x 4 x 4; the plan wants 1 x 2 x 4 x 4"
    ):
        blended(lambda windows: windows[..., ::2, ::2])


def test_a_tuple_is_refused_with_the_way_out(unchecked: None) -> None:
    with pytest.raises(MedicalError, match=r"answers with tuple, not with a tensor; wrap it: plan.run\(lambda"):
        blended(lambda windows: (windows, windows))  # pyright: ignore[reportArgumentType]


def test_an_answer_that_is_no_number_names_its_windows() -> None:
    with pytest.raises(MedicalError, match=r"the windows from \(0, 0\) with NaN or infinity"):
        blended(lambda windows: windows / 0)


def test_what_a_network_raises_says_at_which_window() -> None:
    def network(windows: Tensor) -> Tensor:
        raise ValueError("mine")

    with pytest.raises(ValueError, match="mine") as caught:
        blended(network)
    (note,) = caught.value.__notes__
    assert note.startswith("while the network answered the windows from (0, 0), 1 x 2 x 4 x 4; if sizes did not match")
