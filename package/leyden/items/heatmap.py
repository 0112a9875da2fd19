"""Heat maps: how likely each of several things is at each place."""

from dataclasses import dataclass, replace
from typing import final

import torch
from torch import Tensor

from leyden.items.grid.affine import Affine, Size
from leyden.items.grid.move import Move
from leyden.items.grid.sampling import resample
from leyden.items.item import Item, complain, pair_faults, settle
from leyden.items.keypoints import Keypoints
from leyden.items.mask import Mask, demand_room
from leyden.items.world import Spacing, agreed, followed, in_millimetres
from leyden.types import Pixels

__all__ = ["Heatmap"]


@final
@dataclass(frozen=True, eq=False, repr=False)
class Heatmap(Item):
    """Scores over space, one channel a thing (`channel y x` or `channel z y x`): points, classes, a prediction.

    Linear interpolation, never recoloured, never rounded; what a move brings in from outside the grid is 0.

    Args:
        data: half, single or double precision. Not copied.
        labels: a name a channel, or none.
        pairs: channels that change places when the picture is mirrored, such as (left eye, right eye).
        spacing: mm from pixel to pixel along each axis, in axis order; that of the affine if left out.
        affine: where pixels lie in the world, as of `Image`.

    Raises:
        ItemError: not a real tensor of two or three spatial axes with at least one pixel; or labels, pairs, spacing and
            affine that do not fit it.

    Examples:
        >>> eyes = Keypoints(torch.tensor([[3.0, 2.0], [3.0, 6.0]]), (8, 8), labels=("left", "right"), pairs=((0, 1),))
        >>> heat = Heatmap.of_points(eyes, 1.0)
        >>> heat, heat.to_points().data
        (Heatmap(2 x 8 x 8, float32, left right), tensor([[3., 2.],
                [3., 6.]]))
    """

    data: Pixels
    labels: tuple[str, ...] = ()
    pairs: tuple[tuple[int, int], ...] = ()
    spacing: Spacing | None = None
    affine: Affine | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.data, Tensor):
            complain("Heatmap", [f"wants a tensor, got {type(self.data).__name__}; use torch.as_tensor"])
        settle(self, ("labels", "pairs"))
        complain("Heatmap", self._faults())
        if self.spacing is not None or self.affine is not None:
            object.__setattr__(self, "spacing", agreed("Heatmap", self.size, self.spacing, self.affine))

    def _faults(self) -> list[str]:
        faults: list[str] = []
        if not self.data.is_floating_point():
            faults.append(f"wants real numbers, got {self.data.dtype}; use Heatmap.of_mask for labels, or data.float()")
        if self.data.ndim not in (3, 4):
            faults.append(f"wants channel y x or channel z y x, got shape {tuple(self.data.shape)}")
            return faults
        if not self.data.numel():
            faults.append(f"shape {tuple(self.data.shape)} holds no pixel")
        count = len(self.data)
        if len(self.labels) not in (0, count):
            faults.append(f"{len(self.labels)} labels for {count} channels; give one a channel or none")
        return faults + pair_faults(self.pairs, count, "channels")

    @staticmethod
    def of_mask(mask: Mask, classes: int, *, dtype: torch.dtype = torch.float32) -> "Heatmap":
        """Give a mask one-hot: channel 0 is 1 where the label is 0, and so on.

        Args:
            mask: labels 0..classes - 1.
            classes: how many channels, the background among them.
            dtype: of the heat map.

        Raises:
            ItemError: a label is beyond the classes.

        Examples:
            >>> Heatmap.of_mask(Mask(torch.tensor([[0, 2]])), 3).data.tolist()
            [[[1.0, 0.0]], [[0.0, 0.0]], [[0.0, 1.0]]]
        """
        low, high = (bound.item() for bound in mask.data.aminmax())
        if low < 0 or high >= classes:
            complain(
                "Heatmap", [f"labels {low}..{high} for {classes} classes; they must be 0..{classes - 1}: Remap them"]
            )
        levels = torch.arange(classes, dtype=mask.data.dtype, device=mask.data.device)
        hot = mask.data[None] == levels.view(-1, *(1 for _ in mask.size))
        return Heatmap(hot.to(dtype), spacing=mask.spacing, affine=mask.affine)

    @staticmethod
    def of_points(points: Keypoints, sigma: float) -> "Heatmap":
        """Give a bell a point, one channel each, 1 at its place; labels and pairs go with it.

        Args:
            points: where, on which grid; off the grid only the foot of the bell shows, and a place that is NaN is 0.
            sigma: standard deviation in pixels, above 0.

        Raises:
            ItemError: sigma is not above 0, or there is no point.

        Source:
            Unnormalised gaussians, as Tompson et al. 2014, Joint training of a convolutional network and a graphical
            model for human pose estimation; not cut off at a distance.
        """
        if not sigma > 0:
            complain("Heatmap", [f"wants a sigma above 0, in pixels, got {sigma}"])
        data = torch.ones(
            (len(points.data), *(1 for _ in points.size)), dtype=points.data.dtype, device=points.data.device
        )
        for axis, count in enumerate(points.size):
            line = torch.arange(count, dtype=data.dtype, device=data.device) - points.data[:, axis, None]
            bell = (-0.5 * (line / sigma) ** 2).exp()
            data = data * bell.view(len(data), *(count if axis == other else 1 for other in range(len(points.size))))
        return Heatmap(data.nan_to_num(0.0), labels=points.labels, pairs=points.pairs)

    def to_mask(self, dtype: torch.dtype = torch.uint8) -> Mask:
        """Give the channel that is highest at each place, the first of equal ones; so no channel at all is 0.

        Args:
            dtype: of the labels.

        Raises:
            ItemError: more channels than the dtype can count.
        """
        demand_room("Heatmap", range(len(self.data)), dtype)
        return Mask(self.data.argmax(0).to(dtype), self.spacing, self.affine)

    def to_points(self) -> Keypoints:
        """Give the place where each channel is highest, between pixels; NaN for a channel with nothing above 0.

        Exact for bells that `of_points` made, wherever their top is.

        Source:
            The top of a parabola through the logarithm of the highest pixel and its neighbours along each axis: Zhang
            et al. 2020, Distribution-aware coordinate representation for human pose estimation, eq. 9, with
            no mixed derivatives.
        """
        places = [_summit(channel) for channel in self.data.double()]
        data = torch.tensor(places, dtype=torch.float64, device=self.data.device).to(self.data.dtype)
        return Keypoints(data.view(-1, len(self.size)), self.size, labels=self.labels, pairs=self.pairs)

    @property
    def size(self) -> Size:
        """Pixels along each spatial axis."""
        return tuple(self.data.shape[1:])

    def warp(self, move: Move) -> "Heatmap":
        """Give the heat map on the new grid; where the move mirrors, the channels of each pair change places."""
        if move.is_idle:
            return self
        data = resample(self.data, move, interpolation="linear", border="zeros")
        if self.pairs and move.mirrors:
            order = list(range(len(data)))
            for one, other in self.pairs:
                order[one], order[other] = other, one
            data = data[order]
        spacing, affine = followed(self.spacing, self.affine, move)
        return replace(self, data=data, spacing=spacing, affine=affine)

    def __repr__(self) -> str:
        shape, kind = " x ".join(map(str, self.data.shape)), str(self.data.dtype).removeprefix("torch.")
        named = f", {' '.join(self.labels)}" if self.labels else ""
        return f"Heatmap({shape}, {kind}{named}{in_millimetres(self.spacing)})"


def _summit(channel: Tensor) -> list[float]:
    """Give the place of the highest value of one channel, NaN if none is above 0."""
    top = channel.argmax()
    if not channel.flatten()[top] > 0:
        return [float("nan")] * channel.ndim
    centre = [int(index) for index in torch.unravel_index(top, channel.shape)]
    place: list[float] = []
    for axis, (index, count) in enumerate(zip(centre, channel.shape, strict=True)):
        line = channel[tuple(slice(None) if other == axis else at for other, at in enumerate(centre))]
        inner = 0 < index < count - 1
        place.append(index + (_vertex(line[index - 1 : index + 2]) if inner else 0.0))
    return place


def _vertex(three: Tensor) -> float:
    """Give how far from the middle one of three values the top of their parabola lies, in logarithms."""
    if not bool((three > 0).all()):
        return 0.0
    left, middle, right = three.log().tolist()
    curve = left - 2 * middle + right
    return 0.5 * (left - right) / curve if curve < 0 else 0.0
