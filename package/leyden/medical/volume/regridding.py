"""The grid that networks want, and the way back to that of the scanner."""

from leyden.augment import Chain, Orientation, Spacing

__all__ = ["to_grid"]


def to_grid(*millimetres: float) -> Chain:
    """Give the steps from the grid of a scanner to one with axes to the right, front and top, and voxels of known size.

    They are `Orientation("RAS") | Spacing(*millimetres)`, fused into one resample; where a scan lies so already,
    nothing is done and nothing copied. To bring back what a network made of a scan, keep the draw and invert it:
    labels and regions then lie on the grid of the file.

    Args:
        millimetres: from voxel to voxel along z, y and x; one number for all.

    Raises:
        DrawError: no such lengths; or, when drawn, a sample without an affine.

    Examples:
        >>> import torch
        >>> from leyden.items import Image, Mask
        >>> thick = ((0.0, 0.0, -1.0, 0.0), (0.0, 1.0, 0.0, 0.0), (3.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0))
        >>> scan = Image(torch.rand(1, 4, 12, 12), affine=thick)
        >>> draw = to_grid(1.0).draw(torch.Generator(), scan)
        >>> draw(scan).size
        (12, 12, 12)
        >>> predicted = Mask((draw(scan).data[0] > 0.5).byte())
        >>> draw.spatial.invert(predicted).size
        (4, 12, 12)
    """
    return Chain(Orientation("RAS"), Spacing(*millimetres))
