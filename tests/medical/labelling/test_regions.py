import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from leyden.errors import MedicalError, UnknownCodes
from leyden.items import Image, Mask
from leyden.medical import Scheme, scheme, schemes
from leyden.medical.labelling.regions import _counted

MSD = scheme("msd")


@pytest.mark.parametrize("name", list(schemes()))
def test_codes_survive_the_way_to_regions_and_back(name):
    one = scheme(name)
    labels = torch.tensor([one.known, one.known[::-1]], dtype=torch.uint8)
    assert torch.equal(one.from_regions(one.to_regions(labels)), labels)


@given(st.lists(st.sampled_from([0, 1, 2, 3]), min_size=1, max_size=60))
def test_a_region_is_where_one_of_its_codes_is(codes):
    labels = torch.tensor(codes)
    for found, members in zip(MSD.to_regions(labels), MSD.regions.values(), strict=True):
        assert found.tolist() == [int(code in members) for code in codes]


def test_the_smaller_region_decides_where_predicted_regions_contradict_each_other():
    nothing, whole, enhancing_alone = (0, 0, 0), (0, 1, 0), (0, 0, 1)
    regions = torch.tensor([nothing, whole, enhancing_alone]).T
    assert scheme("brats21").from_regions(regions).tolist() == [0, 2, 4]


def test_regions_of_a_mask_item_are_those_of_its_data():
    labels = torch.tensor([[0, 3], [2, 1]], dtype=torch.uint8)
    assert torch.equal(MSD.to_regions(Mask(labels)), MSD.to_regions(labels))


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int16, torch.int64])
def test_every_unknown_code_is_named_with_what_was_found(dtype):
    labels = torch.tensor([0, 0, 1, 4, 5, 5], dtype=dtype)
    with pytest.raises(UnknownCodes, match=r"found 0 \(2 voxels\), 1 \(1 voxel\), 4 \(1 voxel\), 5 \(2 voxels\): 4, 5"):
        MSD.to_regions(labels)


def test_negative_codes_are_unknown_and_not_taken_from_the_end():
    with pytest.raises(UnknownCodes, match="-1 is unknown"):
        MSD.to_regions(torch.tensor([0, -1]))


def test_voxels_are_counted_by_code():
    assert MSD.check(torch.tensor([0, 3, 3, 0, 0])) == {0: 3, 3: 2}


def test_a_scheme_whose_regions_make_no_sense_is_refused_with_every_fault():
    with pytest.raises(MedicalError, match=r"'a' has no codes; region 'b' is made of 0.*; region 'b' is made of 7"):
        Scheme("odd", {1: "one"}, {"a": (), "b": (0, 7)})


def test_codes_that_regions_do_not_tell_apart_have_no_way_back():
    lung = Scheme("lung", {1: "left", 2: "right"}, {"lung": (1, 2)})
    with pytest.raises(MedicalError, match=r"do not tell 1 \(left\) and 2 \(right\) apart"):
        lung.from_regions(lung.to_regions(torch.tensor([1, 2])))


def test_another_number_of_maps_is_refused():
    with pytest.raises(MedicalError, match="has the regions TC, WT, ET; given 2 maps"):
        MSD.from_regions(torch.zeros(2, 3, dtype=torch.uint8))


@pytest.mark.parametrize("strange", [0.4, float("nan")])
def test_values_between_codes_are_refused_and_whole_ones_in_real_numbers_are_not(strange):
    assert list(_counted(torch.tensor([0.0, 3.0, 3.0])).items()) == [(0, 1), (3, 2)]
    with pytest.raises(MedicalError, match=f"1 values between whole numbers or NaN, such as {strange:g}, so no codes"):
        _counted(torch.tensor([0.0, 3.0, strange]))


@pytest.mark.usefixtures("unchecked")
def test_probabilities_are_no_regions():
    with pytest.raises(
        MedicalError, match=r"bool or uint8, as of probabilities >= 0\.5; given numbers of torch.float32"
    ):
        MSD.from_regions(torch.rand(3, 2, 2, 2))
    with pytest.raises(MedicalError, match="given a Image"):
        MSD.from_regions(Image(torch.rand(3, 2, 2, 2)))
    assert MSD.from_regions(torch.rand(3, 2, 2, 2) >= 0).unique().tolist() == [3]


@pytest.mark.usefixtures("unchecked")
def test_codes_as_json_gives_them_are_told():
    with pytest.raises(MedicalError, match="scheme 'own': code '1' is no whole number; region 'r' is 1, no codes such"):
        Scheme("own", {"1": "edema"}, {"r": 1})
