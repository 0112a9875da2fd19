"""How long the augmentation panel takes for a change, headless: a parameter turned, all that is shown drawn anew."""

import time
from collections.abc import Callable, Iterator
from statistics import median

import torch

import leyden as ly
from leyden.augment import Brightness, Contrast, Elastic, Flip, Gamma, GaussianNoise, Maybe, Rotate, Transform, Zoom
from leyden.items import Image, Mask
from leyden.widget.base.picture import address

__all__ = ["panel_rows"]

SCAN = (155, 240, 240)
CHANGES = 9


def panel_rows() -> Iterator[dict[str, str]]:
    """Two chains on a scan with labels, by the control that is moved."""
    z, y, x = (torch.linspace(-1, 1, size).view(-1, *(1,) * (2 - axis)) for axis, size in enumerate(SCAN))
    egg = (z / 0.8).square() + (y / 0.85).square() + (x / 0.7).square()
    voxels = torch.rand(SCAN, generator=torch.Generator().manual_seed(0)).mul_(0.3).add_(0.5).mul_(egg < 1)
    sample = (Image(voxels[None]), Mask((egg < 1).to(torch.uint8) + (egg < 0.2).to(torch.uint8)))
    lines = Maybe(Flip("x")) | Rotate(15) | Zoom(0.9, 1.1) | Brightness(0.1) | Contrast(0.2)
    all_kinds = lines | Elastic(0.03) | Gamma(0.7, 1.5) | GaussianNoise(0.02, 0.05)
    for name, move in (("flip, rotate, zoom, brightness, contrast", lines), ("and elastic, gamma, noise", all_kinds)):
        yield from chain_rows(name, move, sample)


def chain_rows(name: str, move: Transform, sample: tuple[Image, Mask]) -> Iterator[dict[str, str]]:
    """One chain: a parameter, the slice, the seed."""
    for count in (1, 4, 9):
        panel = ly.widget.AugmentPanel(move, sample, count=count)
        controls: dict[str, Callable[[int], None]] = {
            "Rotate.degrees": lambda number, panel=panel: panel.turn("Rotate.degrees", (-number - 1.0, number + 1.0)),
            "slice": lambda number, panel=panel: panel.show(place=SCAN[0] // 2 + number),
            "seed": lambda number, panel=panel: panel.reseed(number),
        }
        row = {"chain": name, "draws shown": str(count)}
        yield row | {f"{control}, ms": f"{change(panel, turn):.0f}" for control, turn in controls.items()}
        panel.close()


def change(panel: ly.widget.AugmentPanel, turn: Callable[[int], None]) -> float:
    """Milliseconds on the wall from a control moved to all that its view shows, ready to send; the median of some."""
    spent = []
    for number in range(CHANGES + 2):
        start = time.perf_counter()
        turn(number)
        pictures = [pixels for _, pixels in panel.pair()] + panel.cells()[1:]
        sent = [address(pixels) for pixels in pictures] + [panel.lost(), panel.move.plan(), panel.to_json()]
        spent.append(1e3 * (time.perf_counter() - start))
        assert all(sent)
    return median(spent[2:])
