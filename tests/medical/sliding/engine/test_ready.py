import pytest
import torch
from torch import nn

from leyden.errors import MedicalError
from leyden.medical.sliding.engine import Engine, engine_for, running

VOLUME = torch.zeros(2, 4, 4, 4)


def net() -> nn.Sequential:
    return nn.Sequential(nn.Conv3d(2, 3, 1), nn.BatchNorm3d(3), nn.Dropout())


def test_a_module_on_the_cpu_is_fast_in_three_dimensions_and_single_precision_only() -> None:
    def is_fast(network: nn.Module, image: torch.Tensor = VOLUME, precision: torch.dtype | None = None) -> bool:
        return engine_for(network, image, layout="fast", precision=precision).fast

    assert is_fast(net())
    assert not is_fast(net(), VOLUME[:, 0])
    assert not is_fast(net().half())
    assert not is_fast(net(), precision=torch.bfloat16)
    with pytest.warns(DeprecationWarning, match="script"):
        assert not is_fast(torch.jit.script(nn.Conv3d(2, 3, 1)))
    assert not is_fast(torch.compile(net(), backend="eager"))  # pyright: ignore[reportArgumentType]
    assert not engine_for(net(), VOLUME, layout="plain", precision=None).fast
    assert not engine_for(lambda windows: windows, VOLUME, layout="fast", precision=None).fast


def test_windows_are_in_the_precision_of_the_weights() -> None:
    assert engine_for(net().half(), VOLUME, layout="fast", precision=None).dtype == torch.float16
    assert engine_for(nn.Identity(), VOLUME.double(), layout="fast", precision=None).dtype == torch.float32


def test_a_fast_buffer_has_channels_side_by_side() -> None:
    engine = Engine(torch.device("cpu"), torch.float32, fast=True, precision=None)
    assert engine.buffer(2, 3, (4, 4, 4)).is_contiguous(memory_format=torch.channels_last_3d)


def test_every_module_is_put_back_into_its_own_mode() -> None:
    network = net().train()
    network[1].eval()
    engine = engine_for(network, VOLUME, layout="fast", precision=None)
    with running(network, engine):
        assert not any(module.training for module in network.modules())
        assert torch.is_inference_mode_enabled()
    assert [module.training for module in network.modules()] == [True, True, False, True]
    assert not torch.is_inference_mode_enabled()


def test_modes_are_put_back_when_a_network_raises() -> None:
    network = net().train()
    engine = engine_for(network, VOLUME, layout="fast", precision=None)
    with pytest.raises(ValueError, match="mine"), running(network, engine):
        raise ValueError("mine")
    assert all(module.training for module in network.modules())


def test_autocast_computes_in_the_precision_asked_for() -> None:
    engine = engine_for(net(), VOLUME, layout="fast", precision=torch.bfloat16)
    network = net()
    with running(network, engine):
        assert network(VOLUME[None]).dtype == torch.bfloat16


def test_layouts_and_precisions_that_there_are_not_are_refused(unchecked: None) -> None:
    with pytest.raises(MedicalError, match="no layout 'quick'; choose of fast, plain"):
        engine_for(net(), VOLUME, layout="quick", precision=None)  # pyright: ignore[reportArgumentType]
    with pytest.raises(MedicalError, match=r"no precision torch.float64; choose of None, torch.bfloat16"):
        engine_for(net(), VOLUME, layout="fast", precision=torch.float64)
