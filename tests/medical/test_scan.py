import torch

from leyden.augment import Rotate
from leyden.items import Image, Mask
from leyden.medical import BiasField, Scan


def test_a_draw_moves_image_and_label_alike_and_passes_the_rest_on():
    blob = torch.zeros(6, 12, 12, dtype=torch.uint8)
    blob[2:4, 3:6, 4:9] = 1
    scan = Scan(Image(blob[None].float()), Mask(blob), ("flair",), "case 7")
    moved = (Rotate((90, 90)) | BiasField(0)).draw(torch.Generator().manual_seed(0), scan)(scan)
    assert torch.equal(moved.image.data[0] > 0.5, moved.label.data == 1)
    assert not torch.equal(moved.label.data, blob)
    assert moved[2:] == (("flair",), "case 7")


def test_a_scan_without_a_label_is_moved_too():
    scan = Scan(Image(torch.rand(1, 3, 4, 5)), None, ("t1",))
    assert Rotate((90, 90))(torch.Generator(), scan).label is None
