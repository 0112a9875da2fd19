"""From a scan to regions on its own grid."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations
from typing import Literal, TypeAlias, final, get_args

import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from leyden.augment import Axis, Draw, Transform, axis_index
from leyden.errors import MedicalError
from leyden.items import Image
from leyden.medical.scan import Scan
from leyden.medical.sliding.engine import Layout, Network
from leyden.medical.sliding.places import Blend
from leyden.medical.sliding.plan import WindowPlan
from leyden.medical.sliding.planning import plan_windows
from leyden.medical.sliding.progress import Progress

__all__ = ["Answer", "Predictor", "predict"]

_ROUNDING = 1e-3
"""How far outside 0..1 blended probabilities may come out."""

Answer: TypeAlias = Literal["logits", "probabilities"]
"""What a network gives: numbers of any size, of which the sigmoid is taken; or 0..1 already."""


@final
@dataclass(frozen=True)
class Predictor:
    """A network with all that it takes to find regions in a scan as it comes; called with a scan, it gives them.

    Args:
        network: `batch modality z y x` to `batch region z y x`; see `WindowPlan.run`.
        transform: what the network's images go through, such as `Orientation("RAS") | Spacing(1.0) | NonzeroZNorm()`;
            drawn with seed 0, of the image only, so it should leave nothing to chance.
        window: see `plan_windows`, as the next three.
        overlap: of windows.
        blend: of windows.
        batch: of windows.
        regions: that the network answers with.
        answer: `logits`, each region's own; or `probabilities`.
        threshold: of probabilities; a region is where it is reached.
        flips: axes along which the scan is also shown mirrored; each combination is a pass of its own (three axes make
            eight) and the probabilities of all are averaged.
        precision: see `WindowPlan.run`, as the next one.
        layout: in memory.
        budget: see `plan_windows`.
        modalities: what the network's channels show, in order; the channels of a scan are then taken by name, whatever
            their order. Left out, they are taken as they come.

    Raises:
        MedicalError: a threshold that is not within 0..1, an axis twice, or an answer that there is not.

    Examples:
        A "network" that calls bright what is above 0, a scan that lies the other way round:

        >>> from leyden.augment import Orientation
        >>> affine = ((0.0, 0.0, -1.0, 0.0), (0.0, 1.0, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0))
        >>> values = torch.tensor([[[[-1.0, -1.0, -1.0, 1.0]]]])
        >>> scan = Scan(Image(values, affine=affine), None, ("t1",), "one")
        >>> bright = Predictor(lambda windows: windows[:, :1], transform=Orientation("RAS"), window=4, regions=1)
        >>> bright(scan).flatten().tolist()
        [0, 0, 0, 1]

    Source:
        Mirroring as in nnU-Net (Isensee et al. 2021), whose mean is over logits.
    """

    network: Network
    transform: Transform | None = None
    window: int | Sequence[int] = (96, 96, 96)
    overlap: float | Sequence[float] = 0.5
    blend: Blend = "gaussian"
    batch: int = 1
    regions: int = 3
    answer: Answer = "logits"
    threshold: float = 0.5
    flips: tuple[Axis, ...] = ()
    precision: torch.dtype | None = None
    layout: Layout = "fast"
    budget: int | None = None
    modalities: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        faults: list[str] = []
        if not 0 < self.threshold < 1:
            faults.append(f"a threshold of {self.threshold}: wants a probability between 0 and 1")
        if len(set(self.flips)) < len(self.flips) or not set(self.flips) <= {"x", "y", "z"}:
            faults.append(f"flips along {self.flips}: want each of x, y, z once at most")
        if self.answer not in get_args(Answer):
            faults.append(f"an answer of {self.answer!r}: wants {' or '.join(get_args(Answer))}")
        if faults:
            raise MedicalError("; ".join(faults))

    def __call__(
        self, scan: Scan | Image, *, progress: Progress | None = None, stop: Callable[[], bool] | None = None
    ) -> UInt8[Tensor, "region *space"]:
        """Give 1 where a region is, on the scan's own grid.

        Probabilities are brought back, interpolated linearly, and compared with the threshold there: finer than
        bringing back regions.

        Args:
            scan: as read; its label is not looked at.
            progress: called as `progress(done, total)`, windows of all passes together.
            stop: asked before each batch of windows; True ends it.

        Raises:
            MedicalError: the scan lacks a modality, or is an image without names where `modalities` are wanted; the
                windows do not fit image, memory or network; or it was stopped.
        """
        found = self.probabilities(scan, progress=progress, stop=stop)
        return (found.data >= self.threshold).to(torch.uint8)

    def plan(self, scan: Scan | Image) -> WindowPlan:
        """Plan the windows of one pass over a scan.

        Args:
            scan: as read.

        Raises:
            MedicalError: the windows do not fit image, memory or network.
        """
        return self._planned(self._prepared(scan)[1])

    def probabilities(
        self, scan: Scan | Image, *, progress: Progress | None = None, stop: Callable[[], bool] | None = None
    ) -> Image:
        """Give how likely each region is, `region z y x` in 0..1 on the scan's own grid, with its affine.

        Where the transform has cut the scan, nothing is seen and it is 0.

        Args:
            scan: as for the call.
            progress: as for the call.
            stop: as for the call.

        Raises:
            MedicalError: as for the call.
        """
        image = scan.image if isinstance(scan, Scan) else scan
        draw, seen = self._prepared(scan)
        plan = self._planned(seen)
        mirrors = list(chain.from_iterable(combinations(self.flips, count) for count in range(len(self.flips) + 1)))
        mean: Tensor | float = 0.0
        for number, mirror in enumerate(mirrors):
            told = None if progress is None else _part_of(progress, number, len(mirrors))
            mean = self._pass(plan, seen, mirror, progress=told, stop=stop).add_(mean)
        mean = torch.as_tensor(mean).div_(len(mirrors))
        if draw is None:
            return Image(mean, image.spacing, image.affine)
        back = draw.spatial.invert(Image(mean, seen.spacing, seen.affine))
        # the way there and back multiplies matrices: the scan's own affine is exact
        return Image(back.data, image.spacing, image.affine)

    def _pass(
        self,
        plan: WindowPlan,
        seen: Image,
        mirror: tuple[Axis, ...],
        *,
        progress: Progress | None,
        stop: Callable[[], bool] | None,
    ) -> Float[Tensor, "region *space"]:
        """Give the probabilities of one pass, mirrored and mirrored back."""
        # axes are counted from the end, so that they are the same with and without regions in front
        axes = [axis_index(axis, len(seen.size)) - len(seen.size) for axis in mirror]
        shown = seen.data.flip(axes) if axes else seen.data
        said = plan.run(self.network, shown, progress=progress, stop=stop, precision=self.precision, layout=self.layout)
        if self.answer == "logits":
            said.sigmoid_()
        elif not -_ROUNDING <= said.min() <= said.max() <= 1 + _ROUNDING:
            raise MedicalError(
                f"the network answers {said.min():.3g} to {said.max():.3g}, which are no probabilities; if they are "
                'logits, give answer="logits"'
            )
        return said.flip(axes) if axes else said

    def _prepared(self, scan: Scan | Image) -> tuple[Draw | None, Image]:
        image = self._named(scan)
        if self.transform is None:
            return None, image
        draw = self.transform.draw(torch.Generator().manual_seed(0), image)
        return draw, draw(image)

    def _named(self, scan: Scan | Image) -> Image:
        """The image with its channels in the order of the network."""
        image = scan.image if isinstance(scan, Scan) else scan
        held = scan.modalities if isinstance(scan, Scan) else ()
        if not self.modalities or held == self.modalities:
            return image
        if missing := [name for name in self.modalities if name not in held]:
            there = ", ".join(held) if isinstance(scan, Scan) else "an image, whose channels have no names: give a Scan"
            raise MedicalError(f"the network wants {', '.join(missing)}; there is {there}")
        return replace(image, data=image.data[[held.index(name) for name in self.modalities]])

    def _planned(self, seen: Image) -> WindowPlan:
        return plan_windows(
            seen, window=self.window, overlap=self.overlap, blend=self.blend, batch=self.batch, regions=self.regions,
            budget=self.budget,
        )  # fmt: skip


def predict(
    network: Network, scan: Scan | Image, *, transform: Transform | None = None,
    window: int | Sequence[int] = (96, 96, 96), overlap: float | Sequence[float] = 0.5, batch: int = 1,
    regions: int = 3, threshold: float = 0.5, flips: tuple[Axis, ...] = (), precision: torch.dtype | None = None,
    progress: Progress | None = None,
) -> UInt8[Tensor, "region *space"]:  # fmt: skip
    """Find regions in a scan with a network that answers in logits; once. For many scans, and more to say: `Predictor`.

    Args:
        network: `batch modality z y x` to `batch region z y x`.
        scan: as read; its label is not looked at.
        transform: what the network's images go through; undone on the way back.
        window: see `plan_windows`, as the next two.
        overlap: of windows.
        batch: of windows.
        regions: that the network answers with.
        threshold: of probabilities.
        flips: see `Predictor`.
        precision: see `WindowPlan.run`.
        progress: called as `progress(done, total)`.

    Returns:
        uint8, `region z y x`, 1 where a region is, on the scan's own grid.

    Raises:
        MedicalError: the windows do not fit image, memory or network.

    Examples:
        >>> scan = Image(torch.tensor([[[-1.0, 2.0, -3.0, 4.0]]]))
        >>> predict(lambda windows: windows, scan, window=(1, 2), regions=1)
        tensor([[[0, 1, 0, 1]]], dtype=torch.uint8)
    """
    predictor = Predictor(
        network, transform=transform, window=window, overlap=overlap, batch=batch, regions=regions,
        threshold=threshold, flips=flips, precision=precision,
    )  # fmt: skip
    return predictor(scan, progress=progress)


def _part_of(progress: Progress, number: int, passes: int) -> Progress:
    """Count the windows of one pass among those of all."""
    return lambda done, total: progress(number * total + done, passes * total)
