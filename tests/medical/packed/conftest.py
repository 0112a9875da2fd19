import pytest
import torch

from leyden.items import Image, Mask
from leyden.medical.scan import Scan

AFFINE = ((0.0, 0.0, -1.0, 9.0), (0.0, 1.5, 0.0, -4.0), (2.0, 0.0, 0.0, 3.0), (0.0, 0.0, 0.0, 1.0))


@pytest.fixture
def head():
    """Make a scan of 12 x 14 x 16 voxels that shows something in 8 x 9 x 11 of them, from (2, 3, 4) on."""

    def make(name="one", *, seed=0, labelled=True, real=False):
        generator = torch.Generator().manual_seed(seed)
        image = torch.zeros(2, 12, 14, 16)
        shown = torch.randint(-900, 4000, (2, 8, 9, 11), generator=generator).float()
        shown[:, 0, 0, 0] = shown[:, -1, -1, -1] = 7.0
        shown[:, 3:5, 3:6] = 0.0  # nothing, in the middle of the brain
        image[:, 2:10, 3:12, 4:15] = shown / 3 if real else shown
        label = torch.zeros(12, 14, 16, dtype=torch.uint8)
        label[4:7, 5:9, 6:12] = 2
        label[5, 6, 7:9] = 4
        mask = Mask(label, affine=AFFINE) if labelled else None
        return Scan(Image(image, affine=AFFINE), mask, ("t1", "flair"), name)

    return make
