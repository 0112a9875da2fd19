"""Pools and their opposite as layers."""

import pytest
import torch

import leyden as ly

POOL = {"kernel_shape": [3, 2], "strides": [2, 2]}


@pytest.mark.parametrize("op", ["MaxPool", "AveragePool"])
@pytest.mark.parametrize(
    ("said", "layers"),
    [({"pads": [1, 1, 1, 1], "ceil_mode": 1}, 1), ({"pads": [1, 0, 0, 1]}, 0), ({"auto_pad": "SAME_UPPER"}, 0)],
    ids=str,
)
def test_pools_that_pad_both_sides_alike_are_layers(build, agrees, kinds, op, said, layers):
    model = build([(op, ["x"], ["y"], "", {**POOL, **said})], {}, (2, 3, 8, 9))
    assert len(kinds(ly.onnx.load(model))) == layers
    agrees(model, torch.randn(2, 3, 8, 9))


def test_places_are_none_of_a_layer(build, kinds):
    model = build([("MaxPool", ["x"], ["m", "i"], "", POOL), ("Cast", ["i"], ["y"], "", {"to": 1})], {}, (1, 1, 4, 4))
    assert kinds(ly.onnx.load(model)) == {}


def test_the_mean_of_all_is_a_layer(build, agrees, kinds):
    model = build([("GlobalAveragePool", ["x"], ["y"], "", {})], {}, (2, 3, 4, 5))
    assert kinds(ly.onnx.load(model)) == {"adaptiveavgpool1": "AdaptiveAvgPool2d"}
    agrees(model, torch.randn(2, 3, 4, 5))


@pytest.mark.parametrize(
    ("said", "mode"),
    [
        ({"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}, "nearest"),
        ({"mode": "linear"}, "bilinear"),
        ({"mode": "linear", "coordinate_transformation_mode": "align_corners"}, "bilinear"),
        ({"mode": "cubic"}, "bicubic"),
    ],
    ids=str,
)
def test_whole_factors_are_an_upsample(build, agrees, said, mode):
    model = build([("Resize", ["x", "", "f"], ["y"], "", said)], {"f": torch.tensor([1.0, 1, 2, 3])}, (2, 3, 4, 5))
    assert ly.onnx.load(model).upsample1.mode == mode
    agrees(model, torch.randn(2, 3, 4, 5))


@pytest.mark.parametrize(
    ("said", "factors"),
    [
        ({"mode": "nearest"}, [1.0, 1, 2, 2]),
        ({"mode": "linear"}, [1.0, 1, 1.5, 2]),
        ({"mode": "cubic", "exclude_outside": 1}, [1.0, 1, 2, 2]),
    ],
    ids=str,
)
def test_what_torch_has_not_alike_is_left_to_the_function(build, agrees, kinds, said, factors):
    model = build([("Resize", ["x", "", "f"], ["y"], "", said)], {"f": torch.tensor(factors)}, (2, 3, 4, 6))
    assert kinds(ly.onnx.load(model)) == {}
    agrees(model, torch.randn(2, 3, 4, 6))
