import pytest

from leyden.errors import MedicalError
from leyden.medical.labelling import scheme
from leyden.medical.synthetic.options import Options


def test_what_is_asked_for_is_worked_out():
    options = Options(size=(93, 93, 93), thick=6.0, without="t2", scheme="msd")
    assert options.frame.step == 2
    assert options.slab == 3
    assert options.modalities == ("t1", "t1ce", "flair")
    assert options.rules is scheme("msd")
    assert Options(scheme=scheme("msd")).rules is scheme("msd")
    assert Options().slab == 1


def test_all_that_is_wrong_is_told_at_once(unchecked):
    with pytest.raises(MedicalError) as told:
        Options(size=3, anatomy="mouse", kind="round", scheme="none", thick=50, tilt=90, without="pd")
    for fault in (
        "a size of", "no anatomy named 'mouse'", "no kind of tumour named 'round'", "no label scheme named 'none'",
        "no modality named pd", "0 to 20 mm thick, not 50", "between -45 and 45 degrees, not 90",
    ):  # fmt: skip
        assert fault in str(told.value)
    with pytest.raises(MedicalError, match="all modalities are left out"):
        Options(without=("t1", "t1ce", "t2", "flair"))
