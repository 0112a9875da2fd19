"""The pictures of the catalogue: what they are made of, and how a sample before and after becomes a small PNG."""

import io
import sys
from dataclasses import dataclass

import torch
from catalogue_examples import Subject
from PIL import Image as Pictures
from PIL import ImageDraw
from torch import Tensor
from torch.nn import functional

from leyden import assets
from leyden.data.volume import read_volume
from leyden.errors import AssetError
from leyden.items import Image, Item, Keypoints, Mask, items_of
from leyden.items.boxes import Boxes
from leyden.items.heatmap import Heatmap
from leyden.plot import PALETTE

__all__ = ["BYTES", "Stage", "drawn_head", "photographs", "png_of", "real_scan", "small_volume"]

SIDE, GAP = 128, 8
"""Pixels of a side of each half of a picture, and between the halves."""

BYTES = 25_000
"""The most that a picture may weigh, so that the page loads at once."""

SCAN = "mni_icbm152_t1_tal_nlin_sym_09a_converted.nii.gz"
PHOTOGRAPHS = (("chelsea.png", 60), ("astronaut.png", 0), ("coffee.png", 150), ("rocket.jpg", 120))
"""Each with the first column of the square that is shown of it."""


@dataclass(frozen=True)
class Stage:
    """What transforms are shown on.

    Args:
        photographs: of 128 x 128; the first with labels, points and boxes.
        volume: 3-D, with spacing and affine.
        told: what the volume is, for readers who do not see it.
    """

    photographs: tuple[tuple[Item, ...], ...]
    volume: tuple[Item, ...]
    told: str

    def subject(self, name: Subject) -> tuple[Item, ...]:
        """Give the sample that is shown before."""
        return self.volume if name == "scan" else self.photographs[0]

    def words(self, name: Subject) -> str:
        """Say what is seen."""
        return {"photo": "a photograph of a cat", "photos": "photographs", "scan": f"a slice of {self.told}"}[name]


def photographs() -> tuple[tuple[Item, ...], ...]:
    """Give four photographs; the cat's eyes and nose are labels 1 and 2, points and boxes."""
    images = []
    for name, first in PHOTOGRAPHS:
        with Pictures.open(io.BytesIO(assets.read("photos", name))) as file:
            side = min(file.height, file.width - first)
            square = file.convert("RGB").resize((SIDE, SIDE), box=(first, 0, first + side, side))
        data = torch.frombuffer(bytearray(square.tobytes()), dtype=torch.uint8).view(SIDE, SIDE, 3)
        images.append(Image(data.permute(2, 0, 1).float().div(255).contiguous()))
    places = torch.tensor([[48.0, 47.0], [58.0, 110.0], [104.0, 87.0]])
    rows, columns = torch.meshgrid(torch.arange(SIDE), torch.arange(SIDE), indexing="ij")
    mask = torch.zeros(SIDE, SIDE, dtype=torch.uint8)
    for (row, column), radius, label in zip(places.tolist(), (15, 11, 10), (1, 1, 2), strict=True):
        mask[(rows - row).square() + (columns - column).square() <= radius**2] = label
    boxes = Boxes(torch.tensor([[32.0, 30.0, 72.0, 122.0]]), (SIDE, SIDE))
    cat = (images[0], Mask(mask), Keypoints(places, (SIDE, SIDE)), boxes)
    return (cat, *((image,) for image in images[1:]))


def real_scan() -> tuple[Tensor, str] | None:
    """Give the MNI152 template of asset mni152, 2 mm, `z y x` of 0..1; None, and a word why, where it cannot be had."""
    try:
        volume = read_volume(assets.read("mni152", SCAN))
    except AssetError as error:
        print(f"volumes are shown on a drawn head: {error}", file=sys.stderr)
        return None
    data = volume.data.float()
    halved = functional.avg_pool3d((data / data.max())[None], 2)[0]
    return halved.flip(1), "a brain scan"


def drawn_head() -> tuple[Tensor, str]:
    """Give a head drawn of ellipsoids, `z y x` of 0..1."""
    size = (80, 112, 96)
    axes = [torch.linspace(-1, 1, count) for count in size]
    z, y, x = torch.meshgrid(*axes, indexing="ij")
    head = torch.zeros(size)
    shapes = (
        ((0, 0, 0), (0.95, 0.95, 0.95), 0.85), ((0, 0, 0), (0.88, 0.87, 0.86), 0.15),
        ((0, 0, 0), (0.82, 0.80, 0.80), 0.5), ((0, 0.05, 0), (0.6, 0.55, 0.6), 0.7),
        ((0, -0.1, -0.14), (0.3, 0.3, 0.09), 0.1), ((0, -0.1, 0.14), (0.3, 0.3, 0.09), 0.1),
        ((0, 0.35, -0.3), (0.2, 0.14, 0.14), 0.9), ((0, -0.5, 0.35), (0.15, 0.1, 0.1), 0.35),
    )  # fmt: skip
    for centre, radii, value in shapes:
        parts = [((place - at) / by).square() for place, at, by in zip((z, y, x), centre, radii, strict=True)]
        head[sum(parts, torch.zeros(())) <= 1] = value
    return functional.avg_pool3d(head[None], 3, stride=1, padding=1)[0], "a drawn head"


def placed(data: Tensor, millimetres: float = 2.0) -> tuple[Item, ...]:
    """Make items of a volume `channel z y x`: left, front and foot first, in the middle of the world."""
    size = tuple(data.shape[1:])
    across, down, up = ((count - 1) / 2 * millimetres for count in reversed(size))
    rows = ((0.0, 0.0, millimetres, -across), (0.0, -millimetres, 0.0, down), (millimetres, 0.0, 0.0, -up))
    image = Image(data, spacing=(millimetres,) * 3, affine=(*rows, (0.0, 0.0, 0.0, 1.0)))
    mask = (data.mean(0) > 0.4).to(torch.uint8)
    middle = torch.tensor([[count / 2 for count in size]])
    box = torch.tensor([[*(count / 3 for count in size), *(count / 2 for count in size)]])
    return image, Mask(mask), Keypoints(middle, size), Boxes(box, size)


def small_volume() -> tuple[Item, ...]:
    """Give a volume of three channels on which it is tried what works in 3-D."""
    return placed(torch.rand(3, 20, 24, 22, generator=torch.Generator().manual_seed(0)))


def png_of(before: tuple[Item, ...], after: tuple[Item, ...], *, stretched: bool, marked: bool) -> bytes:
    """Draw two samples side by side, with as many colours as fit into `BYTES`.

    Args:
        before: on the left.
        after: on the right.
        stretched: whether the right one is shown from its lowest value to its highest.
        marked: whether labels, points and boxes are drawn over the images.
    """
    sheet = Pictures.new("RGB", (2 * SIDE + GAP, SIDE), "white")
    for left, sample, wide in ((0, before, False), (SIDE + GAP, after, stretched)):
        shown = drawn(sample, wide, marked)
        sheet.paste(shown, (left + (SIDE - shown.width) // 2, (SIDE - shown.height) // 2))
    for colours in (128, 64, 32, 16):
        file = io.BytesIO()
        sheet.quantize(colours, dither=Pictures.Dither.NONE).save(file, format="png", optimize=True)
        if file.tell() <= BYTES:
            break
    return file.getvalue()


def drawn(sample: tuple[Item, ...], stretched: bool, marked: bool) -> Pictures.Image:
    """Draw a sample, a volume by its middle slice, at most `SIDE` pixels high and wide."""
    items = items_of(sample)
    data = next(middle(item.data) for item in items if isinstance(item, Image))
    low, high = data.aminmax() if stretched else (torch.tensor(0.0), torch.tensor(1.0))
    levels = ((data.float() - low) / (high - low) * 255).clamp(0, 255).round().to(torch.uint8)
    levels = levels.expand(3, -1, -1) if len(levels) == 1 else levels[:3]
    levels = levels.permute(1, 2, 0).contiguous().clone()
    for item in items if marked else ():
        labels = item.to_mask().data if isinstance(item, Heatmap) else item.data if isinstance(item, Mask) else None
        if labels is not None and labels.ndim == 2:
            outline(levels, labels)
    shown = Pictures.fromarray(levels.numpy())
    pen = ImageDraw.Draw(shown)
    for item in items if marked else ():
        if isinstance(item, Keypoints) and item.data.shape[1] == 2:
            for row, column in item.data.tolist():
                pen.ellipse((column - 3, row - 3, column + 3, row + 3), outline="white")
        if isinstance(item, Boxes) and item.data.shape[1] == 4:
            for top, left, bottom, right in item.data.tolist():
                pen.rectangle((left, top, right, bottom), outline="white")
    if max(shown.size) > SIDE:
        shown.thumbnail((SIDE, SIDE))
    return shown


def middle(data: Tensor) -> Tensor:
    """Give `channel y x`, of a volume its middle slice."""
    return data if data.ndim == 3 else data[:, data.shape[1] // 2]


def outline(levels: Tensor, labels: Tensor) -> None:
    """Paint the rims of all regions, each label in its colour."""
    for label in labels.unique().tolist():
        if label:
            inside = (labels == label).float()[None]
            rim = (functional.max_pool2d(inside, 3, 1, 1) > 0)[0] & (inside[0] == 0)
            colour = PALETTE[label % len(PALETTE)]
            levels[rim] = torch.tensor([int(colour[at : at + 2], 16) for at in (1, 3, 5)], dtype=torch.uint8)
