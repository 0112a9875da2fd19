import copy

import pytest
import torch
from torch import nn

from leyden.errors import VisionError
from leyden.onnx import export, run
from leyden.prune import Magnitude, prune, sparsity
from leyden.train import Staged
from leyden.vision.unets import unet


@pytest.mark.parametrize(
    ("dims", "widths", "size"),
    [
        (1, (4, 6), (9,)),
        (2, (4,), (5, 1)),
        (2, (4, 8, 12), (17, 10)),
        (3, (4, 8), (6, 8, 10)),
        (3, (2, 4, 8, 16), (9, 3, 1)),
    ],
)
@pytest.mark.parametrize("norm", ["instance", "batch", "group"])
@pytest.mark.parametrize("stem_stride", [1, 2])
def test_any_size_comes_out_as_it_went_in(dims, widths, size, norm, stem_stride):
    images = torch.randn(2, 3, *(side + 8 * (stem_stride - 1) for side in size))
    net = unet(3, 2, dims=dims, widths=widths, norm=norm, stem_stride=stem_stride)
    assert net(images).shape == (2, 2, *images.shape[2:])


@pytest.mark.parametrize("stem_stride", [1, 2])
def test_every_weight_learns_from_one_batch(stem_stride):
    net = unet(2, 1, widths=(2, 4, 8), blocks=(1, 2, 1), stem_stride=stem_stride)
    net(torch.randn(1, 2, 8, 9, 10)).square().sum().backward()
    assert all(weight.grad is not None and weight.grad.abs().sum() > 0 for weight in net.parameters())


def test_blocks_are_counted_level_by_level_and_drop_grows_to_the_lowest():
    net = unet(1, 1, dims=2, widths=(2, 4, 8), blocks=(1, 3, 2), drop=0.2)
    assert [len(stage) for stage in net.encoder] == [1, 3, 2]
    assert [stage[0].drop.rate for stage in net.encoder] == [0.0, 0.1, 0.2]


def test_what_is_far_away_is_seen_through_the_lower_levels():
    torch.manual_seed(0)
    images = torch.zeros(1, 1, 64, 64)
    far = images.clone()
    far[..., 40, 40] = 5.0
    deep, flat = (unet(1, 1, dims=2, widths=widths, norm="batch").eval() for widths in ((4, 4, 4, 4, 4), (4,)))
    assert not torch.equal(deep(images)[..., 10, 10], deep(far)[..., 10, 10])
    assert torch.equal(flat(images)[..., 10, 10], flat(far)[..., 10, 10])


def test_a_stem_of_stride_two_begins_at_half_size_and_ends_with_the_picture_itself():
    torch.manual_seed(0)
    net = unet(1, 1, dims=2, widths=(4, 8), stem_stride=2, norm="batch").eval()
    images = torch.randn(1, 1, 12, 12)
    assert net.stem(images).shape == (1, 4, 6, 6)
    assert net.finish.join[0].weight.shape == (2, 3, 3, 3)
    assert net(images).unique().numel() > 36


@pytest.mark.parametrize("stem_stride", [1, 2])
def test_a_unet_says_where_its_head_is_and_holds_every_weight_once(stem_stride):
    net = unet(1, 1, dims=2, widths=(2, 4), stem_stride=stem_stride)
    assert isinstance(net, Staged)
    held = [id(weight) for part in (*net.backbone, net.head) for weight in part.parameters()]
    assert sorted(held) == sorted(id(weight) for weight in net.parameters())


def test_a_unet_is_copied_and_pruned_like_any_network():
    net = unet(4, 3, widths=(4, 8))
    images = torch.randn(1, 4, 8, 8, 8)
    assert torch.equal(copy.deepcopy(net)(images), net(images))
    sparse = prune(net, Magnitude(0.5))
    assert sparsity(sparse).zeros == pytest.approx(0.5, abs=0.01)
    assert sparse.state_dict().keys() == net.state_dict().keys()
    assert sparse(images).shape == net(images).shape


def test_a_unet_is_exported_with_free_axes_and_computes_the_same_at_odd_sizes(tmp_path):
    net = unet(2, 3, widths=(4, 8), stem_stride=2).eval()
    axes = {"images": {0: "batch", 2: "z", 3: "y", 4: "x"}}
    sizes = {"z": (9, 16), "y": (11, 8), "x": (8, 13)}
    path = tmp_path / "net.onnx"
    report = export(net, torch.randn(1, 2, 16, 16, 16), path, dynamic=axes, sizes=sizes, batch_sizes=(1, 2))
    assert report.parity.passed
    images = torch.randn(1, 2, 10, 7, 12)
    assert torch.allclose(torch.from_numpy(run(path, images)[0]), net(images), atol=1e-4)


def test_too_small_a_size_and_too_few_axes_are_refused_with_what_would_fit():
    net = unet(1, 1, widths=(2, 4, 8))
    with pytest.raises(VisionError, match=r"size \(4, 4, 4\) leaves one voxel .* one side must be 5 or more"):
        net(torch.zeros(1, 1, 4, 4, 4))
    assert net(torch.zeros(1, 1, 5, 1, 1)).shape == (1, 1, 5, 1, 1)
    with pytest.raises(VisionError, match=r"3 axes of space, given shape \(1, 1, 8, 8\)"):
        net(torch.zeros(1, 1, 8, 8))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"dims": 4}, "dims=4 must be 1, 2 or 3"),
        ({"widths": ()}, "one or more positive numbers"),
        ({"widths": (4, 0)}, "one or more positive numbers"),
        ({"blocks": (1, 2)}, "one a width"),
        ({"blocks": 0}, "1 or more"),
        ({"drop": 1.0}, "below 1"),
        ({"stem_stride": 4}, "must be 1 or 2"),
    ],
)
def test_arguments_out_of_range_are_refused(wrong, told):
    with pytest.raises(VisionError, match=told):
        unet(1, 1, **wrong)


def test_all_faults_are_named_at_once():
    with pytest.raises(VisionError, match=r"outputs=0 must .* dims=9 must .* drop=-1 must"):
        unet(1, 0, dims=9, drop=-1)


def test_the_activations_work_in_place_and_still_learn_in_two_steps():
    net = unet(1, 1, dims=2, widths=(2, 4))
    assert sum(isinstance(part, nn.LeakyReLU) for part in net.modules()) == 4
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    images, losses = torch.randn(2, 1, 8, 8), []
    for _ in range(5):
        loss = (net(images) - images).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < losses[0]
