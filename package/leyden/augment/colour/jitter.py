"""The usual four colour changes at once."""

from leyden.augment.chain.chance import Range
from leyden.augment.chain.transform import Chain
from leyden.augment.colour.hue import Hue
from leyden.augment.colour.light import Brightness, Contrast
from leyden.augment.colour.saturation import Saturation

__all__ = ["colour_jitter"]


def colour_jitter(brightness: Range = 0, contrast: Range = 0, *, saturation: Range = 0, hue: Range = 0) -> Chain:
    """Give a chain of those of the four that are asked for, the three linear ones first, so that they fuse.

    Args:
        brightness: what is added, see `Brightness`.
        contrast: see `Contrast`.
        saturation: see `Saturation`; needs 3 channels.
        hue: in degrees, see `Hue`; needs 3 channels.

    Source:
        torchvision.transforms.ColorJitter, which multiplies where brightness here adds, draws the order too, and
        counts hue in full turns.

    Examples:
        >>> colour_jitter(0.2, 0.2, saturation=0.3, hue=15)
        Brightness(0.2) | Contrast(0.2) | Saturation(0.3) | Hue(15)
        >>> print(colour_jitter(0.2, saturation=0.3).plan())
        1.) one linear colour step: brightness +-0.2, saturation +-0.3
    """
    asked = ((Brightness, brightness), (Contrast, contrast), (Saturation, saturation), (Hue, hue))
    return Chain(*(make(amount) for make, amount in asked if amount not in (0, (0, 0))))
