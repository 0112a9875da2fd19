import pytest
import torch
from torch import nn

from leyden.prune.score.kernels import unfused


def settings() -> tuple[bool, ...]:
    backends = torch.backends
    return (backends.mha.get_fastpath_enabled(), backends.cudnn.enabled, backends.mkldnn.enabled)


def test_fused_kernels_are_off_within_and_as_they_were_after_it():
    before = settings()
    with unfused(nn.LSTM(2, 2)):
        assert settings() == (False, False, False)
    assert settings() == before


def test_they_come_back_after_an_error():
    before = settings()
    with pytest.raises(ZeroDivisionError), unfused(nn.LSTM(2, 2)):
        _ = 1 / 0
    assert settings() == before


def test_convolutions_keep_theirs_where_nothing_is_recurrent():
    before = settings()
    with unfused(nn.Conv2d(1, 1, 1)):
        assert settings()[1:] == before[1:]
