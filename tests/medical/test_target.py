import pytest
import torch

from leyden.errors import MedicalError, UnknownCodes
from leyden.items import Image, Mask
from leyden.medical import Scan, Targets, scheme


def scan_of(label, dtype=torch.float32):
    item = None if label is None else Mask(torch.tensor(label, dtype=torch.uint8).view(1, 1, -1))
    return Scan(Image(torch.rand(2, 1, 1, 4, dtype=dtype)), item, ("t1", "flair"), "case 7")


def test_one_tumour_in_two_codings_gives_one_target():
    one, other = Targets(scheme("msd")), Targets(scheme("brats21"))
    assert torch.equal(one(scan_of([0, 1, 2, 3]))[1], other(scan_of([0, 2, 1, 4]))[1])


def test_images_come_in_single_precision():
    assert Targets(scheme("msd"))(scan_of([0, 0, 0, 0], torch.float64))[0].dtype == torch.float32


def test_a_scan_without_label_is_named():
    with pytest.raises(MedicalError, match="'case 7' has no label"):
        Targets(scheme("msd"))(scan_of(None))


def test_a_scan_with_unknown_codes_is_named():
    with pytest.raises(UnknownCodes, match="case 'case 7': scheme 'msd' knows the codes 0, 1, 2, 3; found"):
        Targets(scheme("msd"))(scan_of([0, 1, 2, 4]))


@pytest.mark.usefixtures("unchecked")
def test_a_scheme_goes_by_its_name_and_none_is_told():
    scan = scan_of([0, 1, 2, 3])
    assert torch.equal(Targets("msd")(scan)[1], Targets(scheme("msd"))(scan)[1])
    with pytest.raises(MedicalError, match="nothing says what the codes mean"):
        Targets(None)
