"""Losses of overlapping regions, of MONAI's parts."""

from typing import Literal, final

from monai.losses.dice import DiceLoss
from torch import Tensor, nn

from leyden.errors import MedicalError

__all__ = ["DiceAndCrossEntropy", "region_loss"]


@final
class DiceAndCrossEntropy(nn.Module):
    """MONAI's Dice loss plus binary cross-entropy, each region on its own.

    MONAI's own `DiceCELoss` takes a softmax over the channels in its cross-entropy, also with `sigmoid=True`: right for
    classes, of which a voxel has one, and wrong for regions that overlap.

    Args:
        dice: the first summand.
    """

    def __init__(self, dice: DiceLoss) -> None:
        super().__init__()
        self.dice = dice
        self.cross_entropy = nn.BCEWithLogitsLoss()

    def forward(self, logits: Tensor, truth: Tensor) -> Tensor:
        """Returns the loss of a batch, a scalar."""
        truth = truth.to(logits.dtype)  # MONAI takes no bytes
        return self.dice(logits, truth) + self.cross_entropy(logits, truth)


def region_loss(kind: Literal["dice", "dice_bce"] = "dice", *, smooth: float = 1e-5) -> nn.Module:
    """Make the loss of MONAI's BraTS notebook, or the same with binary cross-entropy.

    For `leyden.train.Segmenter(loss=...)`. Squares in the denominator, nothing added above: a region that is not there
    costs 1 whatever is predicted, and teaches nothing but through the cross-entropy.

    Args:
        kind: "dice", or "dice_bce" for the sum of both.
        smooth: added below the fraction, above 0.

    Raises:
        MedicalError: another kind, or a smooth that is not above 0.

    Examples:
        >>> import torch
        >>> truth = torch.tensor([[[[0.0, 1.0]]]])
        >>> round(float(region_loss()((truth * 2 - 1) * 50, truth)), 4)
        0.0

    Source:
        MONAI's tutorials, 3d_segmentation/brats_segmentation_3d.ipynb.
    """
    if kind not in ("dice", "dice_bce") or not smooth > 0:
        raise MedicalError(f"region_loss takes 'dice' or 'dice_bce' and smooth above 0, given {kind!r} and {smooth}")
    dice = DiceLoss(smooth_nr=0.0, smooth_dr=smooth, squared_pred=True, sigmoid=True)
    return dice if kind == "dice" else DiceAndCrossEntropy(dice)
