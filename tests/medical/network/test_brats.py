import inspect

import pytest
import torch
from monai.networks.nets.segresnet import SegResNet

from leyden.errors import MedicalError
from leyden.medical.network.brats import segresnet, small_segresnet
from leyden.onnx import export, run
from leyden.train import Staged


def test_by_default_it_is_the_network_of_the_brats_notebook():
    torch.manual_seed(0)
    ours = segresnet()
    torch.manual_seed(0)
    notebook = SegResNet(
        blocks_down=[1, 2, 2, 4], blocks_up=[1, 1, 1], init_filters=16, in_channels=4, out_channels=3, dropout_prob=0.2
    )
    assert type(ours) is SegResNet
    assert all(torch.equal(value, notebook.state_dict()[name]) for name, value in ours.state_dict().items())
    assert ours.dropout_prob == 0.2


@pytest.mark.parametrize(("dims", "size"), [(2, (16, 24)), (3, (8, 16, 24))])
def test_the_output_has_the_size_of_the_input_and_a_channel_a_region(dims, size):
    net = small_segresnet(2, 5, dims=dims)
    assert net(torch.randn(1, 2, *size)).shape == (1, 5, *size)


def test_levels_can_be_left_out_and_dropout_too():
    net = segresnet(1, 1, width=8, down=(1, 1), up=(2,), dropout=0.0)
    assert not [part for part in net.modules() if isinstance(part, torch.nn.Dropout3d)]
    assert net(torch.randn(1, 1, 2, 4, 6)).shape == (1, 1, 2, 4, 6)


def test_it_is_exported_with_free_axes_and_computes_the_same_on_another_shape(tmp_path):
    net = segresnet(2, 1, width=8, down=(1, 1), up=(1,)).eval()
    axes = {"x": {0: "batch", 2: "z", 3: "y", 4: "x_size"}}
    sizes = {"z": (4, 6), "y": (6, 8), "x_size": (8, 4)}
    path = tmp_path / "net.onnx"
    export(net, torch.randn(1, 2, 8, 8, 8), path, dynamic=axes, sizes=sizes, batch_sizes=(1, 2))
    images = torch.randn(1, 2, 10, 4, 6)
    assert torch.allclose(torch.from_numpy(run(path, images)[0]), net(images), atol=1e-4)


def test_all_faults_are_named_at_once():
    with pytest.raises(MedicalError, match=r"width=12 must be a multiple of 8; up=\(1,\) must have one .* dims=4"):
        segresnet(width=12, up=(1,), dims=4)
    with pytest.raises(MedicalError, match=r"inputs=0 and .* down=\(1, 0\) and .* dropout=1 must"):
        segresnet(0, down=(1, 0), up=(1,), dropout=1)


def test_both_makers_take_modalities_and_regions_first():
    assert list(inspect.signature(segresnet).parameters)[:2] == list(inspect.signature(small_segresnet).parameters)[:2]
    assert not isinstance(small_segresnet(), Staged)
