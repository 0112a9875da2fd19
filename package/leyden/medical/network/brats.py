"""MONAI's SegResNet with the settings of its BraTS notebook, and a small one for a processor."""

from collections.abc import Sequence

from monai.networks.nets.segresnet import SegResNet

from leyden.errors import MedicalError

__all__ = ["segresnet", "small_segresnet"]

_GROUPS = 8  # MONAI normalises channels in eight groups


def segresnet(
    inputs: int = 4, outputs: int = 3, *, width: int = 16, down: Sequence[int] = (1, 2, 2, 4),
    up: Sequence[int] = (1, 1, 1), dropout: float = 0.2, dims: int = 3,
) -> SegResNet:  # fmt: skip
    """Make MONAI's SegResNet, by default with the settings of its BraTS notebook: 4.7 million weights.

    The sides of what it is given must be multiples of 2 to the power of `len(up)` (8 by default); the output has the
    size of the input.

    Args:
        inputs: modalities.
        outputs: regions, one logit each.
        width: channels at full size, a multiple of 8; each level below has twice as many.
        down: residual blocks of each level, from full size down.
        up: residual blocks of each level on the way up, from the lowest.
        dropout: share of the features after the first convolution that is dropped while training, 0 to below 1.
        dims: spatial axes, 2 or 3.

    Raises:
        MedicalError: an argument is out of range; all faults at once.

    Examples:
        >>> import torch
        >>> network = segresnet(width=8).eval()
        >>> network(torch.zeros(1, 4, 16, 24, 16)).shape
        torch.Size([1, 3, 16, 24, 16])

    Source:
        Myronenko 2018 (https://arxiv.org/abs/1810.11654), without its autoencoder; the settings from MONAI's
        tutorials, 3d_segmentation/brats_segmentation_3d.ipynb.
    """
    faults = _faults(inputs, outputs, width=width, down=down, up=up, dropout=dropout, dims=dims)
    if faults:
        raise MedicalError("segresnet: " + "; ".join(faults))
    return SegResNet(
        spatial_dims=dims, init_filters=width, in_channels=inputs, out_channels=outputs, dropout_prob=dropout or None,
        blocks_down=tuple(down), blocks_up=tuple(up),
    )  # fmt: skip


def small_segresnet(inputs: int = 4, outputs: int = 3, *, dims: int = 3) -> SegResNet:
    """Make a SegResNet of 8 channels, one block a level and no dropout, for short runs on a processor.

    Examples:
        >>> sum(weight.numel() for weight in small_segresnet().parameters())
        443211
    """
    return segresnet(inputs, outputs, width=8, down=(1, 1, 1, 1), dropout=0.0, dims=dims)


def _faults(
    inputs: int, outputs: int, *, width: int, down: Sequence[int], up: Sequence[int], dropout: float, dims: int
) -> list[str]:
    rules = (
        (min(inputs, outputs) >= 1, f"inputs={inputs} and outputs={outputs} must be 1 or more"),
        (width >= _GROUPS and width % _GROUPS == 0, f"width={width} must be a multiple of {_GROUPS}"),
        (min((*down, *up), default=0) >= 1, f"down={tuple(down)} and up={tuple(up)} must be 1 or more each"),
        (len(up) == len(down) - 1, f"up={tuple(up)} must have one entry less than down={tuple(down)}"),
        (0 <= dropout < 1, f"dropout={dropout} must be 0 or more and below 1"),
        (dims in (2, 3), f"dims={dims} must be 2 or 3"),
    )
    return [fault for holds, fault in rules if not holds]
