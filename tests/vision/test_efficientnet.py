import copy
import pickle
from pathlib import Path

import jaxtyping
import numpy as np
import pytest
import torch
from skimage import data
from torch import Tensor, nn

from leyden.vision import LITE, EfficientNet, Head, Scaling, create

# Made once by the reference (PyPI efficientnet-lite-pytorch 0.1.0 with the published weights, in float64, torch 2.13)
# from what our Preprocess makes of scikit-image's photographs; for `chelsea_97x131` from the normalised top left corner
# of that size, with the reference's padding by input size (its image_size=None).
LOGITS = np.load(Path(__file__).parent / "efficientnet_lite0_logits.npz")


@pytest.fixture(scope="module")
def trained():
    model, prep = create("efficientnet_lite0", pretrained=True)
    return model.eval(), prep


@pytest.fixture
def small():
    torch.manual_seed(0)
    return EfficientNet(Scaling(0.25, 0.5, 32, 0.0), classes=4, channels=1)


def _photograph(name: str) -> Tensor:
    return torch.from_numpy(getattr(data, name)()).permute(2, 0, 1)


@pytest.mark.parametrize(("name", "top"), [("chelsea", {281, 282, 285}), ("coffee", {967, 968})])
def test_logits_equal_the_reference_on_a_photograph(trained, name, top):
    model, prep = trained
    with torch.no_grad():
        logits = model(prep(_photograph(name))[None])[0]
    # The largest logit is near 10: single precision itself is off by 4e-6 from the reference in double.
    torch.testing.assert_close(logits.double(), torch.from_numpy(LOGITS[name]), atol=1e-5, rtol=1e-6)
    assert set(logits.topk(len(top)).indices.tolist()) == top  # tabby, tiger cat, Egyptian cat; espresso, cup


@pytest.mark.parametrize("name", ["chelsea", "coffee"])
def test_logits_equal_the_reference_to_rounding_in_double(trained, name):
    model, prep = copy.deepcopy(trained[0]).double(), trained[1]
    with torch.no_grad():
        logits = model(prep(_photograph(name).double() / 255)[None])[0]
    torch.testing.assert_close(logits, torch.from_numpy(LOGITS[name]), atol=1e-9, rtol=0)


def test_logits_equal_the_reference_on_odd_sizes(trained):
    model, prep = copy.deepcopy(trained[0]).double(), trained[1]
    with torch.no_grad():
        logits = model(prep.normalise(_photograph("chelsea")[None, :, :97, :131].double() / 255))[0]
    torch.testing.assert_close(logits, torch.from_numpy(LOGITS["chelsea_97x131"]), atol=1e-9, rtol=0)


# Source of the numbers: README of tensorflow/tpu efficientnet/lite, in millions.
@pytest.mark.parametrize(
    ("name", "millions"),
    list(zip(LITE, (4.7, 5.4, 6.1, 8.2, 13.0), strict=True)),
)
def test_parameter_counts_are_the_published_ones(name, millions):
    model, prep = create(name)
    assert round(sum(parameter.numel() for parameter in model.parameters()) / 1e6, 1) == millions
    assert prep.size == LITE[name].size


@pytest.mark.parametrize("size", [(32, 32), (33, 32), (47, 65), (64, 97)])
@pytest.mark.parametrize("batch", [1, 3])
def test_features_halve_sizes_rounding_up(small, size, batch):
    images = torch.rand(batch, 1, *size)
    maps = small.eval().features(images)
    assert len(maps) == len(small.widths) == len(small.strides) == 7
    for found, width, stride in zip(maps, small.widths, small.strides, strict=True):
        assert found.shape == (batch, width, *(-(-side // stride) for side in size))
    assert small(images).shape == (batch, 4)


def test_widths_and_strides_of_lite0():
    model, _ = create("efficientnet_lite0")
    assert model.widths == (16, 24, 40, 80, 112, 192, 320)
    assert model.strides == (2, 4, 8, 16, 16, 32, 32)


def test_stem_and_neck_keep_their_width_when_scaled():
    model, _ = create("efficientnet_lite4")
    assert model.stem.convolution.out_channels == 32
    assert model.neck.convolution.out_channels == 1280
    assert [len(stage) for stage in model.stages] == [1, 4, 4, 6, 6, 8, 1]


def test_logits_are_head_of_neck_of_the_last_feature(small):
    images = torch.rand(2, 1, 40, 40)
    small.eval()
    assert torch.equal(small(images), small.head(small.neck(small.features(images)[-1])))


def test_backbone_and_head_hold_every_parameter_once(small):
    groups = [*small.backbone, small.head]
    found = [id(parameter) for group in groups for parameter in group.parameters()]
    assert sorted(found) == sorted(id(parameter) for parameter in small.parameters())
    assert groups[0] is small.stem
    assert len(groups) == 10


def test_gradient_reaches_every_parameter(small):
    small(torch.rand(4, 1, 64, 64)).square().sum().backward()
    without = [name for name, p in small.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert without == []


def test_two_samples_side_by_side_score_as_each_alone(small):
    images = torch.rand(2, 1, 50, 41)
    small.eval()
    torch.testing.assert_close(small(images), torch.cat([small(images[:1]), small(images[1:])]))


def test_starting_weights_follow_the_seed():
    def build(seed: int) -> dict[str, Tensor]:
        torch.manual_seed(seed)
        return EfficientNet(Scaling(0.25, 0.5, 32, 0.0), classes=4).state_dict()

    first, again, other = build(1), build(1), build(2)
    assert all(torch.equal(first[key], again[key]) for key in first)
    assert not torch.equal(first["stem.convolution.weight"], other["stem.convolution.weight"])


@pytest.mark.parametrize("classes", [2, 1000])
def test_first_scores_are_small_whatever_the_number_of_classes(classes):
    torch.manual_seed(0)
    features = 6 * torch.rand(8, 1280, 2, 2)
    assert Head(1280, classes, dropout=0.0)(features).std() < 2.0


def test_signal_keeps_its_size_through_an_untrained_network(small):
    for found in small.train().features(torch.randn(8, 1, 64, 64)):
        assert 0.3 < found.std() < 3


def test_model_survives_copy_pickle_and_strict_loading(small):
    images = torch.rand(1, 1, 32, 32)
    expected = small.eval()(images)
    reloaded = EfficientNet(Scaling(0.25, 0.5, 32, 0.0), classes=4, channels=1).eval()
    reloaded.load_state_dict(small.state_dict())
    for twin in (copy.deepcopy(small), pickle.loads(pickle.dumps(small)), reloaded):
        assert torch.equal(twin(images), expected)


def test_model_runs_in_double_and_in_bfloat16_autocast(small):
    images = torch.rand(2, 1, 32, 32)
    small.eval()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        half = small(images)
    assert half.dtype == torch.bfloat16
    torch.testing.assert_close(half.float(), small(images), atol=0.05, rtol=0.05)
    single = small(images)
    torch.testing.assert_close(small.double()(images.double()).float(), single)


def test_model_exports_once_for_every_size_and_batch(small):
    small.eval()
    batch, height, width = (torch.export.Dim(name, min=low, max=256) for name, low in (("b", 1), ("h", 33), ("w", 33)))
    jaxtyping.config.update("jaxtyping_disable", True)  # annotations cannot be checked on sizes that are symbols
    try:
        shapes = ({0: batch, 2: height, 3: width},)
        program = torch.export.export(small, (torch.rand(2, 1, 64, 64),), dynamic_shapes=shapes).module()
        traced = torch.fx.symbolic_trace(small)
    finally:
        jaxtyping.config.update("jaxtyping_disable", False)
    for shape in ((1, 1, 33, 50), (3, 1, 65, 64)):
        images = torch.rand(shape)
        torch.testing.assert_close(program(images), small(images))
        torch.testing.assert_close(traced(images), small(images))


def test_only_plain_layers_hold_weights(small):
    holders = {type(module) for module in small.modules() if list(module.parameters(recurse=False))}
    assert holders == {nn.Conv2d, nn.BatchNorm2d, nn.Linear}


def test_stochastic_depth_grows_towards_the_output():
    model, _ = create("efficientnet_lite0")
    rates = [block.drop.rate for stage in model.stages for block in stage]
    assert rates == pytest.approx([0.2 * index / 16 for index in range(16)])
