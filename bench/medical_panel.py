"""How long the panels take for a change of a volume, headless: CPU time of one thread, all that is shown drawn anew."""

import time
from collections.abc import Callable
from statistics import median

import torch

from leyden.augment import Brightness, Contrast, Flip, Maybe, Rotate, Zoom
from leyden.items import Image, Mask
from leyden.medical import Scan
from leyden.widget import AugmentPanel, VolumePanel
from leyden.widget.base.picture import address

__all__ = ["rows"]

CASE = (155, 240, 240)  # a case of BraTS, z y x
SMALL = (64, 64, 64)
BAR, AUGMENT_BAR = 50, 150  # ms
CHANGES = 21
MOVE = Maybe(Flip("x")) | Rotate(15) | Zoom(0.9, 1.1) | Brightness(0.1) | Contrast(0.2)


def rows() -> list[dict[str, str]]:
    """What was changed, milliseconds of CPU time (the median), and the bar; there is no peer to compare with."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return [row for size in (SMALL, CASE) for row in (*volume_rows(size), *augment_rows(size))]
    finally:
        torch.set_num_threads(threads)


def volume_rows(size: tuple[int, int, int]) -> list[dict[str, str]]:
    """The volume panel: three planes drawn and encoded, for each thing laid over them."""
    scan, prediction = wrong(size)
    panel = VolumePanel(scan, prediction=prediction, scheme="brats21")
    found = []

    def drawn() -> list[bytes]:
        return [one.pixels.tobytes() for one in panel.slices()]

    for layer in ("none", "truth", "difference"):
        panel.show(layer=layer, part="regions")
        spent = [
            timed(
                lambda number=number: panel.move(**at(size, number)),
                lambda: [address(one.pixels) for one in panel.slices()],
            )
            for number in range(CHANGES)
        ]
        fresh = VolumePanel(scan, prediction=prediction, scheme="brats21")
        fresh.show(layer=layer, part="regions")
        fresh.move(*panel.place[:2], x=panel.place[2])
        assert drawn() == [one.pixels.tobytes() for one in fresh.slices()]  # fast moves end where one move does
        found.append(row(f"VolumePanel, {layer} over three planes", size, median(spent), BAR))
    return found


def augment_rows(size: tuple[int, int, int]) -> list[dict[str, str]]:
    """The augmentation panel: the sample and a draw in three planes and four draws in small, by the control moved."""
    scan, _ = wrong(size)
    panel = AugmentPanel(MOVE, scan, count=4)
    panel.show(planes="three", axis="sagittal")  # across the fastest axis of memory: the slowest to cut
    controls: dict[str, Callable[[int], None]] = {
        "a parameter": lambda number: panel.turn("Rotate.degrees", (-number - 1.0, number + 1.0)),
        "the slice": lambda number: panel.show(place=size[2] // 4 + number),
        "the seed": panel.reseed,
    }
    found = []
    for name, turn in controls.items():
        spent = [
            timed(
                lambda number=number, turn=turn: turn(number),
                lambda: [address(pixels) for pixels in [*(one for _, one in panel.pair()), *panel.cells()[1:]]],
            )
            for number in range(CHANGES)
        ]
        found.append(row(f"AugmentPanel in three planes, {name} changed", size, median(spent), AUGMENT_BAR))
    return found


def row(what: str, size: tuple[int, int, int], seconds: float, bar: int) -> dict[str, str]:
    """One line of the table."""
    return {
        "what": f"{what}, 4 x {' x '.join(map(str, size))}",
        "leyden": f"{1e3 * seconds:.0f} ms",
        "peer": "-",
        "ratio": "-",
        "bar": f"<= {bar} ms",
    }


def timed(change: Callable[[], object], show: Callable[[], list[str]]) -> float:
    """CPU seconds from a control moved to all pictures ready to send."""
    start = time.process_time()
    change()
    assert all(show())
    return time.process_time() - start


def at(size: tuple[int, int, int], number: int) -> dict[str, int]:
    """A place that is another one in all three planes each time."""
    return {name: count // 3 + number % (count // 3) for name, count in zip("zyx", size, strict=True)}


def wrong(size: tuple[int, int, int]) -> tuple[Scan, Mask]:
    """An egg with a lump in it, in four modalities, and a prediction that is moved."""
    z, y, x = (torch.linspace(-1, 1, count).view(-1, *(1,) * (2 - axis)) for axis, count in enumerate(size))
    body = (z / 0.85).square() + (y / 0.9).square() + (x / 0.75).square() < 1
    far = ((z - 0.1).square() + (y + 0.2).square() + (x - 0.3).square()).sqrt()
    label = sum((far < radius).to(torch.uint8) * step for radius, step in ((0.35, 2), (0.2, 2), (0.13, -3)))
    noise = torch.Generator().manual_seed(0)
    images = torch.stack([(0.5 + far * k / 8 + 0.05 * torch.randn(size, generator=noise)) * body for k in range(4)])
    affine = ((0.0, 0.0, -1.0, 0.0), (0.0, -1.0, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0))
    drawn = Mask(torch.as_tensor(label), affine=affine)
    scan = Scan(Image(images, affine=affine), drawn, ("t1", "t1ce", "t2", "flair"))
    return scan, Mask(drawn.data.roll(size[2] // 24, 2), affine=affine)


if __name__ == "__main__":
    for one in rows():
        print("  ".join(one.values()))
