"""What bench/augment.py asks of a volume of four channels with a label, as each library's own pages write it."""

import importlib
from collections.abc import Callable
from math import pi, radians
from typing import Any

import torch

from augment_plane import Route, Routes
from augment_work import BIAS, DISTORTION, GAMMA, NOISE, VOXELS, ZOOM, Arrays, Turn

__all__ = ["VOLUMES"]

SIGMA = (8.0, 10.0)
"""How soft an elastic field is where it is blurred noise: standard deviation, voxels."""

NODES = 7
"""How many cells an elastic field has along each axis where it is a lattice."""


def monai(turn: Turn) -> Routes:
    """Dictionary transforms; with elastic, flip and Rand3DElasticd, whose one resample turns and zooms, too."""
    module = importlib.import_module("monai.transforms")
    keys, modes = ("image", "label"), ("bilinear", "nearest")
    turned = {"prob": 1.0, "mode": modes, "padding_mode": "zeros", **_monai_affine(turn)}
    flip = module.RandFlipd(keys, prob=turn.flip, spatial_axis=2)
    if turn.elastic:
        # blurring leaves a three-hundredth of noise between -1 and 1: as far as DISTORTION at the fourth sigma
        far = {"sigma_range": SIGMA, "magnitude_range": (300.0, 600.0)}
        places = [flip, module.Rand3DElasticd(keys, **far, **turned)]
        return _monai_routes([*places, *_monai_colours(turn)], lazy=False)
    return _monai_routes([flip, module.RandAffined(keys, **turned), *_monai_colours(turn)], lazy=True)


def monai_smooth(turn: Turn) -> Routes:
    """The other elastic transform that MONAI has: a small lattice made large; a resample of its own."""
    module = importlib.import_module("monai.transforms")
    keys, modes = ("image", "label"), ("bilinear", "nearest")
    turned = {"prob": 1.0, "mode": modes, "padding_mode": "zeros", **_monai_affine(turn)}
    steps = [module.RandFlipd(keys, prob=turn.flip, spatial_axis=2), module.RandAffined(keys, **turned)]
    if turn.elastic:
        far = 2 * DISTORTION / VOXELS  # of the grid's half length
        size = {"spatial_size": (VOXELS,) * 3, "rand_size": (NODES,) * 3, "def_range": far}
        steps.append(module.RandSmoothDeformd(keys, **size, prob=1.0, grid_mode=modes))
    return _monai_routes([*steps, *_monai_colours(turn)], lazy=True)


def _monai_affine(turn: Turn) -> dict[str, Any]:
    if turn.sure:
        return {"rotate_range": ((-radians(turn.degrees),) * 2, (0, 0), (0, 0))}  # the other way about
    return {"rotate_range": (radians(turn.degrees),) * 3, "scale_range": (ZOOM,) * 3}


def _monai_colours(turn: Turn) -> list[Any]:
    module = importlib.import_module("monai.transforms")
    if turn.sure:
        return []
    return [
        module.RandAdjustContrastd("image", prob=1.0, gamma=GAMMA),
        module.RandBiasFieldd("image", prob=1.0, coeff_range=(-BIAS, BIAS)),
        module.RandGaussianNoised("image", prob=1.0, std=NOISE),
    ]


def _monai_routes(steps: list[Any], *, lazy: bool) -> Routes:
    """As written, without the record of what was done, and with steps in a row fused where they can be."""
    transforms, data = importlib.import_module("monai.transforms"), importlib.import_module("monai.data")

    def route(change: Any, *, record: bool) -> Route:
        def run(sample: Arrays) -> tuple[Any, ...]:
            data.set_track_meta(record)
            label = torch.from_numpy(sample["mask"])[None]
            made = change({"image": torch.from_numpy(sample["image"]), "label": label})
            return made["image"], made["label"][0]

        return run

    routes = {
        "as it comes": route(transforms.Compose(steps), record=True),
        "set_track_meta(False)": route(transforms.Compose(steps), record=False),
    }
    return routes | ({"lazy=True": route(transforms.Compose(steps, lazy=True), record=True)} if lazy else {})


def batchgenerators(turn: Turn) -> Routes:
    """As nnU-Net chains them; labels by nearest neighbour, as everybody's here."""
    spatial = importlib.import_module("batchgeneratorsv2.transforms.spatial.spatial")
    mirroring = importlib.import_module("batchgeneratorsv2.transforms.spatial.mirroring")
    chaining = importlib.import_module("batchgeneratorsv2.transforms.utils.compose")
    zoom = (1.0, 1.0) if turn.sure else (1 - ZOOM, 1 + ZOOM)
    angle = turn.degrees * pi / 180

    def angles(*, dim: int, **_: Any) -> float:
        if turn.sure:
            return angle if dim == 0 else 0.0  # the other way about, but before the flip
        return (2 * torch.rand(()).item() - 1) * angle

    steps = [
        spatial.SpatialTransform(
            (VOXELS,) * 3, 0, False, mode_seg="nearest", p_rotation=1, rotation=angles, p_scaling=1, scaling=zoom,
            p_synchronize_scaling_across_axes=1, p_elastic_deform=float(turn.elastic),
            elastic_deform_scale=tuple(sigma / VOXELS for sigma in SIGMA), elastic_deform_magnitude=DISTORTION,
        ),
        *([mirroring.MirrorTransform((2,))] if 0 < turn.flip < 1 else []),
        *_batchgenerators_colours(turn),
    ]  # fmt: skip
    change = chaining.ComposeTransforms(steps)

    def run(sample: Arrays) -> tuple[Any, ...]:
        made = change(image=torch.from_numpy(sample["image"]), segmentation=torch.from_numpy(sample["mask"])[None])
        image, mask = made["image"], made["segmentation"][0]
        return (image.flip(3), mask.flip(2)) if turn.flip == 1 else (image, mask)  # it mirrors by chance only

    return {"mode_seg='nearest'": run}


def _batchgenerators_colours(turn: Turn) -> list[Any]:
    rooms = ("intensity.gamma", "local.brightness_gradient", "intensity.gaussian_noise")
    gamma, gradient, noise = (importlib.import_module(f"batchgeneratorsv2.transforms.{room}") for room in rooms)
    if turn.sure:
        return []
    return [
        gamma.GammaTransform(GAMMA, 0, False, 1, 0),
        # its nearest to a bias field: a soft hill of brightness, added
        gradient.BrightnessGradientAdditiveTransform(_wide, max_strength=(-BIAS, BIAS), p_per_channel=1),
        noise.GaussianNoiseTransform(NOISE, 1, False),
    ]


def _wide(size: tuple[int, ...], axis: int) -> float:
    """The spread of a hill of brightness along an axis, voxels."""
    return size[axis] / 2


def leyden(turn: Turn) -> Routes:
    """One draw, one resample."""
    augment, items = importlib.import_module("leyden.augment"), importlib.import_module("leyden.items")
    medical = importlib.import_module("leyden.medical")
    chain = augment.Maybe(augment.Flip("x"), p=turn.flip)
    if turn.sure:
        chain |= augment.Rotate((turn.degrees, turn.degrees))
    else:
        for axis in ("z", "y", "x"):
            chain |= augment.Rotate(turn.degrees, axis=axis)
        chain |= augment.Zoom(1 - ZOOM, 1 + ZOOM)
    if turn.elastic:
        chain |= augment.Elastic(DISTORTION / VOXELS, NODES)
    chain |= augment.Border("zeros")
    if not turn.sure:
        chain |= augment.Gamma(*GAMMA) | medical.BiasField(BIAS) | augment.GaussianNoise(NOISE, NOISE)
    generator = torch.Generator().manual_seed(0)

    def run(sample: Arrays) -> tuple[Any, ...]:
        given = items.Image(torch.from_numpy(sample["image"])), items.Mask(torch.from_numpy(sample["mask"]))
        image, mask = chain(generator, given)
        return image.data, mask.data

    return {"one resample": run}


VOLUMES: dict[str, Callable[[Turn], Routes]] = {
    "leyden": leyden,
    "leyden, torch alone": leyden,
    "MONAI, Rand3DElasticd": monai,
    "MONAI, RandSmoothDeformd": monai_smooth,
    "batchgeneratorsv2": batchgenerators,
}
