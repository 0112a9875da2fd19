import copy
import threading

import pytest
import torch
from torch import nn

from leyden.train.speed.precision import Precision, bfloat16_pays
from leyden.vision.unets import unet

ALL = [
    Precision(dtype, kernels) for dtype in ("float32", "bfloat16") for kernels in ("torch", "onednn", "channels_last")
]


def gradients(network, images, way):
    with way.on():
        output = network(images)
    output.float().square().mean().backward()
    found = torch.cat([weight.grad.flatten().double() for weight in network.parameters()])
    network.zero_grad()
    return output.detach().float(), found


@pytest.fixture(scope="module", params=["instance", "batch", "group"])
def network(request):
    torch.manual_seed(0)
    return unet(4, 3, widths=(8, 16), norm=request.param)


@pytest.mark.parametrize("way", ALL, ids=str)
def test_outputs_and_gradients_are_those_of_plain_float32(network, way):
    images = torch.randn(1, 4, 16, 16, 16)
    truth, slope = gradients(copy.deepcopy(network), images, Precision())
    found, ours = gradients(copy.deepcopy(network), images, way)
    near = 1e-4 if way.dtype == "float32" else 0.05
    assert (found - truth).abs().max() <= near * truth.abs().max()
    assert nn.functional.cosine_similarity(ours, slope, dim=0) > (0.9999 if way.dtype == "float32" else 0.99)


@pytest.mark.parametrize("way", ALL, ids=str)
def test_the_weights_stay_float32_and_torch_is_as_before_afterwards(network, way):
    images = torch.randn(1, 4, 8, 8, 8)
    before = network.eval()(images)
    with way.on():
        network(images)
    assert {weight.dtype for weight in network.parameters()} == {torch.float32}
    assert torch.equal(network(images), before)
    assert not torch.is_autocast_enabled("cpu")
    network.train()


def test_pictures_other_dtypes_and_text_padding_are_left_to_torch():
    picture, volume = torch.randn(1, 2, 5, 5), torch.randn(1, 2, 5, 5, 5)
    flat, same = nn.Conv2d(2, 2, 3), nn.Conv3d(2, 2, 3, padding="same")
    double = nn.Conv3d(2, 2, 3).double()
    with Precision("float32", "onednn").on():
        assert torch.equal(flat(picture), flat(picture))
        assert same(volume).shape == volume.shape
        assert double(volume.double()).dtype == torch.float64


def test_running_statistics_of_an_instance_norm_are_kept_up():
    norm = nn.InstanceNorm3d(2, track_running_stats=True)
    with Precision("float32", "channels_last").on():
        norm(torch.randn(1, 2, 4, 4, 4) + 3)
    assert float(norm.running_mean.mean()) > 0.2


def test_another_thread_computes_as_it_did():
    seen = []
    convolution = nn.Conv3d(1, 1, 1)
    with Precision("bfloat16").on():
        thread = threading.Thread(target=lambda: seen.append(convolution(torch.zeros(1, 1, 2, 2, 2)).dtype))
        thread.start()
        thread.join()
    assert seen == [torch.float32]


def test_a_network_bound_to_a_precision_gives_float32_and_a_name_for_tables():
    bound = Precision("bfloat16", "channels_last").apply(nn.Conv3d(1, 2, 1))
    assert bound(torch.zeros(1, 1, 2, 2, 2)).dtype == torch.float32
    assert [str(way) for way in ALL[:2]] == ["float32", "float32, onednn"]


@pytest.mark.parametrize(
    ("known", "pays"),
    [
        (["avx2"], False),
        (["avx2", "avx512_bf16"], True),
        (["avx2", "amx_tile"], True),
        ([], bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())),
    ],
    ids=["AVX", "AVX-512 with bfloat16", "AMX", "another architecture"],
)
def test_bfloat16_pays_where_the_processor_multiplies_it_itself(monkeypatch, known, pays):
    for name in ("avx2", "avx512_bf16", "amx_tile"):
        monkeypatch.setattr(torch.cpu, f"_is_{name}_supported", lambda name=name: name in known)
    assert bfloat16_pays() is pays


@pytest.mark.parametrize("kernels", ["onednn", "channels_last"])
@pytest.mark.parametrize("stride", [1, 2])
def test_convolutions_of_one_voxel_and_large_ones_are_those_of_torch(kernels, stride):
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv3d(20, 7, 1, stride=stride), nn.Conv3d(7, 3, 3, padding=1))
    images = torch.randn(1, 20, 34, 32, 3, requires_grad=True)  # 20 * 34 * 32 > 20480
    truth = network(images)
    slope = torch.randn_like(truth)
    (wanted,) = torch.autograd.grad(truth, images, slope)
    with Precision("float32", kernels).on():
        found = network(images)
    (ours,) = torch.autograd.grad(found, images, slope)
    assert torch.allclose(found, truth, atol=1e-5)
    assert torch.allclose(ours, wanted, atol=1e-5)


def test_channels_stay_together_through_a_convolution_of_one_voxel():
    with Precision("float32", "channels_last").on():
        found = nn.Conv3d(4, 6, 1)(torch.randn(2, 4, 3, 5, 4))
    assert found.is_contiguous(memory_format=torch.channels_last_3d)
