import pytest
import torch

from leyden.items import Image, Mask
from leyden.medical import Scan
from leyden.widget.volume import VolumePanel

AFFINE = ((0.0, 0.0, -1.0, 7.0), (0.0, -1.0, 0.0, 6.0), (2.0, 0.0, 0.0, -10.0), (0.0, 0.0, 0.0, 1.0))


@pytest.fixture
def scan():
    """10 x 12 x 14 voxels in slices 2 mm thick, t1 and flair; oedema around a core around enhancing tumour."""
    data = torch.rand(2, 10, 12, 14, generator=torch.Generator().manual_seed(1)) * 100
    data[1] += 500
    label = torch.zeros(10, 12, 14, dtype=torch.uint8)
    label[3:8, 2:8, 3:10] = 2
    label[4:7, 3:6, 4:8] = 1
    label[5, 4, 5:7] = 4
    return Scan(Image(data, affine=AFFINE), Mask(label, affine=AFFINE), ("t1", "flair"), "one")


@pytest.fixture
def prediction(scan):
    """The label, one voxel further along x."""
    return Mask(scan.label.data.roll(1, 2), affine=AFFINE)


@pytest.fixture
def panel(scan, prediction):
    made = VolumePanel(scan, prediction=prediction, scheme="brats21")
    yield made
    made.close()
