"""What a transform may look at when it decides: the items, and what the steps drawn before have made of their grid."""

from dataclasses import dataclass
from typing import final

from leyden.augment.fusing.fusion import Fusion
from leyden.augment.fusing.step import Numbers, Step
from leyden.errors import DrawError
from leyden.items import Affine, Image, Item, Mask, Move, Size, items_of
from leyden.items.grid import compose, invert, size_text
from leyden.items.heatmap import Heatmap
from leyden.items.world import Spacing, followed, gap, metric_of, spread

__all__ = ["Scene", "grid_of"]


_SLACK = 0.1  # of a pixel: headers round their numbers


@final
@dataclass(frozen=True)
class Scene:
    """A sample in the middle of a chain: its items as they came, and where the steps so far take them.

    Args:
        items: those of the sample, in order, not moved yet.
        fusion: the steps drawn so far.
        regridding: the map of those steps alone that lay another grid over the scene; None for no such step.

    Examples:
        >>> import torch
        >>> from leyden.items import Image
        >>> Scene.of(("a.png", Image(torch.rand(1, 4, 6)))).size
        (4, 6)
    """

    items: tuple[Item, ...]
    fusion: Fusion
    regridding: Affine | None = None

    @staticmethod
    def of(sample: object) -> "Scene":
        """Give the scene before any step.

        Raises:
            DrawError: no item of the sample lives on a grid, or not all on one.
        """
        return Scene(tuple(items_of(sample)), Fusion.of(grid_of(sample)))

    @property
    def size(self) -> Size:
        """The grid after the steps so far."""
        return self.fusion.new_size

    @property
    def move(self) -> Move:
        """Where the steps so far take every place."""
        return self.fusion.move()

    @property
    def spacing(self) -> Spacing | None:
        """Millimetres from pixel to pixel after the steps so far, of the first item that knows them."""
        return self._world[0]

    @property
    def affine(self) -> Affine | None:
        """Where the grid after the steps so far lies in the world, as the first item that knows a spacing says.

        Rows take a place in axis order (z y x 1) to mm, as in `leyden.items.Image`.
        """
        return self._world[1]

    @property
    def metric(self) -> Numbers:
        """What tells lengths and angles on the grid after the steps so far, for `leyden.augment.true_to_scale`.

        Nothing where pixels are squares or cubes, or no item knows a spacing; else mm along each axis; of axes that
        lean, as under a tilted gantry, as many numbers as a symmetric matrix has. Steps that stretch or lean the scene
        change nothing about it, those that lay another grid over it do.
        """
        known = self._known
        if known is None or known.spacing is None:
            return ()
        affine = known.affine or spread(known.spacing)
        return metric_of(affine if self.regridding is None else compose(invert(self.regridding), affine))

    @property
    def _world(self) -> tuple[Spacing | None, Affine | None]:
        known = self._known
        return (None, None) if known is None else followed(known.spacing, known.affine, self.move)

    @property
    def _known(self) -> Heatmap | Image | Mask | None:
        """The first item that knows a spacing."""
        grids = (item for item in self.items if isinstance(item, Heatmap | Image | Mask))
        return next((item for item in grids if item.spacing is not None), None)

    def after(self, step: Step) -> "Scene":
        """Give the scene after one step more."""
        after = step.transform.fuse(self.fusion, step.numbers)
        own = step.transform.regridding(step.numbers, self.size) if self._known else None
        if own is None:
            return Scene(self.items, after, self.regridding)
        return Scene(self.items, after, own if self.regridding is None else compose(self.regridding, own))


def grid_of(sample: object) -> Size:
    """Give the grid that the items of a sample share.

    Args:
        sample: an item, or a tuple, list or dictionary of items and anything else.

    Raises:
        DrawError: there is no item on a grid, or they live on different ones, or say that they lie elsewhere.
    """
    sizes = {item.size: type(item).__name__ for item in reversed(items_of(sample)) if item.size is not None}
    if len(sizes) == 1:
        _check_places(sample)
        return next(iter(sizes))
    if sizes:
        listed = ", ".join(f"{name} {size_text(size)}" for size, name in reversed(sizes.items()))
        raise DrawError(f"items of one sample must share a grid, got {listed}; bring them onto one grid first")
    raise DrawError(
        f"no image, mask or keypoints in a sample of type {type(sample).__name__}; "
        "a bare tensor is no item: wrap it in leyden.items.Image"
    )


def _check_places(sample: object) -> None:
    """Refuse items of one size that say of themselves that they lie apart: moved as one they would stay apart."""
    told = [item for item in items_of(sample) if isinstance(item, Heatmap | Image | Mask) and item.spacing is not None]
    for item in told[1:]:
        first, size = told[0], item.size
        both = first.affine is not None and item.affine is not None
        one, other = ((each.affine if both else None) or spread(each.spacing or ()) for each in (first, item))
        if one != other and (apart := gap(size, one, other)) > _SLACK * min(first.spacing or ()):
            raise DrawError(
                f"the {type(item).__name__} lies up to {apart:.3g} mm off the {type(first).__name__} of its sample, by "
                f"what both say of themselves, and they are moved as one; bring them onto one grid first"
            )
