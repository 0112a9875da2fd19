import pytest
import torch

from leyden.errors import MedicalError
from leyden.medical import Scheme, fitting_schemes, register_scheme, scheme, schemes
from leyden.medical.labelling import as_scheme


def test_one_case_in_two_codings_has_the_same_regions_bit_for_bit():
    tissue = torch.randint(0, 4, (5, 6, 7))  # nothing, core, oedema, enhancing
    msd = torch.tensor([0, 2, 1, 3])[tissue]
    brats = torch.tensor([0, 1, 2, 4])[tissue]
    assert torch.equal(scheme("msd").to_regions(msd), scheme("brats21").to_regions(brats))


def test_taking_label_2_of_msd_for_enhancing_tumour_scores_another_region():
    msd = torch.tensor([1, 1, 2, 2, 2, 3])
    mistaken = Scheme("mistaken", {1: "", 2: "", 3: ""}, {"TC": (2, 3), "WT": (1, 2, 3), "ET": (2,)})
    true, wrong = scheme("msd").to_regions(msd)[2], mistaken.to_regions(msd)[2]
    assert true.sum() == 1
    assert not (true & wrong).any()


def test_a_name_is_taken_once():
    with pytest.raises(MedicalError, match="'msd' is registered already"):
        register_scheme(scheme("msd"))


def test_an_unknown_scheme_names_those_that_there_are():
    with pytest.raises(MedicalError, match=r"no label scheme named 'brats'; there are .*brats21.*msd"):
        scheme("brats")


def test_schemes_that_know_all_codes_fit():
    assert {"msd", "brats23"} <= set(fitting_schemes(torch.tensor([1, 2, 3])))
    assert not fitting_schemes(torch.tensor([9]))


def test_the_table_of_schemes_cannot_be_written_to():
    with pytest.raises(TypeError, match="does not support item assignment"):
        schemes()["msd"] = scheme("msd")


@pytest.mark.usefixtures("unchecked")
def test_a_scheme_or_its_name_is_taken_and_what_is_neither_is_told():
    assert as_scheme("msd") is as_scheme(scheme("msd"))
    with pytest.raises(MedicalError, match=r"nothing says what the codes mean; give cases_in\(\.\.\., scheme="):
        as_scheme(None)
    with pytest.raises(MedicalError, match="a scheme, or its name, is wanted; given 21"):
        as_scheme(21)
