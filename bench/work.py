"""The work that every loader does in bench/data.py: decode a JPEG, warp it. Needs torch and Pillow only.

Peers run it in an environment of their own, so nothing of leyden is imported here.
"""

import io
import math
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

__all__ = ["SIDE", "Jpegs", "load", "loaded"]

SIDE = 224


def load(path: str | Path, index: int) -> tuple[Tensor, int]:
    """The picture at a path, turned by an angle that depends on the index, at SIDE pixels."""
    return loaded(Path(path).read_bytes(), index)


def loaded(content: bytes, index: int) -> tuple[Tensor, int]:
    """The same of a file's bytes."""
    with Image.open(io.BytesIO(content)) as image:
        pixels = torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1)
    angle = math.radians(index * 7 % 360)
    turn = torch.tensor([[math.cos(angle), -math.sin(angle), 0.0], [math.sin(angle), math.cos(angle), 0.0]])
    grid = torch.nn.functional.affine_grid(turn[None], [1, 3, SIDE, SIDE], align_corners=False)
    warped = torch.nn.functional.grid_sample(pixels[None].float() / 255, grid, align_corners=False)
    return warped[0], index


class Jpegs(torch.utils.data.Dataset):
    """The files as torch's loaders want them; with `broken`, one in the middle cannot be read."""

    def __init__(self, paths: list[str], *, broken: bool = False) -> None:
        self.paths = paths
        self.broken = len(paths) // 2 if broken else -1

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        if index == self.broken:
            raise ValueError("broken on purpose")
        return load(self.paths[index], index)
