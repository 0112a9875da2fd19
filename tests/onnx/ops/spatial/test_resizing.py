"""Resize and Upsample against onnxruntime, by hand, and with sizes that are not known."""

import itertools
from typing import Any

import numpy as np
import pytest
import torch
from torch.export import Dim, export

from leyden.onnx.ops.spatial.resizing import resize, resize_10, upsample, upsample_1, upsample_7

ROUNDINGS = ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")
COORDINATES = ("half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric")
THIRD = float(np.float32(1 / 3))
FACTORS = ((1, 1, 2, 2), (1, 1, 3, THIRD), (1, 1, 0.25, 1), (1, 1, 0.6, 0.5))
SIZES = ((2, 3, 11, 7), (2, 3, 5, 13), (2, 3, 16, 9), (2, 3, 1, 18), (4, 3, 8, 9))


def image() -> np.ndarray:
    return np.random.default_rng(0).standard_normal((2, 3, 8, 9)).astype(np.float32)


def settings() -> list[dict[str, Any]]:
    every: list[dict[str, Any]] = [{"mode": "nearest", "nearest_mode": rounding} for rounding in ROUNDINGS]
    every += [{"mode": mode, "antialias": soft} for mode, soft in itertools.product(("linear", "cubic"), (0, 1))]
    return [*every, {"mode": "cubic", "exclude_outside": 1}, {"mode": "cubic", "cubic_coeff_a": -0.5}]


@pytest.mark.parametrize("where", COORDINATES)
@pytest.mark.parametrize("how", settings(), ids=lambda how: "-".join(map(str, how.values())))
def test_it_agrees_with_onnxruntime(oracle, where, how) -> None:
    data = image()
    # onnxruntime aligns the corners of whole sizes; ONNX's own cases, those of the fractional sizes that were asked for
    factors = FACTORS[:3] if where == "align_corners" else FACTORS
    for scales, sizes in [(scales, None) for scales in factors] + [(None, sizes) for sizes in SIZES]:
        if sizes is not None and sizes[0] == 4 and (how["mode"] != "nearest" or how.get("antialias")):
            continue  # onnxruntime resizes batches by the nearest element only
        inputs = {
            "x": data, "roi": None,
            "scales": None if scales is None else np.array(scales, np.float32),
            "sizes": None if sizes is None else np.array(sizes),
        }  # fmt: skip
        inputs = inputs if sizes is not None else {name: inputs[name] for name in ("x", "roi", "scales")}
        expected = oracle("Resize", inputs, coordinate_transformation_mode=where, **how)
        out = resize(torch.from_numpy(data), None, scales, sizes, coordinate_transformation_mode=where, **how)
        np.testing.assert_allclose(out.numpy(), expected, atol=2e-5)


@pytest.mark.parametrize("factor", [2, 3, 5, 7, 12, 32])
def test_a_whole_factor_repeats_elements_by_torchs_kernel(factor: int) -> None:
    data = torch.arange(3000.0).view(1, 1, 1, -1)
    out = resize(data, None, (1, 1, 1, factor), coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    assert torch.equal(out, data.repeat_interleave(factor, 3))


def test_the_size_is_what_the_factor_means_and_not_what_float32_makes_of_it() -> None:
    assert resize(torch.zeros(10), None, (float(np.float32(0.7)),)).shape == (7,)


def test_axes_may_be_named() -> None:
    data = torch.from_numpy(image())
    named = resize(data, None, (0.5, 2.0), axes=(-1, 2), mode="linear")
    torch.testing.assert_close(named, resize(data, None, (1, 1, 2.0, 0.5), mode="linear"))


@pytest.mark.parametrize(("policy", "sizes"), [("not_larger", (4, 6)), ("not_smaller", (5, 8))])
def test_the_ratio_of_sides_can_be_kept(policy: str, sizes: tuple[int, int]) -> None:
    out = resize(torch.zeros(2, 3), None, None, (5, 6), keep_aspect_ratio_policy=policy, mode="linear")
    assert out.shape == sizes


def test_an_unknown_policy_is_named() -> None:
    with pytest.raises(ValueError, match="keep_aspect_ratio_policy 'bent'"):
        resize(torch.zeros(2), None, None, (3,), keep_aspect_ratio_policy="bent")


def test_a_region_is_cut_out_and_resized() -> None:
    data = torch.arange(5.0)
    out = resize(data, (0.25, 0.75), None, (3,), mode="linear", coordinate_transformation_mode="tf_crop_and_resize")
    assert out.tolist() == [1.0, 2.0, 3.0]


def test_upsample_starts_at_the_first_edge(oracle) -> None:
    data = image()
    expected = oracle("Upsample", {"x": data, "scales": np.array([1, 1, 2, 3], np.float32)}, opset=9, mode="linear")
    np.testing.assert_allclose(
        upsample(torch.from_numpy(data), (1, 1, 2, 3), mode="linear").numpy(), expected, atol=1e-5
    )


def test_old_versions_say_the_same_in_attributes() -> None:
    data = torch.from_numpy(image())
    expected = upsample(data, (1, 1, 2, 3), mode="linear")
    assert torch.equal(upsample_7(data, scales=(1, 1, 2, 3), mode="linear"), expected)
    assert torch.equal(upsample_1(data, height_scale=2, width_scale=3, mode="bilinear"), expected)
    assert torch.equal(resize_10(data, (1, 1, 2, 3), mode="linear"), expected)


@pytest.mark.parametrize(("factor", "mode"), [(2.0, "nearest"), (0.5, "linear"), (0.6, "nearest")])
def test_sizes_stay_symbolic(through, factor: float, mode: str) -> None:
    held = float(np.float32(factor))  # as a file holds it
    net = through(lambda x: resize(x, None, (1, 1, held, held), mode=mode, nearest_mode="floor"))
    program = export(
        net, (torch.rand(2, 1, 8, 10),), dynamic_shapes=({0: Dim.DYNAMIC, 2: Dim.DYNAMIC, 3: Dim.DYNAMIC},)
    )
    data = torch.rand(3, 1, 14, 20)
    torch.testing.assert_close(program.module()(data), net(data))
