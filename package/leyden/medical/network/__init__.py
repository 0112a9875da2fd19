"""Networks and losses for scans: MONAI's, made with the settings that are used for brain tumours."""

from leyden.medical.network.brats import segresnet, small_segresnet
from leyden.medical.network.losses import DiceAndCrossEntropy, region_loss

__all__ = ["DiceAndCrossEntropy", "region_loss", "segresnet", "small_segresnet"]
