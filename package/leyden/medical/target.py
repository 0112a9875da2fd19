"""From scans to what a network learns from."""

from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from leyden.errors import MedicalError
from leyden.medical.labelling import Scheme, as_scheme
from leyden.medical.scan import Scan

__all__ = ["Targets"]


@final
@dataclass(frozen=True)
class Targets:
    """Turns a scan into the pair that a network learns from, for `leyden.data.map`.

    Args:
        scheme: what the codes of the label mean, or its name; the same regions come out of the same tumour, however it
            is coded.

    Raises:
        MedicalError: None, as where nothing says what codes mean, or no such name.

    Examples:
        >>> import leyden as ly
        >>> from leyden.items import Image, Mask
        >>> label = Mask(torch.tensor([[[0, 1, 2, 4]]], dtype=torch.uint8))
        >>> scan = Scan(Image(torch.rand(4, 1, 1, 4)), label, ("t1", "t1ce", "t2", "flair"), "one")
        >>> pairs = [scan] * 6 | ly.data.map(Targets(ly.medical.scheme("brats21"))) | ly.data.batch(2)
        >>> images, regions = pairs[0]
        >>> images.shape, regions.shape, regions[0].flatten(1).tolist()  # TC, WT, ET
        (torch.Size([2, 4, 1, 1, 4]), torch.Size([2, 3, 1, 1, 4]), [[0, 1, 0, 1], [0, 1, 1, 1], [0, 0, 0, 1]])
    """

    scheme: Scheme | str

    def __post_init__(self) -> None:
        object.__setattr__(self, "scheme", as_scheme(self.scheme))

    def __call__(self, scan: Scan) -> tuple[Float[Tensor, "modality z y x"], UInt8[Tensor, "region z y x"]]:
        """Give (image, regions); float32, and uint8 in the order of the scheme's regions.

        Raises:
            MedicalError: the scan has no label.
            UnknownCodes: its label holds codes that the scheme does not know; the message names the case.
        """
        if scan.label is None:
            raise MedicalError(
                f"case {scan.name!r} has no label to learn from; leave it out, see leyden.medical.inspect"
            )
        try:
            regions = as_scheme(self.scheme).to_regions(scan.label)
        except MedicalError as error:
            raise type(error)(f"case {scan.name!r}: {error}") from error
        return scan.image.data.to(torch.float32), regions
