"""One patient's images on one grid."""

from typing import NamedTuple

from leyden.items import Image, Mask

__all__ = ["Scan"]


class Scan(NamedTuple):
    """The images of one patient on one grid, and what was drawn on them.

    A sample for `leyden.augment`: a draw acts on image and label alike and passes the rest on.

    Attributes:
        image: one channel a modality, `channel z y x`, with spacing and affine.
        label: codes as the files hold them, of the size of the image; None where nobody has drawn any.
        modalities: what the channels show, in their order.
        name: of the case.

    Examples:
        >>> import torch
        >>> from leyden.augment import Flip
        >>> scan = Scan(Image(torch.rand(2, 4, 8, 8)), Mask(torch.ones(4, 8, 8).byte()), ("t1", "flair"), "one")
        >>> Flip("x")(torch.Generator(), scan).name
        'one'
    """

    image: Image
    label: Mask | None
    modalities: tuple[str, ...]
    name: str = ""
