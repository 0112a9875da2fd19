"""One transform for a batch: a draw a sample, one interpolation for all."""

from dataclasses import dataclass
from functools import cached_property
from typing import final

import torch
from jaxtyping import Float, Integer, Shaped
from torch import Tensor

from leyden.augment.batch.reading import move_batch
from leyden.augment.chain.chance import demand_generator
from leyden.augment.chain.transform import Transform
from leyden.augment.fusing.acting import forbid_nan
from leyden.augment.fusing.colouring import recolour
from leyden.augment.fusing.draw import Draw
from leyden.errors import DrawError
from leyden.items import BorderMode, Image, Interpolation, LabelInterpolation, Mask, Move
from leyden.items.grid import size_text
from leyden.items.world import Spacing

__all__ = ["BatchDraw", "draw_batch"]


@final
@dataclass(frozen=True)
class BatchDraw:
    """A draw a sample of a batch, all from one grid onto one grid.

    Images and masks are interpolated for the whole batch at once, by torch on the device they live on; the result is
    that of each draw for its sample to 1e-4 of the range (bytes: 2 of 255); labels but for places halfway between two
    pixels, of which resizes have many. Colour steps act sample by sample.

    Args:
        draws: one a sample.

    Raises:
        DrawError: no draw, or of several grids.

    Examples:
        >>> from leyden.augment import Brightness, Flip
        >>> images, generator = torch.tensor([[[[1.0, 2.0]]], [[[1.0, 2.0]]]]), torch.Generator()
        >>> draws = tuple(each.draw(generator, Image(images[0])) for each in (Flip("x"), Brightness((5, 5))))
        >>> BatchDraw(draws).images(images).tolist()
        [[[[2.0, 1.0]]], [[[6.0, 7.0]]]]
    """

    draws: tuple[Draw, ...]

    def __post_init__(self) -> None:
        grids = sorted({(draw.size, draw.new_size) for draw in self.draws})
        if len(grids) != 1:
            said = ", ".join(f"{size_text(size)} onto {size_text(new_size)}" for size, new_size in grids)
            raise DrawError(
                f"a batch wants draws from one grid onto one, got {said or 'none'}; end with a Resize or crop"
            )

    @cached_property
    def _moves(self) -> tuple[Move, ...]:
        return tuple(draw.fusion.move() for draw in self.draws)

    def images(
        self, data: Shaped[Tensor, "batch channel *space"], *, interpolation: Interpolation = "linear"
    ) -> Shaped[Tensor, "batch channel *new_space"]:
        """Give the images after the draws, moved and recoloured.

        Args:
            data: real, or bytes.
            interpolation: how values between pixels are found, as an `Image` would say.

        Raises:
            DrawError: of another grid or number than the draws, or with NaN in view.
        """
        self._check(data, 2)
        borders: set[BorderMode] = {move.border for move in self._moves}
        moved = data
        if not all(move.is_idle for move in self._moves):
            if len(borders) > 1:
                raise DrawError(f"borders of {', '.join(sorted(borders))} in one batch; give the chain one Border")
            moved = move_batch(data, self._moves, interpolation=interpolation, border=borders.pop())
        forbid_nan(moved)
        if not any(draw.fusion.colours for draw in self.draws):
            return moved
        owned = moved is not data
        shown = zip(self.draws, moved, strict=True)
        coloured = [recolour(draw.fusion.colours, one, owned=owned) for draw, one in shown]
        # where some draws have colours and some have none, bytes beside reals become reals too
        real = next((one.dtype for one in coloured if one.is_floating_point()), data.dtype)
        return torch.stack([one if one.dtype == real else one.to(real) / 255 for one in coloured])

    def masks(
        self, data: Integer[Tensor, "batch *space"], *, interpolation: LabelInterpolation = "nearest", outside: int = 0
    ) -> Integer[Tensor, "batch *new_space"]:
        """Give the label maps after the draws; no label is invented. Label steps are left out.

        Args:
            data: of any integer dtype.
            interpolation: how labels between pixels are found, as a `Mask` would say.
            outside: the label of what lies outside the grid, likewise.

        Raises:
            DrawError: of another grid or number than the draws.
        """
        self._check(data, 1)
        if all(move.is_idle for move in self._moves):
            return data
        # exchanged with the 0 that is filled in, as `Mask.warp` does it
        swapped = (data ^ outside if outside else data).unsqueeze(1)
        moved = move_batch(swapped, self._moves, interpolation=interpolation, border="zeros").squeeze(1)
        return moved ^ outside if outside else moved

    def points(self, data: Float[Tensor, "batch point axis"]) -> Float[Tensor, "batch point axis"]:
        """Give places after the draws, in pixels and axis order; left and right are not swapped.

        Args:
            data: as many for each sample.

        Raises:
            DrawError: of another number than the draws, or of other axes.
        """
        axes = len(self.draws[0].size)
        if len(data) != len(self.draws):
            raise DrawError(f"{len(self.draws)} draws for places of {len(data)} samples; draw again for this batch")
        if data.ndim != 3 or data.shape[2] != axes:
            raise DrawError(f"wants batch x point x {axes} places, got shape {tuple(data.shape)}; add or drop an axis")
        return torch.stack([move.points(one) for move, one in zip(self._moves, data, strict=True)])

    def _check(self, data: Tensor, channels: int) -> None:
        size = self.draws[0].size
        if len(data) != len(self.draws) or tuple(data.shape[channels:]) != size:
            raise DrawError(
                f"{len(self.draws)} draws for {size_text(size)} samples, a batch of shape {tuple(data.shape)}; draw "
                "again for this batch"
            )


def draw_batch(
    transform: Transform,
    generator: torch.Generator,
    images: Shaped[Tensor, "batch channel *space"],
    *,
    masks: Integer[Tensor, "batch *space"] | None = None,
    spacing: Spacing | None = None,
) -> BatchDraw:
    """Decide for every sample of a batch, one after the other, as drawing for each in turn would.

    Args:
        transform: any; all its draws must end on one grid.
        generator: where all chance comes from; on any device.
        images: real, or bytes; on any device, such as the GPU that the network is on.
        masks: label maps beside them, for transforms that look at them.
        spacing: mm from pixel to pixel along each axis of all images, for turns in mm and transforms that look at it.

    Raises:
        DrawError: an empty batch, another number of masks, a grid that a step does not fit, or draws that end on
            different grids.

    Examples:
        >>> from leyden.augment import Brightness, Flip, Maybe, Rotate
        >>> generator, images = torch.Generator().manual_seed(0), torch.rand(4, 3, 32, 32)
        >>> draws = draw_batch(Maybe(Flip("x")) | Rotate(15) | Brightness(0.2), generator, images)
        >>> draws.images(images).shape, len(draws.draws)
        (torch.Size([4, 3, 32, 32]), 4)
    """
    demand_generator(generator)
    if not len(images):
        raise DrawError("a batch of no image; give at least one")
    if masks is not None and len(masks) != len(images):
        raise DrawError(f"{len(masks)} masks beside {len(images)} images; give one an image")
    samples = [(Image(image, spacing),) for image in images]
    if masks is not None:
        samples = [(*sample, Mask(mask)) for sample, mask in zip(samples, masks, strict=True)]
    return BatchDraw(tuple(transform.draw(generator, sample) for sample in samples))
