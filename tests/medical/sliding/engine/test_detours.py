import pytest
import torch
from torch import Tensor, nn

from leyden.medical.sliding.engine.detours import Detours


@pytest.mark.parametrize(
    "layer",
    [
        nn.Conv3d(4, 6, 3, padding=1),
        nn.Conv3d(4, 6, 3, stride=2, padding=1, dilation=2, bias=False),
        nn.Conv3d(4, 4, 3, padding="same", groups=4),
        nn.Conv3d(4, 6, 3, padding=1, padding_mode="circular"),
        nn.ConvTranspose3d(4, 6, 2, stride=2),
        nn.GroupNorm(2, 4),
        nn.InstanceNorm3d(4, affine=True),
        nn.InstanceNorm3d(4, track_running_stats=True).eval(),
        nn.BatchNorm3d(4).eval(),
        nn.Upsample(scale_factor=2, mode="trilinear"),
        nn.MaxPool3d(2),
    ],
    ids=lambda layer: type(layer).__name__ + str(sum(weight.numel() for weight in layer.parameters())),
)
def test_every_layer_answers_as_without(layer: nn.Module) -> None:
    volume = torch.randn(1, 4, 8, 10, 12, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        plain = layer(volume)
        with Detours():
            found = layer(volume.to(memory_format=torch.channels_last_3d))
    torch.testing.assert_close(found, plain, atol=1e-5, rtol=1e-5)


def test_convolutions_of_pictures_and_of_doubles_are_left_to_torch() -> None:
    picture, double = nn.Conv2d(2, 2, 3), nn.Conv3d(2, 2, 3).double()
    with torch.inference_mode(), Detours():
        assert picture(torch.zeros(1, 2, 5, 5)).shape == (1, 2, 3, 3)
        assert double(torch.zeros(1, 2, 5, 5, 5, dtype=torch.float64)).dtype == torch.float64


def test_a_convolution_called_as_a_function_is_left_to_torch() -> None:
    volume, weight = torch.ones(1, 1, 3, 3, 3), torch.ones(1, 1, 3, 3, 3)
    with torch.inference_mode(), Detours():
        found: Tensor = nn.functional.conv3d(volume, weight, padding=0)
    assert found.item() == 27


@pytest.mark.parametrize(
    "given", [(1, 1, 1, 1), (2, 0, 1, 2), ((1, 2, 1), (1,), (1, 1, 1), 1), ([2], [1, 0, 1], 1, 1)], ids=str
)
def test_functions_take_one_number_for_all_axes(given: tuple) -> None:
    generator = torch.Generator().manual_seed(0)
    volume = torch.randn(1, 4, 8, 10, 12, generator=generator)
    weight = torch.randn(6, 4 // given[3], 3, 3, 3, generator=generator)
    plain = nn.functional.conv3d(volume, weight, None, *given)
    with torch.inference_mode(), Detours():
        found = nn.functional.conv3d(volume.to(memory_format=torch.channels_last_3d), weight, None, *given)
    torch.testing.assert_close(found, plain, atol=1e-4, rtol=1e-4)
