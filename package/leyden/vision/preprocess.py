"""What a picture goes through before a network sees it, bound to the weights it was fixed for."""

import math
from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from leyden.errors import VisionError

__all__ = ["Preprocess"]

# Resampling overshoots at edges: values this far outside [0, 1] are taken for pictures still.
_OVERSHOOT = 0.1


@final
@dataclass(frozen=True)
class Preprocess:
    """Centre crop, resize, normalise: the deterministic way from a decoded picture to a network's input.

    The largest centred square, less a margin, is resized by an antialiased bicubic filter, clamped to [0, 1] and
    normalised. The side of the square is `int(crop * shorter side)`; of an odd margin the larger half lies above and to
    the left. Change a part with `dataclasses.replace(prep, size=64)`.

    Attributes:
        size: Side of the square result in pixels.
        mean: What is taken off each channel, in units of [0, 1]; its length is the number of channels.
        std: What each channel is then divided by.
        crop: Side of the square that is kept, as a share of the shorter side, in (0, 1].

    Raises:
        VisionError: On construction from values that fit no picture; all faults at once.

    Examples:
        >>> prep = Preprocess(2, mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5))
        >>> prep(torch.full((3, 8, 6), 255, dtype=torch.uint8)).unique()
        tensor([1.])
        >>> prep.invert(prep(torch.zeros(1, 8, 6))).shape
        torch.Size([3, 2, 2])

    Source:
        `_decode_and_center_crop` and CROP_FRACTION = 0.875 in tensorflow/tpu, models/official/efficientnet/
        preprocessing.py: crop first, then bicubic. The original does not antialias; a photograph that shrinks much is
        cleaner here.
    """

    size: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    crop: float = 0.875

    def __post_init__(self) -> None:
        """Checks all fields."""
        faults = []
        if self.size < 1:
            faults.append(f"size must be 1 or more pixels, not {self.size}")
        if not self.mean or len(self.mean) != len(self.std):
            faults.append(f"mean and std must have one number a channel each, not {len(self.mean)} and {len(self.std)}")
        if not all(map(math.isfinite, self.mean)):
            faults.append(f"mean must be finite, not {self.mean}")
        if not all(0.0 < value < math.inf for value in self.std):
            faults.append(f"std must be positive, not {self.std}")
        if not 0.0 < self.crop <= 1.0:
            faults.append(f"crop must lie in (0, 1], not {self.crop}")
        if faults:
            raise VisionError("; ".join(faults))

    @property
    def channels(self) -> int:
        """How many channels the network takes."""
        return len(self.mean)

    def __call__(self, image: Tensor) -> Float[Tensor, "channel size size"]:
        """Prepares one picture.

        Args:
            image: Channel first: uint8 in 0..255, or floating point in [0, 1]. A grey one (1 y x) is repeated for a
                network of several channels.

        Returns:
            A new tensor on the same device, of the image's own floating type (uint8 becomes float32).

        Raises:
            VisionError: If it is no such picture; all faults at once.
        """
        if faults := self._faults(image):
            raise VisionError("cannot prepare this image: " + "; ".join(faults))
        if image.dtype in (torch.float16, torch.bfloat16):
            return self(image.float()).to(image.dtype)  # torch resamples no half precision on CPUs
        height, width = image.shape[-2:]
        side = max(1, int(self.crop * min(height, width)))
        top, left = (height - side + 1) // 2, (width - side + 1) // 2
        square = _unit(image[:, top : top + side, left : left + side])[None]
        # in single precision torch's filter is off by 1e-5: places hundreds of pixels in are rounded; mps has no double
        exact = square if square.device.type == "mps" else square.double()
        resized = functional.interpolate(exact, (self.size, self.size), mode="bicubic", antialias=True)
        return self.normalise(resized[0].clamp(0.0, 1.0).to(square.dtype).expand(self.channels, -1, -1))

    def normalise(self, images: Tensor) -> Float[Tensor, "*batch channel y x"]:
        """Takes off the mean and divides by the std, and nothing else; for pictures that have their size already.

        Args:
            images: "*batch channel y x", uint8 or floating point in [0, 1] (not checked). Grey is repeated, as above.

        Returns:
            A new tensor of the same floating type.

        Raises:
            VisionError: If the number of channels does not fit.
        """
        if images.ndim < 3 or images.shape[-3] not in (1, self.channels):
            raise VisionError(f"expected (..., {self.channels}, y, x), got {tuple(images.shape)}")
        images = _unit(images)
        return (images - self._column(self.mean, images)) / self._column(self.std, images)

    def invert(self, images: Tensor) -> Float[Tensor, "*batch channel y x"]:
        """Undoes `normalise` and clamps to [0, 1], to show what the network saw; the crop stays.

        Args:
            images: "*batch channel y x", as `normalise` returned them.

        Raises:
            VisionError: If the number of channels does not fit.
        """
        if images.ndim < 3 or images.shape[-3] != self.channels:
            raise VisionError(f"expected (..., {self.channels}, y, x), got {tuple(images.shape)}")
        return (images * self._column(self.std, images) + self._column(self.mean, images)).clamp(0.0, 1.0)

    def _column(self, values: tuple[float, ...], like: Tensor) -> Tensor:
        return torch.tensor(values, dtype=like.dtype, device=like.device)[:, None, None]

    def _faults(self, image: object) -> list[str]:
        """Says all that keeps something from being a picture for this network."""
        if not isinstance(image, Tensor):
            given = type(image).__name__
            return [f"expected a tensor, got {given}; for a y x 3 array: torch.from_numpy(array).permute(2, 0, 1)"]
        faults = []
        if image.ndim != 3:
            faults.append(f"expected one image (channel, y, x), got {image.ndim} axes; prepare a batch image by image")
        elif image.shape[0] not in (1, self.channels):
            wanted = "1" if self.channels == 1 else f"{self.channels} (or 1, repeated)"
            last = image.shape[2] in (1, self.channels)
            hint = "; channels come first: image.permute(2, 0, 1)" if last else ""
            faults.append(f"expected {wanted} channels, got shape {tuple(image.shape)}{hint}")
        if image.numel() == 0:
            faults.append(f"it is empty: shape {tuple(image.shape)}")
        if image.dtype != torch.uint8 and not image.is_floating_point():
            faults.append(f"expected uint8 or floating point, got {image.dtype}")
        elif image.dtype != torch.uint8 and image.numel():
            low, high = (value.item() for value in image.aminmax())
            if not (low >= -_OVERSHOOT and high <= 1.0 + _OVERSHOOT):  # also true of NaN
                faults.append(f"floating point must lie in [0, 1], got {low:.4g} to {high:.4g}; scale it first")
        return faults


def _unit(images: Tensor) -> Tensor:
    """Scales uint8 to [0, 1]; leaves floating point as it is."""
    return images.float() / 255.0 if images.dtype == torch.uint8 else images
